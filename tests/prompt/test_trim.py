"""Texts and conversations are shortened so that they fit, at the ends of sentences and of exchanges."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.prompt.letters import begins
from onedoor.prompt.sentences import LONGEST, ends, sentences
from onedoor.prompt.trim import GAP, Count, Keep, documents, shorten
from onedoor.prompt.trimmed import Trimmed
from onedoor.prompt.turns import conversation, least
from onedoor.types import Document, Message, Text, ToolCall

KEEPS: tuple[Keep, ...] = ("head", "tail", "middle")
ONE_A_LINE = """
Dr. Smith paid 3.14 USD to J. R. R. Tolkien.| He left… then came back.| "Really?" he asked.| She smiled!| Ok?
See Fig. 3, e.g. the U.S. part, and No. 5.| No.| Then vol. 7.
Wait...| What?| The end.[1]| New one.[2]
**Bold.**| _Said._| (Aside.)| Done.
Es war am 3. Oktober, z. B. in Berlin.| Im Jahr 1999.| Dann kam er usw. und ging.| Das war ca. 5 km weit.
« Bonjour ! » dit-il.| « Ça va ? »| Oui.| Voir p. 12.| Fin.
Он живёт на ул. Ленина, т. е. там.| Да.
他说：「你好。」|我走了！|真的吗？|OK!|我们走。
यह एक वाक्य है।| दूसरा वाक्य।
مرحبا.| كيف حالك؟| أنا بخير۔| نعم.
Բարեւ։| Ինչպես ես։
გამარჯობა.| როგორ ხარ?| კარგად.
안녕하세요.| 잘 지내세요?
"""


@pytest.mark.parametrize("line", ONE_A_LINE.strip().splitlines())
def test_sentences_end_in_many_scripts_and_not_at_abbreviations_initials_or_figures(line: str) -> None:
    parts = line.split("|")
    assert [one.strip() for one in sentences("".join(parts))] == [one.strip() for one in parts]


def test_headings_items_code_and_tables_end_with_their_lines() -> None:
    text = "# Title\nIt goes\non. And on.\n\n- a. B\n1. First\n```py\nx = 1. \ny\n```\n| a. B |\n|---|\nEnd"
    wanted = ["# Title\n", "It goes\non. ", "And on.\n\n", "- a. ", "B\n", "1. First\n"]
    assert sentences(text) == [*wanted, "```py\n", "x = 1. \n", "y\n", "```\n", "| a. B |\n", "|---|\n", "End"]


@pytest.mark.parametrize(
    "text", ["a" * 9000, "word " * 2000, "\n" * 9000, "." * 9000, '!")' * 3000, "e\u0301" * 5000, "\U0001f1e9" * 5000]
)
def test_what_has_no_end_is_cut_by_length_and_nothing_is_lost(text: str) -> None:
    parts = sentences(text)
    assert "".join(parts) == text
    assert all(len(part) <= LONGEST or part.isspace() for part in parts)


@given(st.text(alphabet="aB1 .!?…。\n`|-#\"'»\u0301\u200d", max_size=120))
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert ends(text) == sorted(set(ends(text)))


@pytest.mark.parametrize(
    ("keep", "room", "left"),
    [
        ("head", 99, "One is. Two is. Three is. Four is."),
        ("head", 15, "One is. Two is."),
        ("head", 14, "One is."),
        ("head", 6, "One"),
        ("head", 2, "On"),
        ("head", 0, ""),
        ("tail", 18, "Three is. Four is."),
        ("tail", 17, "Four is."),
        ("tail", 7, "is."),
        ("tail", 2, "s."),
        ("middle", 20, f"One is.{GAP}Four is."),
        ("middle", 28, f"One is. Two is.{GAP}Four is."),
        ("middle", 19, f"One is.{GAP}is."),
        ("middle", 4, ""),
    ],
)
def test_a_text_keeps_whole_sentences_then_words_then_letters(keep: Keep, room: int, left: str) -> None:
    assert shorten("One is. Two is. Three is. Four is.", room=room, count=len, keep=keep) == left


def test_no_letter_is_torn() -> None:
    family, flag, accent, halves = "\U0001f468\u200d\U0001f469", "\U0001f1e9\U0001f1ea", "e\u0301", "\ud83d\ude00"
    for letter in (family, flag, accent, halves, "\r\n"):
        for room in range(1, 3 * len(letter)):
            left = shorten(letter * 4, room=room, count=len)
            assert left == (letter * 4)[: room // len(letter) * len(letter)].rstrip()
    assert not begins(flag * 2, 3)
    assert begins(flag * 2, 2)


def _words(text: str) -> int:
    return len(text.split())


def _pieces(text: str) -> int:
    """Like a tokenizer: words in pieces of four letters; a text never takes more than its parts."""
    return sum(-(-len(word) // 4) for word in text.split())


def _heavy(text: str) -> int:
    """A counter whose whole is more than its parts."""
    return len(text) + len(text) ** 2 // 50


COUNTS: tuple[Count, ...] = (len, _words, _pieces, _heavy)
PROSE = st.lists(
    st.sampled_from(
        ["One is. ", "Why not? ", "A much longer sentence stands here. ", "他走了。", "- item\n", "\n\n", "x" * 30]
    ),
    max_size=12,
).map("".join)


@given(PROSE, st.sampled_from(KEEPS), st.sampled_from(COUNTS), st.integers(0, 120))
def test_what_is_left_fits_is_of_the_text_and_grows_with_the_room(
    text: str, keep: Keep, count: Count, room: int
) -> None:
    left = shorten(text, room=room, count=count, keep=keep)
    assert count(left) <= room
    assert left == text if count(text) <= room else len(left) < len(text) + len(GAP)
    assert _of(text, left, keep)
    more = shorten(text, room=room + 3, count=count, keep=keep)
    assert len(more.replace(GAP, "")) >= len(left.replace(GAP, ""))


def _odd(text: str) -> int:
    """A counter no tokenizer is as strange as: more text may take less."""
    return len(text) + sum(map(ord, text)) % 17


@given(PROSE, st.sampled_from(KEEPS), st.integers(0, 120))
def test_what_is_left_fits_whatever_counts(text: str, keep: Keep, room: int) -> None:
    left = shorten(text, room=room, count=_odd, keep=keep)
    assert not left or _odd(left) <= room


def _of(text: str, left: str, keep: Keep) -> bool:
    if keep == "middle" and left != text:
        head, _, tail = left.partition(GAP)
        return text.startswith(head) and text.endswith(tail)
    return text.startswith(left) if keep == "head" else text.endswith(left)


@given(PROSE, st.sampled_from(KEEPS), st.sampled_from(COUNTS), st.integers(0, 120))
def test_only_a_sentence_too_long_for_the_room_is_cut(text: str, keep: Keep, count: Count, room: int) -> None:
    left = shorten(text, room=room, count=count, keep=keep)
    parts = sentences(text)
    outer = {"head": parts[:1], "tail": parts[-1:], "middle": [*parts[:1], GAP, *parts[-1:]]}[keep]
    if left != text and count("".join(outer)) <= room:
        pieces = left.split(GAP) if keep == "middle" else [left]
        stops = {"".join(parts[:end]).rstrip() for end in range(len(parts))}
        starts = {"".join(parts[start:]) for start in range(len(parts))}
        assert pieces[0] in (starts if keep == "tail" else stops)
        assert keep != "middle" or pieces[-1] in starts


def test_a_long_text_is_counted_little_more_than_twice() -> None:
    text = "This is a sentence of a report. " * 20_000
    seen = []

    def count(part: str) -> int:
        seen.append(len(part))
        return -(-len(part) // 4)

    left = shorten(text, room=20_000, count=count)
    assert 79_900 < len(left) <= 80_000
    assert len(seen) < 40
    assert sum(seen) < len(text) + 6 * len(left)


def _written(document: Document) -> str:
    return f"<{document.name}>{document.text}</>"


def test_documents_stay_by_rank_and_the_last_one_that_fits_is_cut() -> None:
    given_ = [Document("Low one.", "c", 0.1), Document("Best. Of all.", "a", 0.9), Document("Mid. Too long.", "b", 0.5)]
    kept = documents(given_, room=31, count=len, write=_written)
    assert kept.pieces == (given_[1], Document("Mid.", "b", 0.5))
    assert kept.tokens == 29
    assert kept.trimmed == (Trimmed("context", "b", 20, 10, "head"), Trimmed("context", "c", 14, 0, "dropped"))


def test_a_document_without_a_name_is_called_by_its_place() -> None:
    kept = documents([Document("Ten."), Document("Eleven.")], room=4, count=len, write=lambda one: one.text)
    assert kept.trimmed == (Trimmed("context", "2", 7, 0, "dropped"),)


def test_only_the_best_document_is_cut_inside_a_sentence() -> None:
    both = [Document("word " * 9, "a"), Document("more " * 9, "b")]
    assert documents(both, room=12, count=len, write=lambda one: one.text).pieces == (Document("word word", "a"),)
    assert documents(both, room=60, count=len, write=lambda one: one.text).pieces == (both[0],)


@given(
    st.lists(st.builds(Document, PROSE, st.sampled_from("abc"), st.sampled_from([0.0, 0.5, 1.0])), max_size=5),
    st.sampled_from(COUNTS),
    st.integers(0, 200),
)
def test_documents_fit_and_more_room_never_gives_less(given_: list[Document], count: Count, room: int) -> None:
    kept, more = (documents(given_, room=size, count=count, write=_written) for size in (room, room + 5))
    assert kept.tokens == sum(count(_written(document)) for document in kept.pieces) <= room
    assert len("".join(one.text for one in more.pieces)) >= len("".join(one.text for one in kept.pieces))
    enough = sum(count(_written(document)) for document in given_)
    everything = documents(given_, room=enough, count=count, write=_written)
    assert sorted(map(_written, everything.pieces)) == sorted(map(_written, given_))
    assert not everything.trimmed


def _turn(short: str) -> Message:
    """`u`, `a`, `s`: a user, assistant or system turn; `a1` calls tool 1, `t1` is its result."""
    role = {"u": "user", "a": "assistant", "s": "system", "t": "tool"}[short[0]]
    calls = (ToolCall(short[1:], "look", "{}"),) if short[0] == "a" and short[1:] else ()
    return Message(role, (Text(short),), calls, short[1:] if short[0] == "t" else "")


def _left(talk: str, room: int) -> str:
    kept = conversation([_turn(short) for short in talk.split()], room=room, size=lambda _: 1)
    assert kept.tokens == len(kept.pieces)
    return " ".join(turn.text for turn in kept.pieces)


@pytest.mark.parametrize(
    ("talk", "room", "left"),
    [
        ("s u a u a u", 6, "s u a u a u"),
        ("s u a u a u", 5, "s u a u"),
        ("s u a u a u", 3, "s u"),
        ("s u a u a u", 0, "s u"),
        ("a u a u", 3, "u a u"),
        ("u u u a u", 4, "u u a u"),
        ("u a1 t1 a u a u", 6, "u a u"),
        ("u a1 u t1 a u", 5, "u"),
        ("u a1 u t1 a", 2, "u a1 u t1 a"),
        ("u a u a1 t1 a2 t2", 5, "u a1 t1 a2 t2"),
        ("u a u a1 t1 a2 t2", 4, "u a2 t2"),
        ("u a u a1 t1 a2 t2", 1, "u a2 t2"),
        ("u a1 t1 u a1 t1 u", 4, "u a1 t1 u"),
        ("s u a s u", 3, "s s u"),
        ("s a", 0, "s a"),
        ("", 0, ""),
    ],
)
def test_the_oldest_turns_go_first_and_what_belongs_together_goes_together(talk: str, room: int, left: str) -> None:
    assert _left(talk, room) == left


def test_a_trimmed_conversation_says_so() -> None:
    turns = [_turn(short) for short in "s u a u a u".split()]  # noqa: SIM905
    (told,) = conversation(turns, room=4, size=lambda _: 1).trimmed
    assert told == Trimmed("conversation", "2 of 6 turns", 6, 4, "oldest turns")
    assert not conversation(turns, room=6, size=lambda _: 1).trimmed


@given(
    st.lists(st.sampled_from(["s", "u", "a", "a1", "t1", "a2", "t2"]), max_size=14), st.integers(0, 60), st.randoms()
)
def test_a_conversation_fits_keeps_what_must_stay_and_orphans_no_result(
    talk: list[str], room: int, dice: random.Random
) -> None:
    turns = [_turn(short) for short in talk]
    tokens = {id(turn): dice.randrange(1, 9) for turn in turns}
    kept, more = (conversation(turns, room=size, size=lambda turn: tokens[id(turn)]) for size in (room, room + 5))
    assert kept.tokens == sum(tokens[id(turn)] for turn in kept.pieces)
    assert kept.tokens <= max(room, least(turns, size=lambda turn: tokens[id(turn)]))
    assert {id(turn) for turn in kept.pieces} <= {id(turn) for turn in more.pieces}
    assert [one for one in turns if one.role == "system"] == [one for one in kept.pieces if one.role == "system"]
    assert _orphans(kept.pieces) <= _orphans(turns)
    users = [turn for turn in turns if turn.role == "user"]
    assert not users or any(turn is users[-1] for turn in kept.pieces)
    if kept.trimmed and users:
        assert next(turn for turn in kept.pieces if turn.role != "system").role == "user"


def _orphans(turns: list[Message] | tuple[Message, ...]) -> int:
    """Results without a call before them."""
    asked: set[str] = set()
    orphans = 0
    for turn in turns:
        asked |= {call.id for call in turn.tool_calls}
        orphans += turn.role == "tool" and turn.tool_call_id not in asked
    return orphans


def test_what_was_trimmed_is_told_on_one_line() -> None:
    given = [Document("Aa. Bb. Cc.", "\x1b[31m\n" + "x" * 1_000)]
    (told,) = documents(given, room=4, count=len, write=lambda one: one.text).trimmed
    assert str(told).isprintable()
    assert len(told.name) < 100
