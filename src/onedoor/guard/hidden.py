"""The parts of HTML and Markdown that a reader doesn't see and a model does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from onedoor.guard.invisibles import visible
from onedoor.guard.normalise import Canonical, View, canonical

Part = tuple[int, int, str]
"""Where a hidden part's words stand, and why it is hidden."""

_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9:-]{0,30})(?=[\s/>])([^<>]{0,4000})>")
_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr", re.I)
_ATTRIBUTE = re.compile(
    r"\b(alt|title|aria-label|aria-description|placeholder|summary|content|value) ?= ?"
    r"(?:\"([^\"]{3,8000})|'([^']{3,8000}))",
    re.I,
)
_NAMED = {"alt": "alt text", "content": "meta content", "value": "hidden input"}
_HIDDEN_INPUT = re.compile(r"type ?= ?[\"']?hidden", re.I)
_HIDING = re.compile(
    r"display ?: ?none|visibility ?: ?(?:hidden|collapse)"
    r"|opacity ?: ?(?:0(?:\.0*)?|\.0+)(?![\d.])|content-visibility ?: ?hidden"
    r"|font-size ?: ?(?:0(?![.\d])|0?\.[0-2]|1 ?px)|font ?: ?0(?![.\d])"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top) ?: ?-\d{3,}"
    r"|translate[XY]?\( ?-\d{3,}|clip ?: ?rect\( ?0"
    r"|clip-path ?: ?inset\( ?(?:50|100)%|scale\( ?0 ?\)|max-height ?: ?0(?![.\d])"
    r"|(?<!-)color ?: ?transparent"
    r"|\shidden(?=[\s/]|$)|\shidden ?= ?[\"']?(?:hidden|true|[\"'])|type ?= ?[\"']?text/x-"
    r"|class ?= ?[\"'][^\"']{0,200}\b(?:sr-only|visually-hidden|visuallyhidden|screen-reader-text|d-none)\b",
    re.I,
)
_COLOUR = re.compile(
    r"(background(?:-color)?|(?<![-\w])color) ?: ?(#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([0-9., %]{5,40}\))", re.I
)
_WHITE = re.compile(r"white|#f{3,8}|rgba?\( ?255 ?, ?255 ?, ?255.*|#fefefe|snow|ivory|ghostwhite", re.I)
_DEFINITION = re.compile(
    r"^ ?\[([^\[\]\n]{1,100})\]: ?(#|<>|[^\s()]{1,500}) "
    r"(?:\(([^)\n]{1,8000})\)|\"([^\"\n]{1,8000})\"|'([^'\n]{1,8000})')",
    re.M,
)
_IMAGE = re.compile(r"!\[([^\[\]\n]{3,8000})\]")
_LINK_TITLE = re.compile(r"\]\([^()\s]{0,500} (?:\"([^\"\n]{3,8000})\"|'([^'\n]{3,8000})')")
_MARKUP = re.compile(r"<[^<>]{0,4000}>")
_REACH = 2000
_SEPARATE = 8


def concealed(text: Canonical) -> tuple[View, ...]:
    """What a text says where it isn't seen: comments, hidden elements, alternative texts, titles, metadata."""
    if "<" not in text.text and "[" not in text.text:
        return ()
    by_kind: dict[str, list[Part]] = {}
    for part in _parts(text.text):
        by_kind.setdefault(part[2], []).append(part)
    return tuple(view for parts in by_kind.values() for view in _views(text, parts))


def sanitised(text: str) -> str:
    """A document without invisible characters, comments and hidden elements, otherwise as it was."""
    shown = visible(text)
    if "<" not in shown and "[" not in shown:
        return shown
    parts, done = list[str](), 0
    for start, end in sorted(_cut(shown)):
        parts.append(shown[done : max(done, start)])
        done = max(done, end)
    return "".join(parts) + shown[done:]


def _cut(text: str) -> Iterator[tuple[int, int]]:
    """The parts to take out, with their marks; what isn't closed may be a mention and stays."""
    yield from ((start, end) for start, close, end in _comments(text) if close < end)
    yield from ((start, end) for start, _, close, end, how in _elements(text) if how != "pale text" and close < end)
    for found in _DEFINITION.finditer(text):
        if found[2] in ("#", "<>"):
            yield found.span()


