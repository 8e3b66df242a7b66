"""What the simulator is asked, read from the wire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

import msgspec

from onedoor.sim.schema import Schema

T = TypeVar("T")

_MANNER = frozenset({"stream", "stream_options"})
"""Fields that change how an answer travels, not what it says."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `fields` is its JSON body, None where that isn't JSON.

    `key` is the same for every request that asks the same of the same model, streamed or not.
    """

    method: str
    path: str
    fields: object
    key: str

    @property
    def model(self) -> str:
        """The model named, empty where none is."""
        name = self.fields.get("model") if isinstance(self.fields, Mapping) else None
        return name if isinstance(name, str) else ""

    def read(self, kind: type[T]) -> T:
        """The body as `kind`; msgspec.ValidationError says what is wrong with it."""
        if self.fields is None:
            raise msgspec.ValidationError("the body is not JSON")
        return msgspec.convert(self.fields, kind)


def parse(method: str, path: str, body: bytes) -> Request:
    """A request as it came in; a body that isn't JSON is let through to be refused with an answer."""
    try:
        fields = msgspec.json.decode(body)
        asked = _asked(fields)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        fields, asked = None, body
    return Request(method, path, fields, hashlib.sha256(f"{method} {path}\n".encode() + asked).hexdigest())


def _asked(fields: object) -> bytes:
    """The body in one fixed order, without what only says how the answer travels."""
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if name not in _MANNER}
    return json.dumps(fields, sort_keys=True).encode()


Cap = Annotated[int, msgspec.Meta(ge=1)]


class Part(msgspec.Struct, frozen=True):
    type: str
    text: str = ""


class Turn(msgspec.Struct, frozen=True):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool = False


class JsonSchema(msgspec.Struct, frozen=True):
    schema: Schema


class Format(msgspec.Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    def __post_init__(self) -> None:
        if self.type == "json_schema" and self.json_schema is None:
            raise ValueError("the format json_schema needs a json_schema")

    @property
    def schema(self) -> Schema | None:
        return self.json_schema.schema if self.json_schema and self.type == "json_schema" else None


class Function(msgspec.Struct, frozen=True):
    name: str
    parameters: Schema = Schema(type="object")


class Offer(msgspec.Struct, frozen=True):
    function: Function


class Chat(msgspec.Struct, frozen=True):
    """The body of a /chat/completions request, as far as the simulator heeds it."""

    model: str
    messages: Annotated[list[Turn], msgspec.Meta(min_length=1)]
    max_tokens: Cap | None = None
    max_completion_tokens: Cap | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: Format | None = None
    tools: list[Offer] | None = None
    tool_choice: str | Offer | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=1)] | None = None

    @property
    def cap(self) -> int | None:
        """The most tokens the answer may have."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def include_usage(self) -> bool:
        """Whether a stream ends with its usage."""
        return self.stream_options is not None and self.stream_options.include_usage

    @property
    def stops(self) -> tuple[str, ...]:
        """What ends the answer, itself left out."""
        stops = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(stop for stop in stops if stop)


class Embed(msgspec.Struct, frozen=True):
    """The body of an /embeddings request."""

    model: str
    input: str | list[str]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, msgspec.Meta(ge=1, le=4096)] | None = None

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input


class Tokenize(msgspec.Struct, frozen=True):
    """The body of a /tokenize request."""

    content: str
