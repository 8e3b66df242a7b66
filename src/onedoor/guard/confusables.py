"""Letters of other scripts that look like Latin ones, read as what they look like, a word at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from onedoor.guard.rewriting import Edit
from onedoor.guard.words import TRIGGERS

_FOREIGN = {
    "a": "аα𐊠ӕ𑣜", "b": "ЬьƄᏏᑲв", "c": "сϲⲥҫᏟ", "d": "ԁᏧժ", "e": "еєҽε℮", "f": "ϝք", "g": "ցԍ", "h": "һհнᏂԦ",
    "i": "іιӏᎥɩ", "j": "јյϳ", "k": "κкқ", "l": "ӏاןⵏ", "m": "м", "n": "пոռη", "o": "оοօσⲟჿ૦౦ഠ๐໐ዐ०০੦௦೦၀סه",
    "p": "рρⲣ", "q": "ԛզգ", "r": "гⲅ", "s": "ѕՏꮪ", "t": "тτեէ", "u": "υսᥙ", "v": "ѵνטᶌ", "w": "ԝωѡաꮃ", "x": "хχҳⲭ",
    "y": "уүγყӯყ", "z": "ᴢꮓ", "A": "АΑᎪᗅ", "B": "ВΒᏴᗷ", "C": "СϹⲤ", "D": "Ꭰᗞ", "E": "ЕΕᎬЄ", "F": "ϜᖴҒ",
    "G": "ԌᏀᏳ", "H": "НΗᎻᕼ", "I": "ІΙӀⵊ", "J": "ЈᎫᒍ", "K": "КΚᏦҚ", "L": "ᏞᒪԼ", "M": "МΜᎷᗰϺ", "N": "ΝⲚ", "O": "ОΟՕⲞ",
    "P": "РΡᏢᑭ", "Q": "Ԛⵕ", "R": "ᎡᏒᖇ", "S": "ЅᏚႽ", "T": "ТΤᎢҬᆍ", "U": "Սᑌ", "V": "ѴᏙᐯ", "W": "ԜᎳϢ", "X": "ХΧⲬ",
    "Y": "ҮΥУҰ", "Z": "ΖᏃ",
}  # fmt: skip
_LATIN = {
    "a": "ɑⱥᴀ", "b": "ʙɓƀ", "c": "ᴄƈ", "d": "ɗđᴅɖ", "e": "əɛᴇǝɇ", "f": "ƒꞙꜰ", "g": "ɡɢǥɠ", "h": "ɦʜħⱨ", "i": "ıɪɨ",
    "j": "ɉᴊȷ",
    "k": "ᴋƙⱪ", "l": "ʟɭłƚǀ", "m": "ᴍɱ", "n": "ɴŋƞɲ", "o": "ᴏøɵɔ", "p": "ᴘƥᵽ", "q": "ʠɋ", "r": "ʀɾɽɼɍ", "s": "ꜱʂș",
    "t": "ᴛƭʈŧ",
    "u": "ᴜʊʉ", "v": "ᴠʋ", "w": "ᴡⱳ", "x": "ᶍ", "y": "ʏƴɏ", "z": "ƶȥʐⱬ", "A": "Ⱥ∀", "C": "ƇȻ", "D": "ĐƊ", "E": "ƎƐ",
    "G": "ƓǤ", "H": "Ħ", "I": "ƗƖ", "K": "Ƙ", "L": "Ł", "N": "ƝŊ", "O": "ØƟ", "P": "Ƥ", "S": "Ƨ", "T": "ŦƬ",
    "U": "Ʊ", "Y": "ƳɎ", "Z": "Ƶ",
}  # fmt: skip
_BADGES = {start + place: chr(97 + place) for start in (0x1F1E6, 0x1F150, 0x1F170) for place in range(26)}
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_ACCENTED = re.compile("[\u00c0-\u024f][a-z]{0,2}[\u00c0-\u024f]")
_REALLY_FOREIGN = re.compile("[\u0370-\u058f]")
_LATIN_WORD = re.compile(r"[a-z]{4,}")
_WORD = re.compile(r"[\w\U0001f150-\U0001f189\U0001f1e6-\U0001f1ff]+")


def _looks(letters: Mapping[str, str]) -> dict[int, str]:
    return {ord(look): letter for letter, looks in letters.items() for look in looks}


@cache
def _foreign() -> dict[int, str]:
    return _looks(_FOREIGN)


@cache
def _all() -> dict[int, str]:
    return {**_BADGES, **_looks(_LATIN), **_foreign()}


@cache
def _suspects() -> frozenset[str]:
    return frozenset(map(chr, _all()))


@cache
def _border() -> re.Pattern[str]:
    """Where a letter that looks Latin stands beside one that is."""
    return re.compile(f"[{_listed(_foreign())}](?:(?=[A-Za-z])|(?<=[A-Za-z].))")


@cache
def _foreigners() -> re.Pattern[str]:
    return re.compile(f"[{_listed(_foreign())}]")


def _listed(letters: Mapping[int, str]) -> str:
    return "".join(map(chr, letters))


def folds(text: str) -> Iterator[Edit]:
    """The words to be read otherwise: those that mix scripts, and those that are a trigger word in disguise."""
    looks = not _suspects().isdisjoint(text) and _is_suspicious(text)
    if not looks and _ACCENTED.search(text) is None:
        return
    disguised = looks and _REALLY_FOREIGN.search(text.translate(_all())) is None
    for found in _WORD.finditer(text):
        if not found[0].isascii() and (read := _read(found[0], disguised=disguised)) is not None:
            yield found.start(), found.end(), read


def _is_suspicious(text: str) -> bool:
    """Whether scripts are mixed, or a trigger word appears when every letter is read as what it looks like."""
    if _LATIN_LETTER.search(text) and _border().search(text):
        return True
    return not TRIGGERS.isdisjoint(_LATIN_WORD.findall(text.translate(_all()).lower()))


def _read(word: str, *, disguised: bool) -> str | None:
    """The word folded; in a text without a letter that looks foreign every word that has a foreign one."""
    plain = word.translate(_all())
    if (disguised or _LATIN_LETTER.search(word)) and _foreigners().search(word):
        return unicodedata.normalize("NFKC", plain)
    bare = _bare(plain) if sum(not letter.isascii() for letter in plain) != 1 else plain
    return bare if bare.isascii() and len(bare) > 3 and bare.lower() in TRIGGERS else None


def _bare(word: str) -> str:
    """The word without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
