"""What a comparison compares: models, each perhaps with several settings or prompts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from onedoor.asking import Ask, check
from onedoor.config import Config
from onedoor.errors import InvalidCall
from onedoor.shape import nearest
from onedoor.types import Reasoning

MOST = 64
"""Most variants of one comparison: a sweep multiplies."""


class Variant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A model and what is set otherwise than in the task. `system` and `template` are names in the sweep."""

    name: str
    model: str
    temperature: float | None = None
    reasoning: Reasoning | None = None
    max_output_tokens: int | None = None
    system: str | None = None
    template: str = ""

    def ask(self) -> Ask:
        """The keyword arguments this variant brings."""
        own = {key: getattr(self, key) for key in ("temperature", "reasoning", "max_output_tokens", "system")}
        given: Any = {"model": self.model, **{key: value for key, value in own.items() if value is not None}}
        asked: Ask = given
        return asked


class Sweep(msgspec.Struct, frozen=True, omit_defaults=True):
    """Settings to try with every model: each value of each list, in all combinations.

    systems    system messages by name, in place of the task's
    templates  configured templates, filled with a case's `values`
    """

    temperature: Sequence[float] = ()
    reasoning: Sequence[Reasoning] = ()
    max_output_tokens: Sequence[int] = ()
    systems: Mapping[str, str] = {}
    templates: Sequence[str] = ()


def variants(models: Sequence[str], sweep: Sweep = Sweep()) -> tuple[Variant, ...]:  # noqa: B008 - it is frozen
    """Every model with every combination; a setting with one value only isn't in the names. Raises InvalidCall."""
    axes = [
        _axis("t", "temperature", sweep.temperature),
        _axis("", "reasoning", sweep.reasoning, words={"off": "no thinking"}),
        _axis("max", "max_output_tokens", sweep.max_output_tokens),
        [(name if len(sweep.systems) > 1 else "", {"system": text}) for name, text in sweep.systems.items()] or _ONE,
        _axis("", "template", sweep.templates),
    ]
    combined = [list(parts) for parts in product(*axes)]
    if len(models) * len(combined) > MOST:
        raise InvalidCall(f"that makes {len(models) * len(combined)} variants; a comparison takes {MOST} at most")
    return tuple(_variant(model, parts) for model in models for parts in combined)


_Part = tuple[str, Mapping[str, object]]
_ONE: list[_Part] = [("", {})]


def _axis(label: str, key: str, values: Iterable[Any], *, words: Mapping[object, str] | None = None) -> list[_Part]:
    """A setting's values, each once, with what it adds to a name."""
    once = list(dict.fromkeys(values))
    shown = {value: (words or {}).get(value, f"{label} {_short(value)}".strip()) for value in once}
    return [(shown[value] if len(once) > 1 else "", {key: value}) for value in once] or _ONE


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _variant(model: str, parts: Sequence[_Part]) -> Variant:
    settings: Any = {key: value for _, given in parts for key, value in given.items()}
    return Variant(name=", ".join([model, *(label for label, _ in parts if label)]), model=model, **settings)


def checked(found: Sequence[Variant], config: Config) -> tuple[Variant, ...]:
    """The same, if every model and template is configured, every value fits and no name is there twice."""
    if not found:
        raise InvalidCall("there is nothing to compare; name models")
    names: set[str] = set()
    for variant in found:
        if variant.name in names:
            raise InvalidCall(f"two variants are named {variant.name!r}; name each model once")
        names.add(variant.name)
        if variant.model not in config.models:
            raise InvalidCall(f"there is no model {variant.model!r}; {nearest(variant.model, config.models)}")
        if variant.template and variant.template not in config.templates:
            raise InvalidCall(
                f"there is no template {variant.template!r}; {nearest(variant.template, config.templates)}"
            )
        check(variant.ask())
    return tuple(found)
