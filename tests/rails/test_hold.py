"""A reader sees nothing of an answer that may still be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from onedoor import Candidate, ServerFault, StreamBroken
from onedoor.rails.fallback import Fallback
from onedoor.rails.hold import Hold
from onedoor.rails.retry import Retry
from onedoor.testing import Wait


def test_a_held_answer_is_shown_whole_at_its_end(road: Any) -> None:
    moments = []

    class Watching(list[Any]):
        def append(self, text: str) -> None:
            moments.append((road.clock(), text))

    road.seen = Watching()
    reply = road.take([Hold()], [[Wait(1), "hel", Wait(1), "lo"]], road.read())
    assert reply.text == "hello"
    assert moments == [(2, "hel"), (2, "lo")]


def test_without_it_a_reader_sees_every_piece_at_once(road: Any) -> None:
    with pytest.raises(StreamBroken):
        road.take([], [["hel", StreamBroken("cut")]], road.read())
    assert road.seen == ["hel"]


def test_nothing_of_a_failed_answer_is_shown(road: Any) -> None:
    with pytest.raises(StreamBroken):
        road.take([Hold()], [["hel", StreamBroken("cut")]], road.read())
    assert road.seen == []


def test_a_broken_stream_begins_again_unseen(road: Any) -> None:
    road.take([Hold(), Retry()], [["wro", StreamBroken("cut")], ["rig", "ht"]], road.read())
    assert road.seen == ["rig", "ht"]
    assert road.outcome("retry") == "repeated"


def test_the_next_candidate_answers_unseen(road: Any) -> None:
    chain = (Candidate("big", "hosted", "big-1"), Candidate("small", "local", "small-1"))
    reply = road.take([Hold(), Fallback(chain)], [["wro", ServerFault("broken")], ["right"]], road.read())
    assert (road.seen, reply.model) == (["right"], "small")


def test_without_a_reader_it_has_nothing_to_do(road: Any) -> None:
    assert road.take([Hold()], ["hello"]).text == "hello"
    assert road.outcome("hold") == "passed"
