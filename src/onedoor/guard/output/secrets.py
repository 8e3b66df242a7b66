"""Keys, tokens and passwords in the shapes their issuers give them."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from string import ascii_letters, digits

from onedoor.guard.inspection import Severity
from onedoor.guard.output.candidates import Head, Judged, Part, Rule, part, rest
from onedoor.guard.output.randomness import is_example, looks_drawn, looks_random, varied
from onedoor.key_shapes import BASE64, KEYS, URL64

_ALNUM = frozenset(ascii_letters + digits)
_WORD = _ALNUM | frozenset("-_")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGEST = re.compile(r"(?:md5|sha\d{1,3})[-:]", re.IGNORECASE)
_KEY_OF = re.compile(r"(?:api|access|private|secret|auth|encryption|signing|account)[_ -]?\Z", re.IGNORECASE)
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/]{16,}=*(?:\s|\\[nr])*)+")
_KNOWN_JWT = "eyJzdWIiOiIxMjM0NTY3ODkw"
"""The payload every tutorial prints: {"sub": "1234567890"."""
_OBVIOUS = re.compile(
    r"pass|passwd|password|pwd|secret|user|username|admin|root|postgres|mysql|guest|test|token|key|redis|"
    r"rabbitmq|minio|db|example|hunter2|123456|qwerty|letmein|pw",
    re.IGNORECASE,
)

_COMMON = (("sk-",), ("SK",), ("dapi",), ("hf_",), ("xapp-",))
"""Openings that other words have, too."""


@cache
def secret_rules() -> tuple[Rule, ...]:
    """Everything a secret can begin with."""
    return (
        *(_key(*row) for row in KEYS),
        _aws_pair(),
        _sendgrid(),
        _jwt(),
        _pem(),
        _bearer(),
        _userinfo(),
        _assigned(),
    )


def _key(name: str, openings: tuple[str, ...], characters: str, least: int, most: int) -> Rule:
    """An opening and a random word of a known length; one that goes on is something else."""

    def judge(head: Head) -> Judged | None:
        body = head.part(1)
        if len(body) > most or not (looks_random if openings in _COMMON else looks_drawn)(body):
            return None
        return Judged(name, "high", head.start, head.end)

    after = _ALNUM if name in {"secret.aws", "secret.azure"} else _WORD
    return Rule("secret", openings, (part(characters, least, most + 1),), judge, after=after, run="within")


def _shaped(openings: tuple[str, ...], *parts: Part, judge: Callable[[Head], Judged | None]) -> Rule:
    return Rule("secret", openings, parts, judge, after=_WORD, run="within")


def _aws_pair() -> Rule:
    """The secret key beside its id: nothing but forty characters."""

    def judge(head: Head) -> Judged | None:
        key = head.part(3)
        if len(head.part(1)) != 16 or len(key) != 40 or not looks_random(key):
            return None
        return Judged("secret.aws", "high", head.cuts[3], head.end)

    parts = (part("A-Z2-7", 16, 17), part(r"\s,:/|;\"'`", 1, 8), part(BASE64, 40, 41))
    return _shaped(("AKIA", "ASIA"), *parts, judge=judge)


def _sendgrid() -> Rule:
    def judge(head: Head) -> Judged | None:
        sized = len(head.part(1)) == 22 and len(head.part(3)) == 43
        random = sized and looks_random(head.part(1) + head.part(3))
        return Judged("secret.sendgrid", "high", head.start, head.end) if random else None

    return _shaped(("SG.",), part(URL64, 22, 23), part(".", 1, 1), part(URL64, 43, 44), judge=judge)


def _jwt() -> Rule:
    """A header that says its algorithm, and the beginning of a payload."""

    def judge(head: Head) -> Judged | None:
        payload = head.part(3)
        known = payload.startswith(_KNOWN_JWT) or is_example(payload[:64])
        if known or not payload.startswith("eyJ") or b'"alg"' not in _decoded("eyJ" + head.part(1)):
            return None
        return Judged("secret.jwt", "high", head.start, head.end)

    parts = (part(URL64, 12, 600), part(".", 1, 1), part(URL64, 16, 64))
    return Rule("secret", ("eyJ",), parts, judge, rest=rest(r"\w\-.=+/"), after=_WORD, run="within")


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _pem() -> Rule:
    """A private key between its lines; the lines themselves stay."""

    def judge(head: Head) -> Judged | None:
        kind, body = head.part(1), _PEM_BODY.search(head.part(3))
        if not kind.endswith(("PRIVATE KEY", "PRIVATE KEY BLOCK")) or body is None:
            return None
        letters = re.sub(r"\\[nr]|\s", "", body[0])
        if len(letters) < 40 or not varied(letters):
            return None
        return Judged("secret.private_key", "high", head.cuts[3], head.end)

    parts = (part("A-Z0-9 ", 11, 40), part("-", 5, 5), part(r"\w+/=\s\\:,.;()\-", 40, 140))
    return Rule(
        "secret",
        ("-----BEGIN ",),
        parts,
        _upto_end(judge),
        rest=rest(r"A-Za-z0-9+/=\s\\:,"),
        run="beside",
        needs=(b"-----begin ",),
    )


def _upto_end(judge: Callable[[Head], Judged | None]) -> Callable[[Head], Judged | None]:
    """Short keys end inside their head."""

    def ending(head: Head) -> Judged | None:
        judged = judge(head)
        end = head.text.find("-----", head.cuts[3] + 40, head.end)
        return replace(judged, end=end) if judged and end >= 0 else judged

    return ending


def _bearer() -> Rule:
    def judge(head: Head) -> Judged | None:
        if not looks_random(head.part(2)) or _UUID.fullmatch(head.part(2)):
            return None
        return Judged("secret.bearer", "medium", head.cuts[2], head.end)

    parts = (part(" ", 1, 2), part(r"\w\-.~+/=", 20, 400))
    return Rule("secret", ("bearer",), parts, judge, after=_WORD, anycase=True, run="beside", needs=(b"bearer",))


def _userinfo() -> Rule:
    """scheme://user:password@host."""

    def judge(head: Head) -> Judged | None:
        name, word = head.part(1), head.part(3)
        if word == name or _OBVIOUS.fullmatch(word) or is_example(word) or word.startswith(("$", "%", "{", "*")):
            return None
        severity: Severity = "high" if looks_random(word) else "medium"
        return Judged("secret.credentials", severity, head.cuts[3], head.cuts[4])

    parts = (
        part(r"\w.%+\-", 0, 64),
        part(":", 1, 1),
        part(r"^\s/@\"'`<>?#,;()\[\]|\\", 3, 128),
        part("@", 1, 1),
        part(r"\w\[", 1, 1),
    )
    return Rule("secret", ("://",), parts, judge, needs=(b"@",))


def _assigned() -> Rule:
    """password = "…", api_key: …, TOKEN=…"""

    def judge(head: Head) -> Judged | None:
        word, called = head.part(7), bool(head.part(8))
        key = head.part(0).lower() != "key" or _KEY_OF.search(head.text, max(head.start - 12, 0), head.start)
        if called or not key or len(word) > 200 or not looks_random(word):
            return None
        if _UUID.fullmatch(word) or _DIGEST.match(word):
            return None
        return Judged("secret.assigned", "medium", head.cuts[7], head.cuts[8])

    parts = (
        part(r"\w\-", 0, 24),
        part(r"\"'`\])*", 0, 3),
        part(r" \t", 0, 3),
        part(":=>", 1, 3),
        part(r" \t", 0, 3),
        part(r"\"'`*", 0, 3),
        part(r"^\s\"'`,;<>(){}\[\]*", 8, 201),
        part(r"(\[", 0, 1),
    )
    openings = ("passw", "secret", "token", "key", "pwd")
    return Rule("secret", openings, parts, judge, anycase=True, needs=(b"=", b":", b">"))
