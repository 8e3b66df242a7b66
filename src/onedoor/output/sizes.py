"""How large a schema is, in what servers limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def oversized(schema: Mapping[str, Any], limits: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence for each limit a schema passes."""
    if not limits:
        return ()
    found = {
        "properties": sum(len(node.get("properties", ())) for node in _nodes(schema)),
        "depth": _depth(schema),
        "enum": sum(len(node.get("enum", ())) for node in _nodes(schema)),
        "characters": sum(_letters(node) for node in _nodes(schema)),
    }
    words = {"properties": "keys", "depth": "levels", "enum": "enum values", "characters": "characters of names"}
    return tuple(
        f"the schema has {found[key]} {words[key]}; this server takes {most}"
        for key, most in limits.items()
        if found[key] > most
    )


def _nodes(schema: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(schema, Mapping):
        return
    yield schema
    for part in _parts(schema):
        yield from _nodes(part)


def _parts(node: Mapping[str, Any]) -> Iterator[Any]:
    for key in ("properties", "$defs", "definitions"):
        yield from node.get(key, {}).values()
    for key in ("anyOf", "oneOf", "prefixItems"):
        yield from node.get(key, ())
    yield from (node[key] for key in ("items", "additionalProperties") if key in node)


def _depth(schema: Any) -> int:
    """Objects and lists inside each other; references aren't followed."""
    if not isinstance(schema, Mapping):
        return 0
    own = schema.get("type") in ("object", "array")
    return own + max((_depth(part) for part in _parts(schema)), default=0)


def _letters(node: Mapping[str, Any]) -> int:
    names = [*node.get("properties", ()), *node.get("$defs", ()), *node.get("definitions", ())]
    values = [*node.get("enum", ()), *([node["const"]] if "const" in node else [])]
    return sum(len(text) for text in [*names, *values] if isinstance(text, str))
