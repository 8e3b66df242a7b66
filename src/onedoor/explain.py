"""The road of a task in words: every rail, every option's effective value, and where that came from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec

from onedoor.config import Config, Example
from onedoor.pipeline import Rail, rail_name
from onedoor.prompt.build import Layout
from onedoor.types import Candidate, Limits


@dataclass(frozen=True, slots=True)
class Setting:
    """One option of a rail or of the question itself. `origin` is a file and line, "built in" or "this call"."""

    key: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One rail on the road: its name, its rule, its options."""

    rail: str
    rule: str
    settings: tuple[Setting, ...]


SENT = (
    "system",
    "prompt.constraints",
    "prompt.examples",
    "temperature",
    "top_p",
    "max_output_tokens",
    "seed",
    "stop",
    "reasoning",
    "options",
)


def explain(config: Config, task: str, rails: tuple[Rail, ...], *, model: str = "") -> tuple[Stop, ...]:
    """The question's own settings first, then the rails, outermost first. `model` is one the call pins."""
    settings = config.tasks[task] if task else config.defaults
    asked = [Setting(key, _shown(attrgetter(key)(settings)), config.origin(task, key)) for key in SENT]
    said = tuple(setting for setting in asked if setting.value not in {"none", ""})
    question = Stop("question", "What is sent unless the call says otherwise.", said)
    given = frozenset({"models"}) if model else frozenset()
    return (question, *(_stop(config, task, rail, given) for rail in rails))


def _stop(config: Config, task: str, rail: Rail, given: frozenset[str]) -> Stop:
    rule = (type(rail).__doc__ or "").strip().split("\n\n")[0]
    return Stop(rail_name(rail), " ".join(rule.split()), tuple(_settings(config, task, rail, given)))


def _settings(config: Config, task: str, rail: Any, given: frozenset[str]) -> Iterator[Setting]:
    for field in dataclasses.fields(rail):
        key = field.metadata.get("key")
        if key:
            for inner, value in _split(key, getattr(rail, field.name)):
                origin = "this call" if inner in given else config.origin(task, inner)
                yield Setting(inner, _shown(value), origin)


def _split(key: str, value: object) -> list[tuple[str, object]]:
    """A group of limits or of ways to put a prompt together one by one; anything else as it is."""
    if isinstance(value, Limits | Layout):
        return [(f"{key}.{field.name}", getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(key, value)]


def _shown(value: object) -> str:
    """A value as the configuration would have it: `true`, `86400`, `none`."""
    if value is None or value in ((), [], {}, frozenset()):
        return "none"
    if isinstance(value, bool | dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, frozenset):
        return _shown(sorted(value))
    if isinstance(value, tuple | list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Example):
        return f"{value.question} → {value.answer}"
    if isinstance(value, Candidate):
        return f"{value.name} ({value.served} at {value.provider})"
    return str(getattr(value, "name", value))
