"""Single nodes of a schema: what they speak of, and what they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onedoor.output.legal import ANNOTATIONS, SILENT, TYPES

Schema = Mapping[str, Any]

_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}


def told(node: Any) -> dict[str, Any]:
    """What describes a node to the model."""
    return {key: node[key] for key in node if key in ANNOTATIONS} if isinstance(node, Mapping) else {}


def anything(node: Any = None) -> dict[str, Any]:
    """A node that takes any value, spelled out: llama.cpp takes an empty schema for an object."""
    return {
        **told(node),
        "anyOf": [{"type": name} for name in ("object", "array", "string", "number", "boolean", "null")],
    }


def merged(node: Schema) -> Schema | None:
    """A node whose allOf has one part, the two as one; None where both speak of the same, or there are more."""
    rest = {key: part for key, part in node.items() if key != "allOf"}
    inner = node["allOf"][0] if len(node["allOf"]) == 1 else None
    if not isinstance(inner, Mapping) or (rest.keys() - ANNOTATIONS - SILENT) & inner.keys():
        return None
    return {**inner, **rest}


def kinds(node: Schema) -> list[str]:
    """The types of a node; without any, the one its keywords speak of."""
    kind = node.get("type")
    if kind is None:
        return [name for name, keys in TYPES.items() if keys & node.keys()][:1]
    return list(kind) if isinstance(kind, list) else [kind]


def only(node: Schema, kind: str) -> dict[str, Any]:
    """The part of a node that speaks of one type."""
    own = TYPES.get("number" if kind == "integer" else kind, frozenset())
    others = frozenset[str]().union(*TYPES.values()) - own
    return {key: part for key, part in node.items() if key not in others | ANNOTATIONS}


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    return _NAMES.get(type(value), "null")


def nullable(node: dict[str, Any]) -> dict[str, Any]:
    """A node that takes null, too."""
    if "anyOf" in node:
        null = {"type": "null"}
        return node if null in node["anyOf"] else {**node, "anyOf": [*node["anyOf"], null]}
    if node.get("type") == "null":
        return node
    about = told(node)
    return {**about, "anyOf": [{key: part for key, part in node.items() if key not in about}, {"type": "null"}]}


def recurs(reference: str, root: Schema) -> bool:
    """Whether following a reference leads back to it."""
    waiting, seen = [reference], {reference}
    while waiting:
        for found in references(definition(waiting.pop(), root)):
            if found == reference:
                return True
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return False


def definition(reference: str, root: Schema) -> Any:
    """What a reference within a schema names; an empty schema where there is nothing."""
    found: Any = root
    for key in reference.removeprefix("#").split("/")[1:]:
        found = found.get(key.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
    return found


def references(node: Any) -> list[str]:
    """Every reference a node makes."""
    if isinstance(node, list):
        return [found for part in node for found in references(part)]
    if not isinstance(node, Mapping):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for part in node.values() for found in references(part)]
