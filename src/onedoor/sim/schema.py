"""A JSON Schema, as far as the simulator heeds it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType, field

Bound = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Length = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class Schema(msgspec.Struct, frozen=True, rename="camel"):
    """What a value must be like; everything left out is free."""

    type: str | list[str] | None = None
    const: Any = UNSET
    enum: list[Any] = []
    any_of: list[Schema] = []
    one_of: list[Schema] = []
    all_of: list[Schema] = []
    properties: dict[str, Schema | bool] = {}
    required: list[str] = []
    items: Schema | bool = True
    prefix_items: list[Schema | bool] = []
    min_items: Length = 0
    minimum: Bound | None = None
    maximum: Bound | None = None
    exclusive_minimum: Bound | None = None
    exclusive_maximum: Bound | None = None
    format: str = ""
    min_length: Length = 0
    max_length: Length | None = None
    ref: str = field(name="$ref", default="")
    defs: dict[str, Schema | bool] = field(name="$defs", default_factory=dict)
    definitions: dict[str, Schema | bool] = {}

    @property
    def fixed(self) -> bool:
        """Whether only one value will do."""
        return not isinstance(self.const, UnsetType)

    @property
    def kind(self) -> str:
        """Its type; the first one that isn't null where there are several."""
        if isinstance(self.type, list):
            return next((name for name in self.type if name != "null"), "null")
        return self.type or ("object" if self.properties else "string")

    def resolve(self, inner: Schema | bool) -> Schema:
        """The schema that `inner`, a part of this one, stands for; a free one where its `$ref` names nothing here."""
        for _ in range(5):
            if isinstance(inner, bool) or not inner.ref:
                break
            inner = self._named(inner.ref)
        return Schema() if isinstance(inner, bool) or inner.ref else inner

    def _named(self, ref: str) -> Schema | bool:
        if ref == "#":
            return self
        return {**self.definitions, **self.defs}.get(ref.rpartition("/")[2], True)
