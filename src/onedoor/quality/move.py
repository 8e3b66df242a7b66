"""A task moved to another first choice: in its file, with the evidence written down, and back again."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec
import tomlkit
from tomlkit.items import Array

from onedoor.errors import ConfigError, InvalidCall
from onedoor.load import load
from onedoor.quality.toml_list import rearranged
from onedoor.shape import nearest

ACTION = "move"


class Move(msgspec.Struct, frozen=True):
    """What a move changed, as the ledger keeps it in its event. `evidence` is what was known of both models then."""

    file: str
    before: list[str]
    after: list[str]
    undoes: str = ""
    evidence: list[dict[str, object]] = []


def first(models: Sequence[str], winner: str) -> list[str]:
    """The models with the winner in front, the others in their order behind it."""
    return [winner, *(model for model in models if model != winner)]


def check(models: Sequence[str], winner: str, known: Sequence[str], task: str) -> None:
    """Whether there is anything to move. Raises InvalidCall."""
    if winner not in known:
        raise InvalidCall(f"there is no model {winner!r}; {nearest(winner, known)}")
    if models[0] == winner:
        raise InvalidCall(f"{winner!r} is the first choice of task {task!r} already")


def edited(text: str, task: str, models: Sequence[str]) -> str:
    """A configuration's text with these models for a task; everything else stays as it is written, comments too.

    Raises ConfigError where the task's models aren't a list in this text.
    """
    document = tomlkit.parse(text)
    try:
        given = document["tasks"][task]["models"]
    except (KeyError, TypeError) as error:
        raise ConfigError(f"tasks.{task}.models isn't written in this file; give the task its models there") from error
    array = cast("Array", given)
    rewritten = cast("Array", tomlkit.parse(f"models = {rearranged(array.as_string(), models)}")["models"])
    rewritten.trivia.__dict__.update(array.trivia.__dict__)
    document["tasks"][task]["models"] = rewritten
    return tomlkit.dumps(document)


def diff(before: str, after: str, name: str) -> list[str]:
    """The lines that change, as a unified diff."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1))


def write(path: Path, before: str, after: str) -> None:
    """Put the new text in the old one's place, whole or not at all; only where the file is still as it was read.

    Raises ConfigError where it isn't, or where the new text is no valid configuration.
    """
    part = _beside(path, after)
    try:
        load(part)
        if path.read_text(encoding="utf-8") != before:
            raise ConfigError(f"{path} has changed meanwhile; nothing was written: try again")
        part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _beside(path: Path, text: str) -> Path:
    """A file with this text next to the other, where relative names in it mean the same."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".toml", dir=path.parent)
    except OSError as error:
        raise ConfigError(f"{path.parent} can't be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
