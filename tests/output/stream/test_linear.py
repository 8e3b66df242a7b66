"""Reading costs the same per character however long the answer is: counted in steps, not in seconds."""

from __future__ import annotations

import json
import sys
from types import FrameType
from typing import Any

import pytest

from onedoor.output.stream.prefix import Prefix
from onedoor.output.stream.runaway import Runaway

SHAPES = {
    "objects": lambda count: {"lines": [{"id": place, "note": f"item {place} of many"} for place in range(count)]},
    "one_string": lambda count: ["a word, " * (count * 4)],
    "escapes": lambda count: ["é\n" * (count * 3)],
    "one_number_after_the_other": lambda count: list(range(count * 4)),
    "spaces": lambda count: [count, " " * (count * 30)],
}


def _calls(reader: Any, text: str) -> int:
    """Python functions entered while `text` is fed twenty characters at a time."""
    count = 0

    def note(frame: FrameType, event: str, value: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        for place in range(0, len(text), 20):
            reader.feed(text[place : place + 20])
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reader", [Prefix, lambda: Prefix({"type": ["array", "object"]}), Runaway])
def test_ten_times_the_text_takes_ten_times_the_steps(shape: str, reader: Any) -> None:
    short, long = (json.dumps(SHAPES[shape](count)) for count in (150, 1_500))
    steps = _calls(reader(), long) / len(long)
    assert steps < 1.5 * _calls(reader(), short) / len(short)


def test_a_megabyte_is_read() -> None:
    text = json.dumps({"lines": [{"id": place, "note": "a line of the answer"} for place in range(20_000)]})
    prefix = Prefix()
    for place in range(0, len(text), 4_000):
        prefix.feed(text[place : place + 4_000])
    assert prefix.value == json.loads(text)
