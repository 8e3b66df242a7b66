"""Printing: answers to stdout, everything else to stderr, colour only for eyes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click
import msgspec

from onedoor.errors import OnedoorError
from onedoor.trail import Trail
from onedoor.types import Reply


def coloured(stream: TextIO) -> bool:
    """NO_COLOR wins, then FORCE_COLOR, else only a terminal gets colour. Source: no-color.org, force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def say(text: str = "", *, colour: str | None = None, bold: bool = False) -> None:
    """A line to stderr."""
    _line(text, sys.stderr, colour, bold)


def line(text: str = "", *, colour: str | None = None, bold: bool = False) -> None:
    """A line to stdout."""
    _line(text, sys.stdout, colour, bold)


def _line(text: str, stream: TextIO, colour: str | None, bold: bool) -> None:
    styled = click.style(text, fg=colour, bold=bold) if coloured(stream) and (colour or bold) else text
    click.echo(styled, file=stream, color=coloured(stream))


def piece(text: str) -> None:
    """Part of an answer, shown at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def json(value: object) -> None:
    """One JSON value on one line of stdout."""
    click.echo(msgspec.json.encode(value).decode())


def pretty_json(value: object) -> None:
    """One JSON value on stdout, indented."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def error(problem: OnedoorError, *, as_json: bool = False) -> None:
    """An error to stderr: what happened, and how to see the story."""
    if as_json:
        click.echo(msgspec.json.encode(failure(problem)).decode(), err=True)
        return
    say(f"error: {problem}", colour="red")
    if problem.trail is not None and problem.trail.attempts:
        say("\n".join(waterfall(problem.trail)))


def failure(problem: OnedoorError) -> dict[str, Any]:
    """An error as data."""
    notes = problem.trail.notes if problem.trail else ()
    return {"error": {"code": problem.code, "message": str(problem), "id": problem.call_id, "trail": notes}}


def as_data(reply: Reply) -> dict[str, Any]:
    """A reply as data: every field a caller may read, the trail as a list."""
    names = [name for name in reply.__dataclass_fields__ if name not in {"trail", "parts", "cost"}]
    data: dict[str, Any] = {name: getattr(reply, name) for name in names}
    cost = reply.cost
    data["cost"] = cost and {"usd": cost.usd, "nano_usd": cost.nano_usd, "source": cost.source}
    data["simulated"] = reply.simulated
    data["trail"] = reply.trail.notes if reply.trail else ()
    return data


def summary(reply: Reply) -> str:
    """One line about an answer: who, how long, how much."""
    usage = reply.usage
    parts = [
        f"{reply.model} ({reply.served or '-'} at {reply.provider})",
        f"{reply.duration:.2f} s",
        f"{'~' if usage.estimated else ''}{usage.input}+{usage.output} tokens",
        str(reply.cost) if reply.cost else "price unknown",
    ]
    extras = {"simulated": reply.simulated, "cached": reply.cached, f"{reply.retries} retried": bool(reply.retries)}
    return " · ".join(parts + [name for name, holds in extras.items() if holds])


def waterfall(trail: Trail) -> list[str]:
    """The rails of one call, nested as they were passed, with what each did and how long it took."""
    lines = []
    for note in trail:
        name = f"{'  ' * note.depth}{note.rail}{f' {note.candidate}' if note.candidate else ''}"
        did = f"{note.outcome}{f': {note.error}' if note.error else ''}"
        lines.append(f"  {name:<30}{note.seconds * 1000:>10.1f} ms  {did}{f' ({note.remark})' if note.remark else ''}")
    return lines


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Columns wide enough for what they hold; numbers to the right."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    right = [bool(rows) and all(_number(row[place]) for row in cells[1:]) for place in range(len(head))]
    return ["  ".join(_cell(row[i], widths[i], right[i]) for i in range(len(head))).rstrip() for row in cells]


def _cell(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _number(text: str) -> bool:
    return text.lstrip("$~").replace(".", "").replace("%", "").replace(" s", "").replace("-", "").strip().isdigit()
