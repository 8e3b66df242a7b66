"""A schema written anew with the words one kind of server knows.

Every step allows at least what stood there before, apart from keys nobody declared: servers write declared keys only.
What can't be said is allowed, noted, and checked after the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.output.legal import ANNOTATIONS, ASSERTIONS, SILENT, TYPES, Rules
from onedoor.output.nodes import anything, kinds, merged, nullable, only, recurs, told, type_of
from onedoor.output.pointers import pointer

Schema = Mapping[str, Any]
Path = tuple[object, ...]
_DEFINITIONS = ("$defs", "definitions")
_NESTED = frozenset({"properties", "patternProperties", "required", "additionalProperties", "items", "prefixItems"})


@dataclass(frozen=True, slots=True)
class Dropped:
    """A keyword the server isn't told: where in the schema, and why."""

    path: str
    keyword: str
    why: str

    def __str__(self) -> str:
        return f"{self.path or 'the schema'}: {self.keyword} ({self.why})"


class Inexpressible(Exception):
    """This part of a schema can't be said to this server."""

    def __init__(self, path: Path, keyword: str, why: str) -> None:
        self.dropped = Dropped(pointer(path), keyword, why)
        super().__init__(str(self.dropped))


def rewritten(schema: Schema, rules: Rules, dropped: list[Dropped]) -> dict[str, Any]:
    """The schema in the server's words; what is left out is added to `dropped`. Raises Inexpressible."""
    found: dict[str, Any] = _Writer(rules, dropped, schema).node(schema, ())
    for key in _DEFINITIONS:
        if key in schema:
            writer = _Writer(rules, dropped, schema)
            found[key] = {name: writer.node(part, (key, name)) for name, part in schema[key].items()}
    return found


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one node after the other by the rules of a server."""

    rules: Rules
    dropped: list[Dropped]
    root: Schema

    def node(self, node: Any, path: Path) -> dict[str, Any]:
        """One schema. Where the server knows no way to say it, any value is allowed, if the server allows that."""
        noted = len(self.dropped)
        try:
            return self._node(node if isinstance(node, Mapping) else {}, path)
        except Inexpressible as error:
            if self.rules.closed:
                raise
            del self.dropped[noted:]
            self.dropped.append(error.dropped)
            return anything(node)

    def _node(self, node: Schema, path: Path) -> dict[str, Any]:
        if "$ref" in node:
            return self._reference(node, path)
        if "allOf" in node:
            return self._one(node, path)
        if "oneOf" in node or "anyOf" in node:
            return self._alternatives(node, path)
        if "const" in node or "enum" in node:
            return self._fixed(node, path)
        names = kinds(node)
        if not names:
            return self._any(node, path)
        if len(names) > 1:
            return self._several(node, names, path)
        return {**told(node), "type": names[0], **self._typed(node, names[0], path)}

    def _one(self, node: Schema, path: Path) -> dict[str, Any]:
        whole = merged(node)
        if whole is None:
            raise Inexpressible(path, "allOf", "several schemas at once")
        return self._node(whole, path)

    def _typed(self, node: Schema, kind: str, path: Path) -> dict[str, Any]:
        inner = {}
        if kind == "object":
            inner = self._object(node, path)
        elif kind == "array":
            inner = self._array(node, path)
        return {**inner, **self._kept(node, kind, path)}

    def _reference(self, node: Schema, path: Path) -> dict[str, Any]:
        reference = node["$ref"]
        if not isinstance(reference, str) or not reference.startswith(tuple(f"#/{key}/" for key in _DEFINITIONS)):
            raise Inexpressible(path, "$ref", "only definitions of the schema itself can be referred to")
        if not self.rules.recursive and recurs(reference, self.root):
            raise Inexpressible(path, "$ref", "the server takes no schema that refers to itself")
        self._besides(node, {"$ref"}, path)
        return {"$ref": reference}

    def _alternatives(self, node: Schema, path: Path) -> dict[str, Any]:
        keyword = "oneOf" if "oneOf" in node else "anyOf"
        self._besides(node, {keyword}, path)
        if keyword == "oneOf":
            self._note(path, "oneOf", "sent as anyOf: with wider branches, more than one may fit")
        branches = [self.node(branch, (*path, keyword, place)) for place, branch in enumerate(node[keyword])]
        return {**told(node), "anyOf": branches}

    def _fixed(self, node: Schema, path: Path) -> dict[str, Any]:
        keyword = "const" if "const" in node else "enum"
        values = [node["const"]] if keyword == "const" else list(node["enum"])
        if self.rules.closed and any(isinstance(value, dict | list) for value in values):
            raise Inexpressible(path, keyword, "the server takes only plain values here")
        self._besides(node, {keyword, "type"}, path, also=_NESTED)
        types = list(dict.fromkeys(type_of(value) for value in values))
        kind = {"type": types[0]} if len(types) == 1 else {"type": types} if self.rules.closed else {}
        return {**told(node), **kind, keyword: node[keyword]}

    def _any(self, node: Schema, path: Path) -> dict[str, Any]:
        if self.rules.closed:
            raise Inexpressible(path, "type", "the server takes no value of any kind")
        self._besides(node, set(), path)
        return anything(node)

    def _several(self, node: Schema, names: list[str], path: Path) -> dict[str, Any]:
        """A node of several types, as one node for each."""
        branches = [self._node({**only(node, kind), "type": kind}, path) for kind in names]
        return {**told(node), "anyOf": branches}

    def _object(self, node: Schema, path: Path) -> dict[str, Any]:
        required = [key for key in node.get("required", ()) if isinstance(key, str)]
        declared = {**dict.fromkeys(required, True), **node.get("properties", {})}
        inner = {name: self.node(part, (*path, "properties", name)) for name, part in declared.items()}
        if self.rules.all_required:
            inner = {name: part if name in required else nullable(part) for name, part in inner.items()}
            required = list(inner)
        found: dict[str, Any] = {"properties": inner, "required": required} if inner or self.rules.closed else {}
        return {**found, **self._others(node, path)}

    def _others(self, node: Schema, path: Path) -> dict[str, Any]:
        """What holds for keys nobody declared."""
        others = node.get("additionalProperties")
        if self.rules.closed:
            if others not in (None, False) or "patternProperties" in node:
                raise Inexpressible(path, "additionalProperties", "the server takes no keys that aren't declared")
            if others is None and not node.get("properties") and not node.get("required"):
                raise Inexpressible(path, "properties", "the server takes no object of any keys")
            return {"additionalProperties": False}
        if "patternProperties" in node:
            return {"additionalProperties": anything()}
        if others is None or (others is True and not node.get("properties")):
            return {}
        if others is False:
            return {"additionalProperties": False}
        return {"additionalProperties": self.node(others, (*path, "additionalProperties"))}

    def _array(self, node: Schema, path: Path) -> dict[str, Any]:
        prefix = node.get("prefixItems")
        if not isinstance(prefix, list):
            return {"items": self.node(node.get("items", True), (*path, "items"))}
        parts = [self.node(part, (*path, "prefixItems", place)) for place, part in enumerate(prefix)]
        if node.get("minItems") != len(parts) or node.get("maxItems") != len(parts):
            raise Inexpressible(path, "prefixItems", "the list may have other items, too")
        if self.rules.prefix_items:
            return {"prefixItems": parts}
        self._note(path, "prefixItems", "sent as items of any of these kinds")
        different = [part for place, part in enumerate(parts) if part not in parts[:place]]
        return {"items": different[0] if len(different) == 1 else {"anyOf": different}}

    def _kept(self, node: Schema, kind: str, path: Path) -> dict[str, Any]:
        """The bounds, patterns and formats the server understands; the others are noted."""
        kept = {key: node[key] for key in node if key in ASSERTIONS and self._knows(key, node, kind)}
        if self.rules.pattern_first and {"pattern", "format"} & kept.keys():
            kept = {key: bound for key, bound in kept.items() if key not in {"minLength", "maxLength"}}
        for key in node:
            if key in ASSERTIONS and key not in kept:
                self._note(path, key, "the server doesn't know it, or not here")
        return kept

    def _knows(self, key: str, node: Schema, kind: str) -> bool:
        rules, bound = self.rules, node[key]
        if key not in rules.keeps or key not in TYPES.get("number" if kind == "integer" else kind, ()):
            return False
        if key == "pattern":
            return rules.patterns.match(bound) is not None
        if key == "format":
            return bound in rules.formats
        if key == "minItems" and rules.least_items is not None:
            return bool(bound <= rules.least_items)
        return rules.real_bounds or (kind != "number" and isinstance(bound, int))

    def _besides(self, node: Schema, own: set[str], path: Path, *, also: frozenset[str] = frozenset()) -> None:
        """Note what stands beside a keyword that servers take alone. Keys declared beside it can't be left out."""
        for key in node.keys() - own - ANNOTATIONS - SILENT - set(_DEFINITIONS):
            if key in _NESTED - also:
                raise Inexpressible(path, key, f"not beside {', '.join(sorted(own)) or 'no type'}")
            if key in ASSERTIONS | _NESTED | {"type", "anyOf", "oneOf", "enum", "const"}:
                self._note(path, key, f"not beside {', '.join(sorted(own)) or 'no type'}")

    def _note(self, path: Path, keyword: str, why: str) -> None:
        self.dropped.append(Dropped(pointer(path), keyword, why))
