"""What a URL carries away, beyond saying which page it wants."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal
from urllib.parse import unquote_plus

from onedoor.guard.output.randomness import mixed, varied

Cargo = Literal["", "opaque", "sentence", "placeholder", "seen", "encoded"]
"""Nothing, a long random value, a sentence, a gap for one, words of the prompt, or text in base64 or hex."""

OPAQUE = 64
"""Shorter random values are ids, digests and versions."""
ROOMY = 60
"""A shorter link has no room for much, unless it is all in one part."""
LEAST = 16
"""Shorter base64 and hex says too little."""
_WEIGHT: tuple[Cargo, ...] = ("", "opaque", "sentence", "placeholder", "seen", "encoded")
_LONG_PART = re.compile(r"[^/?&=#.:]{16}|[@%{\[]")
_SCHEME = re.compile(r"\A(?:[A-Za-z]{1,8}:)?[/\\]*")
_PARTS = re.compile(r"\A([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_TRACKING = re.compile(r"(?:utm_\w+|gclid|fbclid|msclkid|gad_\w+|mc_[ce]id|_ga|igshid|ref|ref_src)\Z", re.IGNORECASE)
_DIGEST = re.compile(
    r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z", re.IGNORECASE
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}\Z")
_HEX = re.compile(r"(?:[0-9a-f]{2}){10,}\Z", re.IGNORECASE)
_GAP = re.compile(
    r"\$?\{{1,2}\s*[\w. -]{1,60}\}{1,2}|"
    r"\[(?:[\w -]{0,40}[_ -])?(?:SECRET|PASSWORD|TOKEN|KEY|PROMPT|CONVERSATION|HISTORY|SUMMARY|DATA|MESSAGE|CONTEXT|"
    r"EMAIL|CONTENT|INFO)[\w -]{0,40}\]"
)
_PRIVATE = re.compile(r"secret|passw|credential|conversation|history|summary|prompt|private|user.?(?:data|info)", re.I)
"""What a gap in a link must ask for: documentation is full of links with other gaps."""
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TELLING = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|(?=\w*[0-9])(?=\w*[^\W\d_])\w{8,}|[0-9]{6,}")
_PLAIN = re.compile(rb"[\x20-\x7e\t\r\n\x80-\xff]+\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart, without ever failing."""

    host: str
    before: str
    segments: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


def roomy(url: str) -> bool:
    """Whether a link could carry anything: it is long, or has a part that is."""
    return len(url) >= ROOMY or _LONG_PART.search(url) is not None


def host_of(url: str) -> str:
    """The host, small, without its port."""
    authority = _PARTS.findall(_SCHEME.sub("", url, count=1))[0][0]
    return _host(authority.rpartition("@")[2])


def _host(place: str) -> str:
    return _unquoted(place).casefold().rsplit(":", 1)[0].rstrip(".")


def address(url: str) -> Address:
    """Host, what stands before it, path segments and fragment, and the pairs of the query."""
    authority, path, query, fragment = _PARTS.findall(_SCHEME.sub("", url, count=1))[0]
    before, _, host = authority.rpartition("@")
    ends = () if fragment.startswith(":~:") else (fragment,)
    pairs = tuple(_pair(pair) for pair in query.replace(";", "&").split("&") if pair)
    segments = tuple(filter(None, (*path.replace("\\", "/").split("/"), *ends)))
    return Address(_host(host), before, segments, pairs)


