"""The contracts that a configuration gives its tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from onedoor.config import Contract, File
from onedoor.errors import InvalidCall
from onedoor.lines import Places


def task_contracts(file: File, places: Places) -> Iterator[tuple[str, Any]]:
    """The contract of each task that has one; the defaults' under an empty name."""
    if file.defaults.contract is not None:
        yield "", described(file.defaults.contract, "defaults.contract", places)
    for name, task in file.tasks.items():
        if task.contract is not None:
            yield name, described(task.contract, f"tasks.{name}.contract", places)


def described(table: Contract, path: str, places: Places) -> Any:
    """The contract a table describes, its schema read from its file. Raises ConfigError."""
    from onedoor.output.build import contract

    given = [name for name in ("schema", "choices", "pattern") if getattr(table, name)]
    if len(given) > 1:
        raise places.wrong(path, f"give {given[0]} or {given[1]}, not both")
    try:
        return contract(
            _spec(table, path, places),
            required=table.required,
            min_length=table.min_length,
            max_length=table.max_length,
            forbid=table.forbid,
            must_contain=table.must_contain,
        )
    except InvalidCall as error:
        raise places.wrong(path, str(error)) from error


def _spec(table: Contract, path: str, places: Places) -> object:
    if table.pattern:
        try:
            return re.compile(table.pattern)
        except re.error as error:
            raise places.wrong(f"{path}.pattern", f"{table.pattern!r} is not a regular expression: {error}") from error
    if isinstance(table.schema, str):
        return _schema_file(table.schema, f"{path}.schema", places)
    return table.schema or table.choices or None


def _schema_file(name: str, path: str, places: Places) -> object:
    """A schema beside the configuration that names it."""
    file = Path(places.source).parent / name
    try:
        return msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise places.wrong(path, f"{file} can't be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise places.wrong(path, f"{file} is not JSON: {error}") from error
