"""What tells whether an answer is right: its contract, a function, a program, further samples, or another model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import cast

from onedoor.config import Config, Reviewer
from onedoor.config import Verifier as Table
from onedoor.errors import ConfigError, InvalidCall
from onedoor.inner import Inner
from onedoor.output.words import one_line
from onedoor.types import replace
from onedoor.verifiers.agreement import Agreement
from onedoor.verifiers.command import Command
from onedoor.verifiers.contract import Contract
from onedoor.verifiers.function import Function
from onedoor.verifiers.judge import Judge
from onedoor.verifiers.verifier import Verifier

NAME = 80
"""Most characters of a command that name it."""

Made = Contract | Function | Command | Agreement | Judge


def verifiers(tables: Sequence[Table], config: Config, ask: Inner | None) -> tuple[Verifier, ...]:
    """The verifiers of a task, in its order, each with a name of its own. Raises ConfigError."""
    made = [_made(table, f"verify.by[{place}]", config, ask) for place, table in enumerate(tables)]
    return tuple(_apart(made))


def as_verifiers(given: Sequence[object], ask: Inner | None) -> tuple[Verifier, ...]:
    """The verifiers of one call: callables given the reply, `Reviewer`s, or `Verifier`s. Raises InvalidCall."""
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise InvalidCall(f"verify must be a list of callables and verifiers, not {given!r:.80}")
    made = [_given(one, f"verify[{place}]", ask) for place, one in enumerate(given)]
    return tuple(_apart(made))


def _made(table: Table, path: str, config: Config, ask: Inner | None) -> Made:
    if table.contract is not None:
        return Contract(table.contract, table.name or "contract", table.timeout)
    if table.function:
        return _function(table, path)
    if table.command:
        return _command(table, path, config)
    if table.agree is not None:
        return Agreement(table.agree, table.samples, table.name or "agreement", table.timeout)
    if table.judge is not None:
        return _judge(table.judge, ask, table.name, table.timeout)
    raise ConfigError(f"{path}: give one of contract, function, command, agree and judge")


def _function(table: Table, path: str) -> Function:
    from onedoor.providers.function import imported

    function = imported(table.function, f"{path}.function")
    return Function(function, table.name or table.function, table.timeout)


def _command(table: Table, path: str, config: Config) -> Command:
    """Its files are beside the configuration and all in one place, so none may hide another."""
    beside = Path(config.source).parent
    files = tuple((beside / name).absolute() for name in table.files)
    for place, file in enumerate(files):
        if not file.exists():
            raise ConfigError(f"{path}.files[{place}]: there is no file {file}")
    names = [file.name for file in files] + [table.file] * bool(table.file)
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise ConfigError(f"{path}: two files are named {twice!r}; they are all put into one directory")
    name = table.name or one_line(" ".join(table.command), NAME)
    return Command(tuple(table.command), table.file, files, table.network, name, table.timeout)


def _judge(reviewer: Reviewer, ask: Inner | None, name: str = "", timeout: float = 60.0) -> Judge:
    named = name or f"judge {reviewer.task}"
    return Judge(ask, reviewer.task, reviewer.rubric, reviewer.different_lab, named, timeout)


def _given(one: object, path: str, ask: Inner | None) -> Verifier:
    if isinstance(one, Reviewer):
        return _judge(one, ask)
    if callable(one) and all(hasattr(one, name) for name in ("name", "kind", "timeout")):
        return cast("Verifier", one)
    if callable(one):
        return Function(one, getattr(one, "__name__", type(one).__name__).strip("<>"))
    raise InvalidCall(f"{path} is {one!r:.80}; it must be a callable that is given the reply, or a verifier")


def _apart(made: Sequence[Verifier]) -> list[Verifier]:
    """Each with a name of its own: by its name a later opinion takes the place of an earlier one."""
    apart: dict[str, Verifier] = {}
    for one in made:
        name = next(name for name in _names(one.name) if name not in apart)
        if name != one.name and not isinstance(one, Made):
            raise InvalidCall(f"verify: two verifiers are named {one.name!r}; give each a name of its own")
        apart[name] = replace(one, name=name) if isinstance(one, Made) else one
    return list(apart.values())


def _names(name: str) -> Iterator[str]:
    return (name if number == 1 else f"{name} {number}" for number in count(1))
