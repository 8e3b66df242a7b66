"""Links that carry data to a host nobody named: the way a prompt injection takes home what it read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from string import ascii_letters, digits

from onedoor.guard.inspection import Severity
from onedoor.guard.output.candidates import BEFORE, Head, Judged, Rule, part, rest
from onedoor.guard.output.carried import Cargo, cargo, host_of, roomy

LONGEST = 2048
"""A longer URL carries data, whatever it looks like."""
_OUTSIDE = r"\s\"<>`"
_CLOSERS = r"\u3000-\u303f\uff00-\uffef\u00ab\u00bb\u2018-\u201f"
_SCHEMED = ("http:/", "https:/", "http:\\", "https:\\")
_BARE = ("(//", '"//', "'//", "=//")
_WORD = frozenset(ascii_letters + digits)
_LOADED = re.compile(
    r"<(?:img|source|video|audio|iframe|embed|object|script|link|input|image|body|table|td|svg|use)\b[^>]{0,300}"
    r"(?:src|srcset|poster|background|data|href)\s*=\s*[\"']?\s*\Z|(?:url\(|@import)\s*[\"']?\s*\Z",
    re.IGNORECASE,
)
_CLOSING = {"(": ")", "[": "]", "'": "'", "{": "}"}
_BRACKETS = re.compile(r"[()\[\]{}']")
_OPENERS = frozenset("(<=\"'")
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "0.0.0.0")


def link_rules(hosts: tuple[str, ...], seen: tuple[str, ...]) -> tuple[Rule, ...]:
    """Every way a URL begins. hosts are allowed with all below them; seen is what the prompt said."""

    def judge(head: Head) -> Judged:
        start = head.start + (head.part(0) in _BARE)
        before = head.text[max(0, head.start - BEFORE) : start]
        url = _upto(head.text[start : head.end], before[-1:])
        image = _loading(before)
        severity = _severity(url, image=image, hosts=hosts, seen=seen)
        name = "exfiltration.image" if image else "exfiltration.link"
        return Judged(name, severity, start, start + len(url))

    def rule(openings: tuple[str, ...], outside: str, where: Callable[[str, int], bool] | None) -> Rule:
        parts = (part(f"^{outside}", 1, LONGEST),)
        needs = tuple(opening[-2:].encode() for opening in openings)
        going_on = rest(f"^{outside}")
        return Rule("exfiltration", openings, parts, judge, going_on, where=where, anycase=True, needs=needs)

    return (
        rule(_SCHEMED, _OUTSIDE, _embedded),
        rule(_SCHEMED, _OUTSIDE + _CLOSERS, _running),
        rule(_BARE, _OUTSIDE, None),
    )


def _running(text: str, start: int) -> bool:
    return not _embedded(text, start) and text[start - 1 : start] not in _WORD


def _embedded(text: str, start: int) -> bool:
    """Whether brackets or quotes say where a URL ends; in running text a closing mark does."""
    before = text[max(0, start - BEFORE) : start].rstrip()
    return before[-1:] in _OPENERS or before.endswith("]:")


def _upto(url: str, before: str) -> str:
    """A URL without the bracket, quote or full stop of the sentence around it."""
    closing = _CLOSING.get(before, "")
    if closing:
        url = url[: _closed(url, before, closing)]
    return url if len(url) >= LONGEST else url.rstrip(".,;:!?'*_") or url


def _closed(url: str, opening: str, closing: str) -> int:
    depth = 0
    for found in _BRACKETS.finditer(url) if closing in url else ():
        if found[0] == closing:
            if depth == 0:
                return found.start()
            depth -= 1
        elif found[0] == opening:
            depth += 1
    return len(url)


def _loading(before: str) -> bool:
    """Whether what stands before a URL makes a reader's machine fetch it unasked."""
    if not _embedded(before, len(before)):
        return False
    tail = before.rstrip().removesuffix("<").rstrip()
    if tail.endswith("]("):
        return tail.count("](", max(0, tail.rfind("!["))) == 1 and "![" in tail
    if tail.endswith("]:"):
        return tail[tail.rfind("\n") + 1 :].lstrip().startswith("[")
    at = before.rfind("<")
    return _LOADED.search(before, at if at >= 0 else max(0, len(before) - 16)) is not None


def _severity(url: str, *, image: bool, hosts: tuple[str, ...], seen: Sequence[str]) -> Severity | None:
    """What a prompt already holds word for word takes nothing away."""
    if not image and not roomy(url):
        return None
    host = host_of(url)
    if not host or _allowed(host, hosts):
        return None
    carried: Cargo = "opaque" if len(url) >= LONGEST else cargo(url, seen, image=image)
    if not carried or any(url in text for text in seen):
        return None
    return "high" if image or carried == "encoded" else "medium"


def _allowed(host: str, hosts: tuple[str, ...]) -> bool:
    return host in _LOCAL or any(host == one or host.endswith("." + one) for one in map(str.casefold, hosts))
