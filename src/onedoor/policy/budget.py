"""What a budget has left, and the most an attempt can cost before it is made."""

from __future__ import annotations

from typing import Literal

import msgspec

from onedoor.policy.prices import per_million
from onedoor.types import Call, Image, Message, Price, Text

Metric = Literal["usd", "tokens"]

BYTES_PER_TOKEN = 2
"""Outside strict mode an input of n bytes is reserved as n/2 tokens: above the real count of any prose or code seen."""

TEXT_TOKENS = 2
MESSAGE_TOKENS = 16
IMAGE_TOKENS = 3_000
TOOLS_TOKENS = 1_000
"""What a provider writes around a text and a message or tool call, and into the prompt of a call with tools."""


class Book(msgspec.Struct, frozen=True, omit_defaults=True):
    """One budget in one window: nano-dollars or tokens, settled and still reserved. `end` is when it ends."""

    spent: int = 0
    reserved: int = 0
    end: float = 0.0


NEW = Book()


class Opened(msgspec.Struct, frozen=True):
    """When a budget's current rolling window began."""

    since: float


class Bound(msgspec.Struct, frozen=True):
    """The most one attempt can use: tokens in and out, and nano-dollars, None where the price is unknown."""

    input: int
    output: int
    nano_usd: int | None

    def of(self, metric: Metric) -> int | None:
        """The bound in a budget's own unit."""
        return self.nano_usd if metric == "usd" else self.input + self.output


def fits(book: Book, cap: int, amount: int, *, held_back: int = 0) -> bool:
    """Whether an amount may be reserved. `held_back` is what others are guaranteed out of the same cap."""
    return book.spent + book.reserved + amount + held_back <= cap


def reserved(book: Book, amount: int) -> Book:
    """The book once an amount is reserved."""
    return Book(book.spent, book.reserved + amount, book.end)


def settled(book: Book, amount: int, actual: int) -> Book:
    """The book once a reservation is settled at what it really came to."""
    return Book(book.spent + actual, book.reserved - amount, book.end)


def bound(call: Call, price: Price | None, *, output: int, strict: bool) -> Bound:
    """The upper bound of one attempt. An embedding has no output.

    In strict mode every UTF-8 byte of the input counts as a token, which no tokenizer exceeds.
    """
    tokens, longest = _input_bound(call, strict=strict), 0 if call.texts else output
    return Bound(tokens, longest, None if price is None else _dearest(tokens, longest, price))


def _dearest(tokens: int, output: int, price: Price) -> int:
    """The cost at the dearest kind of input: plain, written to the provider's cache, or read from it."""
    highest = max(price.input, price.cache_write or 0, price.cached or 0)
    return per_million(tokens * highest + output * price.output)


def _input_bound(call: Call, *, strict: bool) -> int:
    size = sum(map(_bytes, call.texts))
    extra = TEXT_TOKENS * len(call.texts)
    for turn in call.messages:
        words, around = _turn_bound(turn)
        size += words
        extra += around
    options = call.options
    if options.tools or options.json_schema:
        size += len(msgspec.json.encode((options.tools, options.json_schema), enc_hook=dict))
        extra += TOOLS_TOKENS
    return extra + (size if strict else -(-size // BYTES_PER_TOKEN))


def _turn_bound(turn: Message) -> tuple[int, int]:
    """The bytes of a turn's words, and the tokens that come with it whatever they say."""
    size, extra = 0, MESSAGE_TOKENS * (1 + len(turn.tool_calls))
    for part in turn.parts:
        if isinstance(part, Image):
            extra += IMAGE_TOKENS
        else:
            size += _bytes(part.text) if isinstance(part, Text) else _bytes(part.text) + _bytes(part.signature)
    for tool in turn.tool_calls:
        size += _bytes(tool.arguments) + _bytes(tool.name)
    return size, extra


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
