"""The prompt templates that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from onedoor.config import File
from onedoor.config import Template as TemplateTable
from onedoor.errors import InvalidCall
from onedoor.lines import Places

if TYPE_CHECKING:
    from onedoor.prompt.template import Template


def templates(file: File, places: Places) -> Iterator[tuple[str, Template]]:
    """Each template of a configuration, read and checked."""
    for name, table in file.templates.items():
        yield name, _template(name, table, f"templates.{name}", places)


def _template(name: str, table: TemplateTable, path: str, places: Places) -> Template:
    from onedoor.prompt.template import Template

    if bool(table.text) == bool(table.file):
        raise places.wrong(path, "give either text or file")
    text = table.text or _read(table.file, f"{path}.file", places)
    try:
        return Template(text, name=name, variables=tuple(table.variables))
    except InvalidCall as error:
        raise places.wrong(path, str(error)) from error


def _read(name: str, path: str, places: Places) -> str:
    """A text beside the configuration that names it."""
    file = Path(places.source).parent / name
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise places.wrong(path, f"{file} can't be read: {error}") from error
