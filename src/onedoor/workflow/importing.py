"""Python beside a workflow's file: its functions, and workflows themselves."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onedoor.errors import ConfigError


def function(reference: str, beside: Path, where: str) -> Callable[..., Any]:
    """The callable behind "module:name". Raises ConfigError, which says `where` it is named."""
    found = named(reference, beside, where)
    if not callable(found):
        raise ConfigError(f"{where}: {reference!r} is a {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def named(reference: str, beside: Path, where: str) -> Any:
    """What "module:name" names, its module in this directory or wherever else Python looks. Raises ConfigError."""
    module, _, name = reference.partition(":")
    if not module or not name:
        raise ConfigError(f'{where}: {reference!r} is not "module:name"')
    _look_in(beside.resolve())
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{where}: {reference!r} can't be imported: {error}") from error
    _check_own(module, beside, where)
    return found


def _look_in(directory: Path) -> None:
    """Behind every other place, so that a file in there hides nothing."""
    if str(directory) not in sys.path:
        sys.path.append(str(directory))
    importlib.invalidate_caches()


def _check_own(module: str, beside: Path, where: str) -> None:
    """Another module of that name would be taken for the one in this directory."""
    own, loaded = beside / f"{module.replace('.', '/')}.py", getattr(sys.modules[module], "__file__", None)
    if own.exists() and (loaded is None or not own.samefile(loaded)):
        raise ConfigError(f"{where}: {module!r} is {loaded or 'built in'}, not {own}; give that file another name")