def _parts(text: str) -> Iterator[Part]:
    if "<" in text:
        yield from ((start + 4, max(start + 4, close), "html comment") for start, close, _ in _comments(text))
        yield from ((inner, close, how) for _, inner, close, _, how in _elements(text))
        yield from _attributes(text)
    if "]" in text:
        yield from _markdown(text)


def _comments(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each comment and its closing mark begin, and where it ends; one that isn't closed goes on to the end."""
    start = text.find("<!--")
    while start >= 0:
        close = text.find("-->", start + 2)
        close, end = (close, close + 3) if close >= 0 else (len(text), len(text))
        yield start, close, end
        start = text.find("<!--", end)


def _elements(text: str) -> Iterator[tuple[int, int, int, int, str]]:
    """Hidden elements: where the tag, the content, the closing tag and what follows begin, and how it is hidden."""
    done = 0
    for tag in _TAG.finditer(text):
        if tag.start() < done or _VOID.fullmatch(tag[1]) or not (how := _how(tag[1].lower(), tag[2])):
            continue
        close, done = _closing(text, tag[1], tag.end())
        yield tag.start(), tag.end(), close, done, how


def _how(name: str, attributes: str) -> str:
    if name == "template":
        return "template"
    if not attributes:
        return ""
    if _HIDING.search(attributes):
        return "hidden style"
    colours = {found[1].lower()[:5]: found[2].lower() for found in _COLOUR.finditer(attributes)}
    front, back = colours.get("color"), colours.get("backg")
    if front is None or not (front == back or _WHITE.fullmatch(front)):
        return ""
    return "pale text" if back is None else "hidden style" if front == back or _WHITE.fullmatch(back) else ""


def _closing(text: str, name: str, start: int) -> tuple[int, int]:
    """Where an element's closing tag begins and ends; the end of the text for one that isn't closed."""
    depth = 1
    for tag in re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^<>]{{0,4000}}>", re.I).finditer(text, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.span()
    return len(text), len(text)


def _attributes(text: str) -> Iterator[Part]:
    for found in _ATTRIBUTE.finditer(text):
        tag = _open_tag(text, found.start())
        name = found[1].lower()
        if tag and _counts(name, tag, text[found.end() : found.end() + 200]):
            yield *found.span(2 if found[2] else 3), _NAMED.get(name, name.replace("-", " "))


def _open_tag(text: str, place: int) -> str:
    """The tag that is open at a place, as far as it is written before it."""
    start = text.rfind("<", max(0, place - _REACH), place)
    tag = text[start + 1 : place] if start >= 0 else ""
    return tag.lower() if tag[:1].isalpha() and ">" not in tag else ""


def _counts(name: str, tag: str, after: str) -> bool:
    if name == "content":
        return tag.startswith("meta")
    if name == "value":
        return tag.startswith("input") and _HIDDEN_INPUT.search(tag + after.partition(">")[0]) is not None
    return True


def _markdown(text: str) -> Iterator[Part]:
    for found in _DEFINITION.finditer(text):
        how = "markdown comment" if found[2] in ("#", "<>") else "link title"
        yield *found.span(next(group for group in (3, 4, 5) if found[group])), how
    yield from ((*found.span(1), "alt text") for found in _IMAGE.finditer(text))
    yield from ((*found.span(1 if found[1] else 2), "link title") for found in _LINK_TITLE.finditer(text))


def _views(text: Canonical, parts: list[Part]) -> Iterator[View]:
    """One view for each part; beyond the first few of a kind one for all others, so that there are never many."""
    for part in parts[:_SEPARATE]:
        yield from _view(text, [part])
    if len(parts) > _SEPARATE:
        yield from _view(text, parts[_SEPARATE:])


def _view(text: Canonical, parts: list[Part]) -> Iterator[View]:
    said = canonical(_plain(text.text[start:end] for start, end, _ in parts)).text.strip()
    if len(said) > 2:
        yield View(said, parts[0][2], *text.span(parts[0][0], parts[-1][1]))


def _plain(parts: Iterable[str]) -> str:
    joined = "\n".join(parts)
    joined = _MARKUP.sub(" ", joined) if "<" in joined else joined
    return html.unescape(joined) if "&" in joined else joined
