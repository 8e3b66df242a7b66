"""Where runs are kept: one file each, beside the state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from onedoor.bulk.batch.store import has_going
from onedoor.bulk.result import Head
from onedoor.bulk.run_file import began, looked_at, under_way
from onedoor.errors import InvalidCall, StoreError
from onedoor.quality.comparison import NAME
from onedoor.shape import nearest

_GRAIN = 0.02
"""Seconds by which a file system's clock is behind."""


def directory(state: Path) -> Path:
    """Where the runs of this state are."""
    return state.parent / "runs"


def file_of(state: Path, name: str) -> Path:
    """The file of a run, there or not. Raises InvalidCall for a name that can't be part of a file's."""
    if not NAME.fullmatch(name):
        raise InvalidCall(f"run {name!r} can't be part of a file's name; use letters, digits, dots and dashes")
    return directory(state) / f"{name}.db"


def known(state: Path, name: str) -> Path:
    """The file of a run that is there. Raises InvalidCall."""
    file = file_of(state, name)
    if not file.exists():
        names = {found.stem: found for found in _files(state)}
        raise InvalidCall(f"there is no run {name!r}; {nearest(name, names)}")
    return file


def flag_of(file: Path) -> Path:
    """The file that asks a running process to stop."""
    return file.with_name(f"{file.name}.cancel")


def raised(flag: Path, since: float) -> bool:
    """Whether somebody has asked for that since then: a flag from before was meant for a process that is gone."""
    try:
        return flag.stat().st_mtime >= since - _GRAIN
    except FileNotFoundError:
        return False


def outputs_of(file: Path) -> Path:
    """The file with the paths a run's results were written to, a line each."""
    return file.with_name(f"{file.name}.outputs")


def command_of(file: Path) -> Path:
    """The file with the command line that began a run."""
    return file.with_name(f"{file.name}.command")


def heads(state: Path) -> Iterator[Head]:
    """What is known of every run that began, by name."""
    return filter(None, map(_told, _files(state)))


def _told(file: Path) -> Head | None:
    """What is known of a run, None where it never began; one that can't be read says so."""
    try:
        return head(file) if began(file) else None
    except (InvalidCall, StoreError) as error:
        return Head(0, file.stem, "", 0.0, "", {}, status="unreadable", why=str(error))


def head(file: Path) -> Head:
    """What is known of one run. The status of one whose process died is "interrupted"."""
    with looked_at(file) as rows:
        found = rows.head
    if found.status == "running" and not under_way(file):
        found.status, found.why = "interrupted", "its process ended; the same command goes on"
    return found


def cancel(file: Path) -> bool:
    """Ask the process that is at this run to stop; False where none is."""
    if not under_way(file):
        return False
    flag_of(file).touch()
    return True


def delete(file: Path, *, force: bool = False) -> None:
    """Forget a run. Raises InvalidCall while a process is at it; with `force` not for batches nobody has fetched."""
    if under_way(file):
        raise InvalidCall(f"run {file.stem!r} is under way; cancel it first: onedoor runs cancel {file.stem}")
    if not force and has_going(file):
        raise InvalidCall(
            f"run {file.stem!r} has batches at a provider, which are billed whether or not anybody fetches them; go on "
            f"with it, or cancel them (onedoor runs cancel {file.stem}), or delete it with --force"
        )
    for suffix in ("", "-wal", "-shm", ".cancel", ".outputs", ".command", ".lock"):
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def _files(state: Path) -> list[Path]:
    return sorted(directory(state).glob("*.db"))