def _pair(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    return (name, value) if value else ("", name + equals)


def cargo(url: str, seen: Sequence[str], *, image: bool) -> Cargo:
    """The worst of what a URL carries. An image is fetched by itself, so less is enough."""
    where = address(url)
    found = {_carried(value, seen, image=image, short=short) for value, short in _values(where)}
    return max(found, key=_WEIGHT.index, default="")


def _values(where: Address) -> Iterator[tuple[str, bool]]:
    """Everything that could hold data, and whether only text counts there, not randomness."""
    yield from ((value, _TRACKING.match(name) is not None) for name, value in where.values)
    yield from ((part, False) for part in (*where.segments, where.before))
    labels = where.host.split(".")[:-2]
    yield from ((label, False) for label in labels)
    if len(labels) > 1:
        yield "".join(labels), False
    if len(where.values) > 1:
        yield "".join(value for _, value in where.values), True
    if len(where.segments) > 1:
        yield "".join(where.segments), True


def _carried(value: str, seen: Sequence[str], *, image: bool, short: bool) -> Cargo:
    plain = _unquoted(value)
    if hides_text(plain) or (plain is not value and hides_text(value)):
        return "encoded"
    if seen and _known(plain, seen, image=image):
        return "seen"
    if _gap(plain, image=image):
        return "placeholder"
    if _talks(plain, image=image):
        return "sentence"
    return "opaque" if not short and is_opaque(plain) else ""


def _gap(plain: str, *, image: bool) -> bool:
    found = _GAP.search(plain) if "{" in plain or "[" in plain else None
    return found is not None and (image or _PRIVATE.search(found[0]) is not None)


def _unquoted(value: str) -> str:
    return unquote_plus(value) if "%" in value or "+" in value else value


def hides_text(value: str) -> bool:
    """Base64 or hex of something that can be read."""
    value = value.strip()
    if len(value) < LEAST:
        return False
    if _HEX.match(value) and readable(bytes.fromhex(value)):
        return True
    return bool(_BASE64.match(value)) and readable(_decoded(value.rstrip("=")))


def _decoded(value: str) -> bytes:
    value = value.replace("+", "-").replace("/", "_")
    value = value[:-1] if len(value) % 4 == 1 else value
    return urlsafe_b64decode(value + "=" * (-len(value) % 4))


def readable(data: bytes) -> bool:
    """UTF-8 without control characters, mostly letters and blanks: by chance once in 2 ** 12 characters."""
    if len(data) < 10 or not _PLAIN.match(data):
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return sum(letter.isalnum() or letter in " _,.:;@='\"\n{}-" for letter in text) >= 0.85 * len(text)


def is_opaque(value: str) -> bool:
    """A long word that looks random and isn't a digest."""
    if len(value) < OPAQUE or _DIGEST.match(value):
        return False
    longest = max(re.split(r"[^\w+/=]", value), key=len)
    return len(longest) >= OPAQUE and mixed(longest, 0.36) and varied(longest)


def _talks(plain: str, *, image: bool) -> bool:
    """Several words in a row, where a page would have a name."""
    if len(plain) < (10 if image else 40):
        return False
    words = [word for word in plain.split() if _LETTERS.match(word)]
    ideographs = 0 if plain.isascii() else len(_IDEOGRAPH.findall(plain))
    return len(words) >= (5 if image else 12) or ideographs >= (10 if image else 40)


def _known(plain: str, seen: Sequence[str], *, image: bool) -> bool:
    """Repeats what only the prompt says: an address, a number, words in a row. Short phrases in links are searches."""
    if not seen or len(plain) < 6:
        return False
    prompt = _prompt(tuple(seen), 3 if image else 6)
    telling = set(_tells(plain)) if image else {word for word in _tells(plain) if "@" in word}
    return not prompt.telling.isdisjoint(telling) or not prompt.phrases.isdisjoint(_phrases(plain, 3 if image else 6))


@dataclass(frozen=True, slots=True)
class _Prompt:
    telling: frozenset[str]
    phrases: frozenset[int]


@lru_cache(maxsize=8)
def _prompt(seen: tuple[str, ...], size: int) -> _Prompt:
    return _Prompt(
        frozenset(chain.from_iterable(map(_tells, seen))),
        frozenset(chain.from_iterable(_phrases(text, size) for text in seen)),
    )


def _tells(text: str) -> list[str]:
    return [found.rstrip(".") for found in _TELLING.findall(text.casefold())]


def _phrases(text: str, size: int) -> Iterator[int]:
    """Runs of `size` words with something to say: at least 4 letters a word on average."""
    words = _WORD.findall(text.casefold())
    for run in zip(*(words[at:] for at in range(size)), strict=False):
        if sum(map(len, run)) >= 4 * size:
            yield hash(run)
