"""A workflow out of a TOML file: steps that ask, functions beside the file, and conditions between them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import msgspec

from onedoor.asking import Ask
from onedoor.config import Contract
from onedoor.errors import ConfigError, InvalidCall
from onedoor.lines import Places
from onedoor.load import converted, read_toml
from onedoor.prompt.template import Template
from onedoor.shape import nearest
from onedoor.task_contracts import described
from onedoor.types import Example
from onedoor.workflow.asking import Asking
from onedoor.workflow.condition import condition
from onedoor.workflow.functions import function_step
from onedoor.workflow.importing import function
from onedoor.workflow.returns import truth
from onedoor.workflow.step import DOOR, ITEM, Need, Part, Step
from onedoor.workflow.table import File, StepTable
from onedoor.workflow.workflow import Made, Workflow

Kind = Literal["prompt", "function", "first", "keep"]
"""The key that says what a step's value is."""

_CONTRACT = frozenset(Contract.__struct_fields__)
_ASK = frozenset(StepTable.__struct_fields__) & frozenset(Ask.__annotations__) - {"context", "schema"}
_KEYS: Mapping[Kind, frozenset[str]] = {
    "prompt": _ASK | _CONTRACT | {"prompt", "context", "other_lab", "when", "keep", "by"},
    "function": frozenset({"function", "thread", "when", "keep", "by"}),
    "first": frozenset({"first", "keep"}),
    "keep": frozenset({"keep"}),
}


def workflow(source: str | os.PathLike[str] | Mapping[str, Any]) -> Workflow:
    """Read a workflow. A mapping is the same as a file's content.

    Raises ConfigError with the file, line or path, the rule, and the nearest right name.
    """
    if isinstance(source, Mapping):
        raw, places, name, beside = source, Places("the given workflow", ""), "workflow", Path()
    else:
        path = Path(source)
        raw, places = read_toml(path)
        name, beside = path.stem, path.parent
    file: File = converted(raw, File, "", places)
    flow = Workflow(file.name or name)
    for step, table in file.steps.items():
        reader = _Reader(step, table, frozenset(raw["steps"][step]), places, beside, _names(file))
        for each, made in reader.steps():
            try:
                flow.add(each, made)
            except InvalidCall as error:
                raise reader.wrong("", str(error)) from error
    _check(flow, file, places)
    return flow


def _names(file: File) -> tuple[str, ...]:
    """Every step there will be."""
    does = {name: table.prompt or table.function or table.first for name, table in file.steps.items()}
    return (*file.steps, *(keeper(name) for name, table in file.steps.items() if table.keep and does[name]))


def keeper(name: str) -> str:
    """What the filter of a step's `keep` is called."""
    return f"keep_{name}"


