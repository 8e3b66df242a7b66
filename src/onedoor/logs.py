"""Logging: standard loggers named onedoor.*; nothing is configured unless you ask for it, and keys are masked."""

from __future__ import annotations

import logging
import os
import re
import sys
from datetime import UTC, datetime
from functools import cache
from typing import Literal, Protocol, TextIO, get_args

import msgspec

from onedoor.errors import ConfigError
from onedoor.key_shapes import KEYS

Format = Literal["auto", "json", "console"]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FIELDS = ("call_id", "task", "model", "provider", "attempt", "outcome", "latency_ms", "cost_usd")
"""What a line may say about a call; `extra={"call_id": …}` sets them on any line."""

_KEYS = re.compile(
    r"\b(?P<name>sk-|gsk_|xai-|hf_|AIza|Bearer +|(?:api[-_]?key|authorization)[\"']?\s*[:=]\s*[\"']?)"
    r"(?P<secret>[\w\-.~+/]{8,})",
    re.IGNORECASE,
)
_log = logging.getLogger("onedoor.calls")


def configure(
    format: Format | None = None,  # noqa: A002 - what everyone calls it
    level: str | None = None,
    *,
    stream: TextIO | None = None,
) -> None:
    """Send onedoor's own lines to stderr. For programs, not libraries: the root logger is left alone.

    What isn't given is read from LOG_FORMAT ("auto", "json", "console") and LOG_LEVEL. "auto" is for eyes at a
    terminal and JSON elsewhere. Raises ConfigError.
    """
    chosen, least = _format(format), _level(level)
    handler = _Handler(stream or sys.stderr)
    as_json = chosen == "json" or (chosen == "auto" and not handler.stream.isatty())
    handler.setFormatter(JsonLines() if as_json else Console())
    logger = logging.getLogger("onedoor")
    logger.handlers = [other for other in logger.handlers if not isinstance(other, _Handler)] + [handler]
    logger.setLevel(least)
    logger.propagate = False


class Logged(Protocol):
    """What a line about a call is made of."""

    @property
    def id(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def nano_usd(self) -> int | None: ...


def call_logged(row: Logged) -> None:
    """One INFO line about a call, without what was asked or answered."""
    if not _log.isEnabledFor(logging.INFO):
        return
    said = f"call {row.outcome}{f' ({row.error})' if row.error else ''}"
    extra = {
        "call_id": row.id,
        "task": row.task,
        "model": row.model,
        "provider": row.provider,
        "attempt": row.attempts,
        "outcome": row.outcome,
        "latency_ms": round(row.seconds * 1000, 3),
        "cost_usd": None if row.nano_usd is None else row.nano_usd / 1e9,
    }
    _log.info(said, extra=extra)


def masked(text: str) -> str:
    """A text with every key in it cut to its last four characters."""
    named = _KEYS.sub(lambda found: f"{found['name']}...{found['secret'][-4:]}", text)
    return _shaped().sub(lambda found: f"{_opening(found[0])}...{found[0][-4:]}", named)


@cache
def _shaped() -> re.Pattern[str]:
    """Every issuer's keys; what looks random or not doesn't matter in a log."""
    shapes = (f"(?:{'|'.join(map(re.escape, key.openings))})[{key.characters}]{{{key.least},}}" for key in KEYS)
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(shapes)})")


def _opening(key: str) -> str:
    return max((opening for shape in KEYS for opening in shape.openings if key.startswith(opening)), key=len)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": masked(record.getMessage()),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return msgspec.json.encode(line, enc_hook=str).decode()


class Console(logging.Formatter):
    """A line for eyes: when, how bad, what, and what is known about the call."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        known = " ".join(f"{name}={value}" for name, value in _fields(record).items() if value not in {None, ""})
        line = f"{when} {record.levelname.lower():<8} {record.getMessage()}  {known}".rstrip()
        return masked(f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line)


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that configuring twice doesn't print twice."""


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}


def _format(given: str | None) -> str:
    chosen = given or os.environ.get("LOG_FORMAT") or "auto"
    if chosen not in get_args(Format):
        raise ConfigError(f"LOG_FORMAT is {', '.join(get_args(Format))}, not {chosen!r}")
    return chosen


def _level(given: str | None) -> str:
    chosen = given or os.environ.get("LOG_LEVEL") or "INFO"
    if chosen.upper() not in LEVELS:
        raise ConfigError(f"LOG_LEVEL is {', '.join(LEVELS)}, not {chosen!r}")
    return chosen.upper()
