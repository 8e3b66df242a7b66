"""What everything that runs over items may be told, and what follows for its configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict, TypeGuard

import msgspec

from onedoor import errors
from onedoor.bulk import places
from onedoor.bulk.batch import Pace
from onedoor.bulk.prompts import Keyed
from onedoor.bulk.result import Progress
from onedoor.config import Budget, Config
from onedoor.config import Run as RunTable
from onedoor.errors import InvalidCall, OnedoorError
from onedoor.places import state_path
from onedoor.shape import nearest
from onedoor.types import Candidate

ROWS_OWN = frozenset({"unreadable", "invalid_item", "duplicate_key", "step_value"})
"""The codes of items nothing was asked about, or whose step gave what it may not."""


class Running(TypedDict, total=False):
    """The keyword arguments of everything that runs over items.

    run           its name: the same name goes on where it ended; without one nothing is kept
    key           the field that tells items apart, or a function; without one the place in the input
    ordered       results in input order instead of as they come
    max_failures  stop cleanly after so many items have failed
    retry         codes of errors whose items are asked again, as "timeout"; others keep their error row
    concurrency   calls at once; else the slots configured, else 32. Fewer while a provider pushes back
    budget        US dollars this run never spends more than, over all its processes
    again         go on although what is asked has changed: what depends on it is asked anew
    strict        an item that can't be read, or lacks a field, ends the run instead of being an error row
    on_progress   told how far it is with every result
    replay        ask nothing: go by what the run's rows say, and write nothing down
    batch         ask through the batch APIs of OpenAI and Anthropic: half the price, answers within a day. True, or a
                  `Pace` that says how large batches are and how often they are looked at
    """

    run: str
    key: Keyed
    ordered: bool
    max_failures: int | None
    retry: Collection[str]
    concurrency: int | None
    budget: float | None
    again: bool
    strict: bool
    on_progress: Callable[[Progress], None] | None
    replay: bool
    batch: bool | Pace


def check(given: Mapping[str, Any], known: Collection[str], what: str) -> None:
    """Raises InvalidCall for arguments no run can have."""
    if unknown := sorted(given.keys() - set(known)):
        raise InvalidCall(f"there is no argument {unknown[0]!r}; {what} takes {', '.join(sorted(known))}")
    for name in ("concurrency", "max_failures"):
        value = given.get(name)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise InvalidCall(f"{name} is {value!r}; it must be a whole number of at least 1")
    budget = given.get("budget")
    if budget is not None and not (isinstance(budget, int | float) and budget > 0):
        raise InvalidCall(f"budget is {budget!r}; it must be US dollars above 0")
    if given.get("retry") and not given.get("run"):
        raise InvalidCall("retry asks the failed items of an earlier run again: name it with run")
    if not isinstance(given.get("run", ""), str):
        raise InvalidCall(f"run is {given['run']!r}; it must be a name, which is a text")
    if given.get("on_progress") is not None and not callable(given["on_progress"]):
        raise InvalidCall(f"on_progress is {given['on_progress']!r}; it must be a function of the progress")
    check_hurry(given, batch=bool(given.get("batch")))
    _check_codes(given.get("retry", ()))


def check_hurry(given: Mapping[str, Any], *, batch: bool) -> None:
    """What goes through a batch has no time limits. Raises InvalidCall."""
    hurried = [name for name in ("deadline", "timeout") if given.get(name) is not None]
    if batch and hurried:
        raise InvalidCall(f"{hurried[0]}: answers of a batch come within a day, so nothing in it has a time limit")


def _check_codes(codes: Collection[str]) -> None:
    """Codes are those of `onedoor.errors` and of rows, or the names of classes of one's own."""
    if isinstance(codes, str):
        raise InvalidCall("retry must be a list of codes, not one text")
    known = {*ROWS_OWN, *(kind.code for kind in vars(errors).values() if _is_error(kind))}
    for code in codes:
        if code.partition("/")[0] not in known and not code[:1].isupper():
            raise InvalidCall(f"retry: no error has the code {code!r}; {nearest(code, known)}")


def _is_error(kind: object) -> TypeGuard[type[OnedoorError]]:
    return isinstance(kind, type) and issubclass(kind, OnedoorError)


def pace_of(batch: bool | Pace | None) -> Pace | None:
    """How batches are made, None where nothing goes through them."""
    if isinstance(batch, Pace):
        return batch
    return Pace() if batch else None


def check_prices(given: Running, models: Iterable[Candidate]) -> None:
    """A budget holds only where every model has a price."""
    if given.get("budget") is not None and (without := [one.name for one in models if one.price is None]):
        raise InvalidCall(f"a budget needs prices, and {', '.join(without)} has none: give models.{without[0]} a price")


def file_for(config: Config, given: Running) -> Path | None:
    """Where the rows of this run are kept; None where nothing is."""
    state, name = state_path(config), given.get("run", "")
    file = places.file_of(state or Path(), name) if name else None
    return file if state else None


def for_run(config: Config, given: Mapping[str, Any], run: str, usd: float | None) -> Config:
    """The configuration with this run, its cap, and everything it asks behind what people ask."""
    table = config.runs.get(run, RunTable())
    cap = [] if usd is None else [Budget(usd=usd, per="run", strict=True)]
    runs = {**config.runs, run: msgspec.structs.replace(table, budgets=[*table.budgets, *cap])}
    caller = given.get("caller", "")
    return msgspec.structs.replace(
        config,
        runs=runs,
        tasks={name: msgspec.structs.replace(task, priority="bulk") for name, task in config.tasks.items()},
        defaults=msgspec.structs.replace(config.defaults, priority="bulk"),
        callers={
            name: msgspec.structs.replace(one, priority="bulk") if name == caller else one
            for name, one in config.callers.items()
        },
    )
