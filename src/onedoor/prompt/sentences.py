"""Where the sentences of a text end, in most scripts and without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from onedoor.prompt.letters import safe_before

LONGEST = 2000
"""What runs on for more characters than this without an end is no sentence: it ends at a line, a word or a letter."""

_CLOSERS = r"\"'”’»›)\]}」』）】〉》〕＂*_~`"
_SOFT = ".!?…"
_MARK = re.compile(
    rf"([{_SOFT}。！？｡．؟۔।॥։።፧፨‽⁇⁈⁉။។៕།\u037e\u2029]++)"
    rf"(?:[{_CLOSERS}]|(?<=[{_SOFT}])[“«]|\[\d{{1,3}}\])*+(?:[ \u00a0\u202f]»(?=\s|\Z))?(\s*+)"
)
_LINE = re.compile(
    r"^[ \t]*+(?:(?P<fence>```|~~~)|(?P<row>\||\#{1,6}[ \t])|(?P<item>[-*+•‣◦–][ \t]|\d{1,3}[.)][ \t]|\w\)[ \t])"
    r"|(?P<blank>\r?(?:\n|\Z)))",
    re.M,
)
_NUMBER_OF_ITEM = re.compile(r"(?:^|\n)[ \t]*\d{1,3}\Z")
_LETTER_AND_DOT = re.compile(r"\s?[^\W\d_]\.")
_LOOK = 24
_LONGEST_ABBREVIATION = 9
_BEFORE_WORD = " \n\t\u00a0\u202f([\"'“„«*_/—–"
_NAMES_FOLLOW = """
mr mrs ms mx dr prof rev hon gen col capt lt sgt gov sen rep st mt messrs mme mlle vs viz cf approx resp incl
bzw ca vgl evtl ggf inkl exkl sog hr fr hrn dipl ing sra srta dña ud uds avda núm sig dott ssa avv
ул пр им г-н г-жа проф акад тов tzv tj mgr inż z.b d.h u.a e.g i.e p.ex p.ej т.е т.к
"""
_FIGURES_FOLLOW = """
no nr nos num fig figs eq eqs sec ch chap vol p pp pg art abs ziff kap abb tab bd s str rz aufl jg pág págs cap n.º nº
ст п рис табл гл стр jan feb mar apr jun jul aug sep sept oct nov dec
"""
_MONTHS = "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember"
_IDEOGRAPHS = range(0x3040, 0xA000)


def ends(text: str) -> list[int]:
    """Where each sentence stops, blanks after it included: the last is the length of the text.

    Sentences are what a mark, a paragraph, a heading or a list item ends; code and tables end line by line. The text
    between two neighbours is one sentence with its closing quotes. Where it is unclear, it goes on.
    """
    found: list[int] = []
    before = seen = 0
    for end in _candidates(text):
        if end <= seen:
            continue
        if not text[seen:end].isspace():
            found.extend(_long(text, before, end))
            found.append(end)
            before = end
        elif found:
            found[-1] = before = end
        seen = end
    return found or [len(text)] * bool(text)


def sentences(text: str) -> list[str]:
    """The text in sentences; joined, they are the text again."""
    stops = ends(text)
    return [text[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


def _candidates(text: str) -> Iterator[int]:
    for start, end, by_line in _blocks(text):
        yield from _lines(text, start, end) if by_line else _prose(text, start, end)
        yield end


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Runs of prose, and of what ends line by line: start, end, by line."""
    start = 0
    for found in _LINE.finditer(text):
        if found.start() < start:
            continue
        if found["blank"] is not None:
            yield start, found.end(), False
            start = found.end()
            continue
        yield start, found.start(), False
        start = found.start()
        if found["item"] is None:
            end = _fence_end(text, found) if found["fence"] else _line_end(text, found.end())
            yield start, end, True
            start = end
    yield start, len(text), False


def _fence_end(text: str, opened: re.Match[str]) -> int:
    closed = _closing(opened["fence"]).search(text, opened.end())
    return _line_end(text, closed.end()) if closed else len(text)


@cache
def _closing(fence: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*+{fence}", re.M)


def _line_end(text: str, start: int) -> int:
    return text.find("\n", start) + 1 or len(text)


def _lines(text: str, start: int, end: int) -> Iterator[int]:
    while start < end:
        start = min(_line_end(text, start), end)
        yield start


def _prose(text: str, start: int, end: int) -> Iterator[int]:
    for mark in _MARK.finditer(text, start, end):
        after = mark.end()
        if after == end or mark[1][-1] not in _SOFT or _stops(text, mark, after):
            # the indentation of the next line belongs to that line
            yield text.rfind("\n", mark.start(2), after) + 1 or after


def _stops(text: str, mark: re.Match[str], after: int) -> bool:
    """Whether a mark of `.!?…` ends its sentence where the text goes on at `after`."""
    signs, blank = mark[1], mark.start(2)
    if after == blank:
        return "." not in signs and ord(text[after]) in _IDEOGRAPHS
    if signs == ".":
        return not _goes_on(text, after) and not _abbreviates(text, mark.start(), after)
    if signs[-1] in ".…" or blank > mark.end(1):
        return not _goes_on(text, after)
    return True


def _goes_on(text: str, after: int) -> bool:
    """Whether the next word is written small."""
    first = text[after]
    if not first.isalnum():
        first = next((sign for sign in text[after : after + _LOOK] if sign.isalnum()), "")
    return first.islower() and not "\u10d0" <= first <= "\u10ff"


def _abbreviates(text: str, dot: int, after: int) -> bool:
    """Whether a dot belongs to its word, and what follows belongs to it, too."""
    behind = text[max(0, dot - _LOOK) : dot]
    word = behind[max(map(behind.rfind, _BEFORE_WORD)) + 1 :]
    if len(word) > _LONGEST_ABBREVIATION or not word:
        return False
    if word.isdigit():
        return _counts(word, behind, text[after : after + _LOOK])
    if len(word) == 1 and (word.isupper() or _LETTER_AND_DOT.match(text, dot + 1)):
        return True
    if word.casefold() in _never() or (word[-2:-1] == "." and word[-1].isalpha()):
        return True
    return word.casefold() in _before_figures() and text[after].isdigit()


def _counts(number: str, behind: str, ahead: str) -> bool:
    """Whether a number with a dot is that of a list item, or of a day in a German date."""
    if _NUMBER_OF_ITEM.search(behind):
        return True
    return len(number) < 3 and ahead.lstrip().startswith(_months())


@cache
def _never() -> frozenset[str]:
    return frozenset(_NAMES_FOLLOW.split())


@cache
def _before_figures() -> frozenset[str]:
    return frozenset(_FIGURES_FOLLOW.split())


@cache
def _months() -> tuple[str, ...]:
    return tuple(_MONTHS.split())


def _long(text: str, start: int, end: int) -> Iterator[int]:
    """Ends inside what is too long for a sentence: at a line, else a word, else between letters."""
    while end - start > LONGEST:
        limit = start + LONGEST
        start = (
            _after_last(text, "\n", start, limit) or _after_last(text, " ", start, limit) or safe_before(text, limit)
        )
        yield start


def _after_last(text: str, blank: str, start: int, limit: int) -> int:
    """After the last such blank in the second half of the span; 0 for none."""
    return text.rfind(blank, start + LONGEST // 2, limit) + 1
