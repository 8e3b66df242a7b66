"""The room of a prompt goes to its slots in strict priority, and what must be whole is never cut silently."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.prompt.allot import Allotment, Elastic, Piece, Slot, TooLong, allot, text_slot
from onedoor.prompt.trim import Kept, documents
from onedoor.prompt.trimmed import Trimmed
from onedoor.prompt.turns import conversation, least
from onedoor.types import Document, Message, Text


def _context(*texts: str) -> Elastic[Document]:
    given_ = [Document(text, f"doc{place}") for place, text in enumerate(texts, 1)]
    return Elastic("context", lambda room: documents(given_, room=room, count=len, write=lambda one: one.text))


def _conversation(*sizes: int) -> Elastic[Message]:
    turns = [
        Message("user" if place % 2 == 0 else "assistant", (Text("x" * size),)) for place, size in enumerate(sizes)
    ]

    def size(turn: Message) -> int:
        return len(turn.text)

    return Elastic("conversation", lambda room: conversation(turns, room=room, size=size), least(turns, size=size))


def test_every_slot_gets_what_it_wants_where_there_is_room() -> None:
    system, examples, context = text_slot("system", "Be brief."), text_slot("examples", "Q: A"), _context("One is.")
    fitted = allot([system, examples, context], room=100, count=len)
    assert isinstance(fitted, Allotment)
    assert fitted.of(system) == ("Be brief.",)
    assert fitted.of(context) == (Document("One is.", "doc1"),)
    assert fitted.tokens == {"system": 9, "examples": 4, "context": 7}
    assert fitted.left == 80
    assert not fitted.trimmed


def test_what_must_be_whole_comes_first_wherever_it_stands() -> None:
    context, question = _context("One is. Two is."), text_slot("question", "Why?")
    fitted = allot([context, question], room=12, count=len)
    assert isinstance(fitted, Allotment)
    assert fitted.of(question) == ("Why?",)
    assert fitted.of(context) == (Document("One is.", "doc1"),)
    assert [str(one) for one in fitted.trimmed] == ["context doc1: 15 tokens trimmed to 7 (head)"]


def test_examples_are_granted_one_by_one() -> None:
    examples = Slot("examples", (Piece(1, "x" * 9), Piece(2, "x" * 20, "long"), Piece(3, "x" * 5)), "optional")
    fitted = allot([examples, _context("y" * 30)], room=15, count=len)
    assert isinstance(fitted, Allotment)
    assert fitted.of(examples) == (1, 3)
    assert fitted.trimmed[0] == Trimmed("examples", "long", 20, 0, "dropped")
    assert fitted.tokens == {"examples": 14, "context": 1}


def test_a_question_that_is_too_long_is_refused_with_every_size() -> None:
    slots = [text_slot("system", "x" * 1200), text_slot("hint", ""), text_slot("question", "x" * 9000)]
    refused = allot([*slots, _context("x")], room=8192, count=len)
    assert refused == TooLong({"system": 1200, "question": 9000}, 8192)
    assert str(refused) == "system 1,200 + question 9,000 = 10,200 tokens, and there is room for 8,192"


def test_no_room_at_all_is_said_plainly() -> None:
    assert (
        str(allot([text_slot("question", "Why?")], room=-5, count=len)) == "question 4 tokens, and there is room for 0"
    )


def test_a_conversation_keeps_its_last_turn_before_documents_get_anything() -> None:
    talk, context = _conversation(5, 5, 8), _context("One is. Two is.")
    fitted = allot([context, talk], room=16, count=len)
    assert isinstance(fitted, Allotment)
    assert fitted.tokens == {"context": 7, "conversation": 8}
    assert [one.how for one in fitted.trimmed] == ["head", "oldest turns"]
    refused = allot([context, talk], room=7, count=len)
    assert refused == TooLong({"conversation": 8}, 7)


def test_a_slot_that_can_not_be_cut_as_far_as_it_must_is_refused_not_sent() -> None:
    stubborn: Elastic[object] = Elastic("conversation", lambda _: Kept((), 50))
    assert allot([text_slot("question", "Why?"), stubborn], room=20, count=len) == TooLong(
        {"question": 4, "conversation": 50}, 20
    )


def test_two_slots_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="names of their own"):
        allot([text_slot("system", "a"), text_slot("system", "b")], room=20, count=len)


SIZES = st.lists(st.integers(1, 12), max_size=4)


@given(SIZES, SIZES, st.lists(st.integers(1, 12), max_size=5), st.integers(1, 12), st.integers(0, 80))
def test_it_fits_and_a_slot_never_takes_room_from_one_before_it(
    must: list[int], examples: list[int], talk: list[int], greedy: int, room: int
) -> None:
    whole = text_slot("system", *("x" * size for size in must))
    optional = text_slot("examples", *("x" * size for size in examples), rule="optional")
    slots: list[Slot[object] | Elastic[object]] = [whole, optional, _context("One is. Two is."), _conversation(*talk)]
    fitted = allot(slots, room=room, count=len)
    needed = sum(must) + (talk[-1] if talk else 0) + (0 if len(talk) % 2 or not talk else talk[-2])
    assert isinstance(fitted, TooLong) == (needed > room)
    if isinstance(fitted, Allotment):
        assert fitted.left >= 0
        assert fitted.tokens["system"] == sum(must)
        crowded = allot([*slots, Elastic("more", _all_of(greedy))], room=room, count=len)
        assert isinstance(crowded, Allotment)
        assert {name: crowded.tokens[name] for name in fitted.tokens} == fitted.tokens
        assert sum(crowded.tokens.values()) <= room


def _all_of(tokens: int) -> Callable[[int], Kept[object]]:
    return lambda room: Kept((), min(tokens, room))
