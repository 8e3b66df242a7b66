"""Bytes written in letters and digits: base64, base32, hexadecimal, ascii85, octets in decimal or binary."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from onedoor.guard.decoders.blobs import Blob, cut_short, readable
from onedoor.guard.words import PLAIN, words

_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{2}(?:[\s,:;-]{0,2}(?:0x)?[0-9a-fA-F]{2}){5,20000}(?![0-9A-Za-z])"
)
_LINE = r"[A-Za-z0-9+/_-]{14,}"
_LETTERED = re.compile(rf"{_LINE}={{0,2}}(?:\n{_LINE}(?=[=\n]|\Z))*(?:\n[A-Za-z0-9+/_-]{{2,}}(?==?=?(?:\n|\Z)))?")
_GROUPED = re.compile(r"(?<!\S)[A-Za-z0-9+/]{4}(?: [A-Za-z0-9+/]{4}){4,}(?: [A-Za-z0-9+/=]{4})?(?!\S)")
_DECIMAL = re.compile(r"(?<![0-9.])[0-9]{2,3}(?:[\s,;]{1,2}[0-9]{2,3}){5,20000}(?![0-9.])")
_BINARY = re.compile(r"(?<![01])[01]{8}(?:[ ,\n]?[01]{8}){3,20000}(?![0-9])")
_ASCII85 = re.compile(r"<~([!-uz\s]{5,20000})~>|(?<![!-~])(?=[!-~]{0,40}[!-/:-@\[-`])([!-~]{20,})")
_BASE32 = re.compile(r"[A-Z2-7]{14,}={0,6}")
_USUAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./-_:()[]`'\",|*=&?")
"""What paths, addresses and code are written with."""
_BLANK = re.compile(r"[^0-9a-fA-F]|0x")
_LONGEST = 32_000
_MOST = 400


def numbers(text: str) -> Iterator[Blob]:
    """Hexadecimal, decimal and binary bytes, with or without separators."""
    for how, pattern, read in (("binary", _BINARY, _bits), ("hex", _HEX, _hex), ("octets", _DECIMAL, _octets)):
        for found, _ in zip(pattern.finditer(text), range(_MOST), strict=False):
            yield from _blob(found, how, readable(cut_short(read(found[0][: 5 * _LONGEST]))))


def letters(text: str) -> Iterator[Blob]:
    """Base64 in both alphabets, in lines or in groups, and base32."""
    for found, _ in zip(_LETTERED.finditer(text), range(_MOST), strict=False):
        yield from _lettered(found)
    for found, _ in zip(_GROUPED.finditer(text), range(_MOST), strict=False):
        yield from _blob(found, "base64", _base64(found[0]))


def ascii85(text: str) -> Iterator[Blob]:
    for found, _ in zip(_ASCII85.finditer(text), range(_MOST), strict=False):
        written = (found[1] or found[2])[:_LONGEST]
        if found[1] is None and len(set(written[:200]) - _USUAL) < 2:
            continue
        for read in (base64.a85decode, base64.b85decode):
            try:
                said = readable(read(written))
            except (ValueError, binascii.Error):
                continue
            yield from _blob(found, "ascii85", said)


def _lettered(found: re.Match[str]) -> Iterator[Blob]:
    written = found[0]
    if _BASE32.fullmatch(written, 0, _LONGEST) and (said := _base32(written[:_LONGEST])):
        yield Blob(found.start(), found.end(), said, "base32", len(written) > _LONGEST)
    else:
        yield from _blob(found, "base64", _base64(written))


def _blob(found: re.Match[str], how: str, said: str | None) -> Iterator[Blob]:
    if said is not None and (how != "octets" or PLAIN.intersection(words(said))):
        yield Blob(found.start(), found.end(), said, how, found.end() - found.start() > _LONGEST)


def _base64(written: str) -> str | None:
    compact = "".join(written[:_LONGEST].split()).rstrip("=").replace("-", "+").replace("_", "/")
    whole = compact[: len(compact) - len(compact) % 4] if len(compact) % 4 == 1 else compact
    try:
        octets = base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (ValueError, binascii.Error):
        return None
    return readable(cut_short(octets))


def _base32(written: str) -> str | None:
    compact = written.rstrip("=")
    try:
        return readable(base64.b32decode(compact + "=" * (-len(compact) % 8)))
    except (ValueError, binascii.Error):
        return None


def _hex(written: str) -> bytes:
    digits = _BLANK.sub("", written)
    return bytes.fromhex(digits[: len(digits) - len(digits) % 2])


def _octets(written: str) -> bytes:
    values = [int(number) for number in re.findall("[0-9]+", written)]
    return bytes(values) if max(values) < 256 else b""


def _bits(written: str) -> bytes:
    digits = re.sub("[^01]", "", written)
    return bytes(int(digits[place : place + 8], 2) for place in range(0, len(digits) - 7, 8))
