"""Printing: answers to stdout, everything else to stderr, colour only for eyes."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

import click
import msgspec

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
    line(encoded(value))


def encoded(value: object) -> str:
    """A value as JSON on one line."""
    return msgspec.json.encode(value).decode()


def pretty_json(value: object) -> None:
    """One JSON value on stdout, indented."""
    line(msgspec.json.format(encoded(value), indent=2))


def as_data(reply: Reply) -> dict[str, Any]:
    """A reply as data: every field a caller may read, the trail as a list."""
    names = [name for name in reply.__dataclass_fields__ if name not in {"trail", "parts", "cost"}]
    data: dict[str, Any] = {name: getattr(reply, name) for name in names}
    cost = reply.cost
    data["cost"] = cost and {"usd": cost.usd, "nano_usd": cost.nano_usd, "source": cost.source}
    data["simulated"] = reply.simulated
    data["findings"], data["opinions"] = reply.findings, reply.opinions
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
