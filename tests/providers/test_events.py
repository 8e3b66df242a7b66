"""Streams cut into events: the same bytes are the same events, however they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.errors import BadEnvelope, StreamBroken
from onedoor.providers import client
from onedoor.providers.client import documents, events, lines

PIECES = st.sampled_from(
    [b"data: ", b"data:", b'{"a":1}', b"[DONE]", b"\n", b"\r\n", b": hi\n", b"event: x\n", b"data", b"\xc3\xa9", b'"']
)
BODIES = st.lists(PIECES, max_size=30).map(b"".join)
CUTS = st.lists(st.integers(0, 200), max_size=12)
Reader = Callable[[AsyncIterator[bytes], str], AsyncIterator[bytes]]


async def arriving(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def read(reader: Reader, *chunks: bytes) -> list[bytes] | type[Exception]:
    async def collect() -> list[bytes]:
        return [event async for event in reader(arriving(*chunks), "p")]

    try:
        return asyncio.run(collect())
    except (StreamBroken, BadEnvelope) as error:
        return type(error)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    return [body[begin:end] for begin, end in pairwise(edges)]


@pytest.mark.parametrize("reader", [events, documents, lines], ids=lambda reader: reader.__name__)
@given(body=BODIES, places=CUTS)
def test_any_chunking_of_the_same_bytes_yields_the_same(reader: Reader, body: bytes, places: list[int]) -> None:
    assert read(reader, *cut(body, places)) == read(reader, body)


@given(values=st.lists(st.dictionaries(st.text(), st.text() | st.integers(-9, 9)), max_size=8), places=CUTS)
def test_what_was_written_is_read(values: list[object], places: list[int]) -> None:
    written = [msgspec.json.encode(value) for value in values]
    as_events = b"".join(b"event: x\ndata: " + value + b"\n\n" for value in written)
    assert read(events, *cut(as_events, places)) == written
    assert read(documents, *cut(b"\n".join(written), places)) == written


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", []),
        (b"data: a\n\n", [b"a"]),
        (b"data:a\r\n\r\n", [b"a"]),
        (b"data:  a\n\n", [b" a"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b": ping\n\ndata: a\n\n", [b"a"]),
        (b"id: 1\nretry: 5\nevent: e\ndata: a\n\n", [b"a"]),
        (b"data:\n\ndata: \n\ndata: a\n\n", [b"a"]),
        (b"data: {}", [b"{}"]),
        (b"data: [DONE]", [b"[DONE]"]),
        (b'data: {"a', StreamBroken),
        (b"data: [DO", StreamBroken),
        (b"data: plain", [b"plain"]),
        (b"data: {}\n\nda", [b"{}"]),
    ],
)
def test_events(body: bytes, expected: object) -> None:
    assert read(events, body) == expected


def test_a_line_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST_LINE", 100)
    assert read(events, *[b"data: " + b"x" * 40] * 4) is BadEnvelope
