"""Opening a door: from a file, a dict, or what is found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from onedoor.config import Config
from onedoor.door import AsyncDoor
from onedoor.errors import ConfigError
from onedoor.load import FILENAME, find, load
from onedoor.providers.provider import Provider
from onedoor.standard import Parts
from onedoor.sync import Door

Source = str | os.PathLike[str] | Mapping[str, Any] | None


def open(source: Source = None, *, providers: Mapping[str, Provider] | None = None, parts: Parts | None = None) -> Door:
    """A door for synchronous code.

    `source` is a file, a dict of the same shape, or nothing: ./onedoor.toml, then the user's own, then what is found
    on this machine. `providers` stand in for configured ones by name. Raises ConfigError.
    """
    return Door(open_async(source, providers=providers, parts=parts))


def open_async(
    source: Source = None, *, providers: Mapping[str, Provider] | None = None, parts: Parts | None = None
) -> AsyncDoor:
    """The same for asynchronous code: `async with onedoor.open_async() as door`."""
    return AsyncDoor(configured(source), providers=providers, parts=parts)


def configured(source: Source = None) -> Config:
    """The configuration a door would be opened with."""
    if source is not None:
        return load(source)
    path = find()
    return load(path if path else _found())


def _found() -> Mapping[str, Any]:
    """A configuration of what is running here. The simulator is never chosen unasked: its answers aren't a model's."""
    from onedoor.discover import configuration, look

    found = look()
    if not found:
        raise ConfigError(
            f"there is no {FILENAME}, no local model server answers on its usual port, and the environment has no "
            "provider key: `onedoor init` writes a configuration, `onedoor demo` shows one at work"
        )
    return configuration(found)