def _check(flow: Workflow, file: File, places: Places) -> None:
    """Steps that make no sense together. A prompt that may be a template's name is known only with a configuration."""
    if any(table.prompt and "{" not in table.prompt and not table.context for table in file.steps.values()):
        return
    try:
        flow.graph()
    except InvalidCall as error:
        raise ConfigError(f"{places.source}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one step: its table, the keys that stand in it, and the names of all steps."""

    name: str
    table: StepTable
    given: frozenset[str]
    places: Places
    beside: Path
    names: tuple[str, ...]

    def steps(self) -> Iterator[tuple[str, Made]]:
        """The step, and the filter that its `keep` is."""
        kind = self._kind()
        when = self._condition("when")
        makers = {"prompt": self._asking, "function": self._function, "first": self._first}
        if kind != "keep":
            yield self.name, makers[kind](when)
        if self.table.keep:
            name = self.name if kind == "keep" else keeper(self.name)
            yield name, self._filter(name)

    def wrong(self, key: str, rule: str) -> ConfigError:
        """What is wrong with one of its keys, or with all of it."""
        return self.places.wrong(self._path(key), rule)

    def _path(self, key: str) -> str:
        return f"steps.{self.name}{f'.{key}' if key else ''}"

    def _kind(self) -> Kind:
        """What it is, with none of the keys that only others have."""
        told: list[Kind] = [key for key in ("prompt", "function", "first") if getattr(self.table, key)]
        if len(told) > 1:
            raise self.wrong("", f"give {told[0]} or {told[1]}, not both")
        if not told and not self.table.keep:
            raise self.wrong("", "it does nothing; give one of prompt, function, first and keep")
        kind: Kind = told[0] if told else "keep"
        for key in sorted(self.given - _KEYS[kind]):
            raise self.wrong(key, f"a step with {kind} has no {key}; it may have {', '.join(sorted(_KEYS[kind]))}")
        for key in sorted(self.given & {"when", "keep"}):
            if self.table.by is not None:
                raise self.wrong(key, f"a reduce has no {key}: it is done once for all items")
        return kind

    def _condition(self, key: Literal["when", "keep"]) -> Part | None:
        text = getattr(self.table, key)
        if not text:
            return None
        try:
            return condition(text, f"{self.places.at(self._path(key))}: {self._path(key)}")
        except InvalidCall as error:
            raise ConfigError(str(error)) from error

    def _filter(self, name: str) -> Made:
        keep = self._condition("keep")
        assert keep is not None
        step = Step(name, "filter", keep, wrong=truth, says={"keep": self.table.keep}, shows=self.table.keep)
        return lambda templates: step

    def _asking(self, when: Part | None) -> Made:
        table = self.table
        asking = Asking(table.prompt, self._ask(), table.other_lab)
        by = table.by if isinstance(table.by, int) else None

        def made(templates: Mapping[str, Template]) -> Step:
            try:
                step = asking.step(self.name, templates, when=when, by=by)
            except InvalidCall as error:
                raise self.wrong("prompt", str(error)) from error
            says = {**step.says, "when": table.when}
            return replace(step, kind="reduce" if table.by else "step", says=says, shows=table.when)

        return made

    def _ask(self) -> Ask:
        """The arguments it asks with: those that stand in its table, else its task's hold."""
        table = self.table
        ask: dict[str, Any] = {key: getattr(table, key) for key in sorted(self.given & _ASK)}
        if table.context:
            ask["context"] = list(table.context)
        if "few_shot" in ask:
            ask["few_shot"] = [Example(one.question, one.answer) for one in table.few_shot]
        if "timeout" in ask:
            limits = msgspec.to_builtins(table.timeout)
            ask["timeout"] = {name: seconds for name, seconds in limits.items() if seconds is not None}
        if self.given & _CONTRACT:
            contract = Contract(**{key: getattr(table, key) for key in self.given & _CONTRACT})
            ask["schema"] = described(contract, self._path(""), self.places)
        return ask  # type: ignore[return-value]

    def _function(self, when: Part | None) -> Made:
        table = self.table
        where = f"{self.places.at(self._path('function'))}: {self._path('function')}"
        found = function(table.function, self.beside, where)
        try:
            step = function_step(found, self.name, "reduce" if table.by else "step", thread=table.thread)
        except InvalidCall as error:
            raise self.wrong("function", str(error)) from error
        for need in step.needs:
            self._known(need.name, "function", f"it takes {need.name!r}, which is no step", ITEM, DOOR)
        by = table.by if isinstance(table.by, int) else None
        says = {**step.says, "when": table.when}
        done = replace(step, when=when, by=by, says=says, shows=table.when)
        return lambda templates: done

    def _first(self, when: Part | None) -> Made:
        names = tuple(self.table.first)
        for place, name in enumerate(names):
            self._known(name, f"first[{place}]", f"there is no step {name!r}")
        needs = tuple(Need(name, optional=True) for name in names)
        done = Step(self.name, "step", Part(_First(names), needs), when=Part(_any, needs), says={"first": list(names)})
        return lambda templates: done

    def _known(self, name: str, key: str, rule: str, *more: str) -> None:
        names = (*self.names, *more)
        if name not in names or name == self.name:
            raise self.wrong(key, f"{rule}; {nearest(name, set(names) - {self.name})}")


@dataclass(frozen=True, slots=True)
class _First:
    """The value of the first step that wasn't skipped."""

    names: tuple[str, ...]

    def __call__(self, **values: object) -> object:
        return next(values[name] for name in self.names if name in values)


def _any(**values: object) -> bool:
    """Whether one of them wasn't skipped."""
    return bool(values)
