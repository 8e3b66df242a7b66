"""How a run was begun: its command line is kept beside it, so that it can go on from anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from onedoor.bulk import places
from onedoor.errors import InvalidCall
from onedoor.places import make_room

VARIABLES = ("ONEDOOR_CONFIG", "ONEDOOR_STATE")
"""What a command goes by besides its arguments."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A command line, the directory it was given in, and the variables it went by."""

    arguments: list[str]
    directory: str
    environ: dict[str, str]


@contextmanager
def remembered(run: Path | None) -> Iterator[None]:
    """Keep the command that is being carried out: from its beginning where it is the first, else once it has ended.

    A command that is refused begins nothing, and leaves what is known of an earlier one.
    """
    arguments = click.get_current_context().find_root().obj
    if run is None or not isinstance(arguments, tuple):
        yield
        return
    first = not places.command_of(run).exists()
    if first:
        _write(run, arguments)
    try:
        yield
    except InvalidCall:
        if first:
            places.command_of(run).unlink(missing_ok=True)
        raise
    finally:
        if not run.exists():
            places.command_of(run).unlink(missing_ok=True)
    _write(run, arguments)


def _write(run: Path, arguments: Sequence[str]) -> None:
    make_room(run)
    environ = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    told = asdict(Begun(list(arguments), os.getcwd(), environ))
    places.command_of(run).write_text(json.dumps(told), encoding="ascii")  # which keeps names that aren't UTF-8


def begun(run: Path) -> Begun:
    """How a run was begun. Raises InvalidCall for one that no command line began."""
    file = places.command_of(run)
    if not file.exists():
        raise InvalidCall(
            f"no command that began run {run.stem!r} is known: it was begun from Python, where the same door.map or "
            f"door.run with run={run.stem!r} goes on, or for a dry run only"
        )
    return Begun(**json.loads(file.read_text(encoding="ascii")))


def again(told: Begun, more: Sequence[str]) -> int:
    """Carry a command out where it was given, further options behind its own; its exit code."""
    from onedoor.cli.app import onedoor

    here, before = os.getcwd(), {name: os.environ.get(name) for name in VARIABLES}
    try:
        os.chdir(told.directory)
    except OSError as error:
        raise InvalidCall(f"the run was begun in {told.directory}: {error.strerror}") from error
    try:
        _set({name: told.environ.get(name) for name in VARIABLES})
        code: int | None = onedoor.main(args=[*told.arguments, *more], prog_name="onedoor", standalone_mode=False)
        return code or 0
    finally:
        _set(before)
        os.chdir(here)


def _set(environ: Mapping[str, str | None]) -> None:
    for name, value in environ.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
