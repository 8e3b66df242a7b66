"""A call's trail in words: every rail, or only what each model came to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from onedoor.cli.table import table
from onedoor.trail import Note, Trail


def waterfall(trail: Trail) -> list[str]:
    """The rails of one call, nested as they were passed, with what each did and how long it took."""
    width = max((len(_name(note)) for note in trail), default=0) + 1
    return [f"  {_name(note):<{width}}{note.seconds * 1000:>10.1f} ms  {_did(note)}" for note in trail]


def _name(note: Note) -> str:
    return f"{'  ' * note.depth}{note.rail}{f' {note.candidate}' if note.candidate else ''}"


def _did(note: Note) -> str:
    error, remark = f": {note.error}" if note.error else "", f" ({note.remark})" if note.remark else ""
    return f"{note.outcome}{error}{remark}"


def attempts(trail: Trail, said: str) -> list[str]:
    """What each model came to, one line each, without repeating what is `said` already; nothing for one attempt."""
    notes = trail.notes
    asked = [note for note in notes if note.candidate]
    groups = [list(group) for _, group in groupby(asked, key=lambda note: note.candidate)] if len(asked) > 1 else []
    remarks = [f"{note.rail}: {note.remark}" for note in notes if note.remark and note.rail != "retry"]
    return [f"  {line}" for line in (*table([_row(group, said) for group in groups]), *remarks)]


def _row(attempts: Sequence[Note], said: str) -> tuple[str, ...]:
    """A model's attempts: how many, how long with the waits between them, how the last ended."""
    first, last = attempts[0], attempts[-1]
    seconds = last.at + last.seconds - first.at
    count = f"{len(attempts)} attempt{'s' if len(attempts) > 1 else ''}"
    came_to = last.error if last.message in {"", said} else last.message
    return (first.candidate, count, f"{seconds:.2f} s", came_to)
