"""Values between the form of a caller's schema and the one where every key must be there and absent ones are null."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onedoor.output.nodes import definition, merged

Schema = Mapping[str, Any]
_DEFINITIONS = ("$defs", "definitions")


def may_lack(node: Any) -> bool:
    """Whether any object of a schema has a key that may be left out."""
    if isinstance(node, list):
        return any(map(may_lack, node))
    if not isinstance(node, Mapping):
        return False
    declared = node.get("properties")
    if isinstance(declared, Mapping) and set(declared) - set(node.get("required", ())):
        return True
    return any(map(may_lack, node.values()))


@dataclass(frozen=True, slots=True)
class Forms:
    """Adds and removes the nulls of keys that may be left out, led by the caller's schema."""

    schema: Schema
    _compiled: dict[int, Callable[[Any], bool]] = field(default_factory=dict, compare=False, repr=False)

    def fill(self, value: Any) -> Any:
        """A null for every declared key that isn't there."""
        return self._walk(value, self.schema, filling=True)

    def strip(self, value: Any) -> Any:
        """Without the nulls of keys that may be left out, unless the caller's schema takes null there."""
        return self._walk(value, self.schema, filling=False)

    def _walk(self, value: Any, node: Any, *, filling: bool) -> Any:
        if not isinstance(node, Mapping):
            return value
        if "$ref" in node:
            return self._walk(value, definition(node["$ref"], self.schema), filling=filling)
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                return self._alternative(value, node[keyword], filling=filling)
        if "allOf" in node:
            return self._walk(value, merged(node), filling=filling)
        if isinstance(value, dict):
            inner = node.get("properties", {})
            changed = {key: self._walk(item, inner.get(key), filling=filling) for key, item in value.items()}
            return self._filled(changed, node) if filling else self._stripped(changed, node)
        if isinstance(value, list):
            return [self._walk(item, part, filling=filling) for item, part in zip(value, _items(node), strict=False)]
        return value

    def _alternative(self, value: Any, branches: list[Any], *, filling: bool) -> Any:
        """The value by the first alternative it fits in the caller's form."""
        for branch in branches:
            changed = self._walk(value, branch, filling=filling)
            if self._fits(branch, value if filling else changed):
                return changed
        return value

    def _filled(self, value: dict[str, Any], node: Schema) -> dict[str, Any]:
        return {**value, **{key: None for key in node.get("properties", {}) if key not in value}}

    def _stripped(self, value: dict[str, Any], node: Schema) -> dict[str, Any]:
        return {key: item for key, item in value.items() if item is not None or self._meant(key, node)}

    def _meant(self, key: str, node: Schema) -> bool:
        """Whether a null under a key is the model's own."""
        declared = node.get("properties", {})
        return key not in declared or key in node.get("required", ()) or self._fits(declared[key], None)

    def _fits(self, node: Any, value: Any) -> bool:
        if not isinstance(node, Mapping):
            return bool(node)
        if id(node) not in self._compiled:
            self._compiled[id(node)] = self._compile(node)
        return self._compiled[id(node)](value)

    def _compile(self, node: Schema) -> Callable[[Any], bool]:
        import jsonschema_rs

        definitions = {key: self.schema[key] for key in _DEFINITIONS if key in self.schema}
        found: Callable[[Any], bool] = jsonschema_rs.validator_for({**definitions, **node}, offline=True).is_valid
        return found


def _items(node: Schema) -> Iterator[Any]:
    yield from node.get("prefixItems", ())
    while True:
        yield node.get("items")
