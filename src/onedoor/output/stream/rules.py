"""A JSON Schema as alternatives, with only those rules that a beginning of a value can break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

DEEPEST_REFERENCE = 16
MOST_ALTERNATIVES = 64
"""Past these the schema is not judged: a rule that isn't looked at is never wrongly broken."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One alternative of a schema; what is None or True is free.

    kinds      the JSON types it allows
    choices    the members of its enum, or its const; `folded` are they in letters and digits only
    extra      the schema of properties not named; False where there may be none
    """

    kinds: frozenset[str] | None = None
    choices: tuple[Any, ...] | None = None
    folded: tuple[str, ...] = ()
    longest: int = 0
    properties: Mapping[str, Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    extra: Any = True
    items: Any = True
    most_items: int | None = None
    most_characters: int | None = None
    most_properties: int | None = None

    def part(self, name: str) -> Any:
        """The schema of a property, False where it isn't known; True where recovery would rename it to one that is."""
        if name in self.properties:
            return self.properties[name] or True
        return True if self.extra is False and fold(name) in self.names else self.extra

    @property
    def listed(self) -> bool:
        """Whether an array is asked for, into which recovery would put a lone value."""
        return self.kinds is not None and "array" in self.kinds

    def allows(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds


FREE = Rules()


def fold(text: str) -> str:
    """Letters and digits only, without regard to case and accents."""
    return "".join(filter(str.isalnum, normalize("NFKD", text).casefold()))


class Alternatives:
    """The alternatives of each part of one schema, worked out when first asked for."""

    __slots__ = ("_known", "_root")

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._known: dict[int, tuple[Rules, ...]] = {}

    def root(self) -> tuple[Rules, ...]:
        return self.of(self._root)

    def of(self, part: Any) -> tuple[Rules, ...]:
        """The ways to fulfil `part`, which belongs to the schema; never none."""
        known = self._known.get(id(part))
        if known is None:
            found = self._expanded(part, 0)
            known = (FREE,) if len(found) > MOST_ALTERNATIVES else tuple(map(_rules, found))
            self._known[id(part)] = known
        return known

    def _expanded(self, part: Any, depth: int) -> list[Mapping[str, Any]]:
        if not isinstance(part, Mapping) or depth > DEEPEST_REFERENCE:
            return [{}]
        branches = self._branches(part)
        if branches is None:
            return [part]
        found: list[Mapping[str, Any]] = []
        for branch in branches:
            found += [_merged(part, one) for one in self._expanded(branch, depth + 1)]
            if len(found) > MOST_ALTERNATIVES:
                return [{}]
        return found

    def _branches(self, part: Mapping[str, Any]) -> list[Any] | None:
        """What `part` leaves to other schemas, any one of which will do; None where it says all itself."""
        if "$ref" in part:
            return [self._named(str(part["$ref"]))]
        if "allOf" in part:
            return part["allOf"] if len(part["allOf"]) == 1 else [True]
        return part.get("anyOf") or part.get("oneOf")

    def _named(self, reference: str) -> Any:
        """The part a local reference names; free where it names none."""
        if reference[:1] != "#":
            return True
        found: Any = self._root
        for step in unquote(reference[1:]).split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or step not in found:
                return True
            found = found[step]
        return found


_ELSEWHERE = frozenset({"$ref", "allOf", "anyOf", "oneOf"})


def _merged(part: Mapping[str, Any], branch: Mapping[str, Any]) -> Mapping[str, Any]:
    """A branch with what is said beside it; the branch wins, and a property either names is known."""
    beside = {name: value for name, value in part.items() if name not in _ELSEWHERE}
    if not branch and len(part.get("allOf", ())) > 1:
        return {}
    known = {**beside.get("properties", {}), **branch.get("properties", {})}
    return {**beside, **branch, **({"properties": known} if known else {})}


def _rules(part: Mapping[str, Any]) -> Rules:
    kinds = part.get("type")
    choices = (part["const"],) if "const" in part else part.get("enum")
    folded = tuple(fold(str(choice)) for choice in choices or ())
    properties = part.get("properties", {})
    return Rules(
        kinds=None if kinds is None else frozenset([kinds] if isinstance(kinds, str) else kinds),
        choices=None if choices is None else tuple(choices),
        folded=folded,
        longest=max((len(str(choice)) for choice in choices or ()), default=0),
        properties=properties,
        names=frozenset(map(fold, properties)),
        extra=True if "patternProperties" in part else part.get("additionalProperties", True),
        items=True if "prefixItems" in part else part.get("items", True),
        most_items=part.get("maxItems"),
        most_characters=part.get("maxLength"),
        most_properties=part.get("maxProperties"),
    )
