"""From a file, a dict or nothing to a valid configuration, or an error that names the place, the rule and the fix."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from onedoor.config import Config, Defaults, File, State, Task, Users
from onedoor.errors import ConfigError
from onedoor.lines import Places
from onedoor.rules import check
from onedoor.shape import misfit
from onedoor.shape import nearest as nearest
from onedoor.task_contracts import task_contracts
from onedoor.task_templates import templates

FILENAME = "onedoor.toml"

Raw = Mapping[str, Any]


def load(source: str | os.PathLike[str] | Raw) -> Config:
    """Read and check a configuration. A string or Path is a file; a mapping is the same as a file's content.

    Raises ConfigError with the file, line or path, the rule, and the nearest right name.
    """
    if isinstance(source, Mapping):
        return _build(source, Places("the given configuration", ""))
    return _build(*read_toml(Path(source), "; `onedoor init` writes one"))


def find() -> Path | None:
    """./onedoor.toml, else the one in the user's configuration directory, else None."""
    import platformdirs

    for path in (Path(FILENAME), Path(platformdirs.user_config_dir("onedoor")) / FILENAME):
        if path.is_file():
            return path
    return None


def read_toml(path: Path, missing: str = "") -> tuple[Raw, Places]:
    """What a TOML file says, and on which lines. `missing` is what to do where there is none. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {path}{missing}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {error}") from error
    try:
        return tomllib.loads(text), Places(str(path), text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _build(raw: Raw, places: Places) -> Config:
    for key in raw:
        if key not in File.__struct_fields__:
            raise places.wrong(str(key), f"unknown key; {nearest(str(key), File.__struct_fields__)}")
    defaults = converted(raw.get("defaults", {}), Defaults, "defaults", places)
    file = File(
        default_task=converted(raw.get("default_task", ""), str, "default_task", places),
        providers=_tables(raw, "providers", places),
        models=_tables(raw, "models", places),
        tasks=_tasks(raw, places),
        callers=_tables(raw, "callers", places),
        users=converted(raw.get("users", {}), Users, "users", places),
        runs=_tables(raw, "runs", places),
        templates=_tables(raw, "templates", places),
        state=converted(raw.get("state", {}), State, "state", places),
        defaults=defaults,
    )
    check(file, places)
    return Config(
        providers=file.providers,
        models=file.models,
        tasks=file.tasks,
        callers=file.callers,
        users=file.users,
        runs=file.runs,
        state=file.state,
        defaults=file.defaults,
        default_task=file.default_task,
        contracts=dict(task_contracts(file, places)),
        templates=dict(templates(file, places)),
        source=places.source,
        origins={path: places.at(path) for path in _paths(raw)},
    )


def _tables(raw: Raw, section: str, places: Places) -> dict[str, Any]:
    """One struct per table of a section, each checked under its own path."""
    kind = get_args(_field_type(File, section))[1]
    return {
        name: converted(table, kind, f"{section}.{name}", places)
        for name, table in _mapping(raw.get(section, {}), section, places).items()
    }


def _tasks(raw: Raw, places: Places) -> dict[str, Task]:
    """Tasks with `[defaults]` put underneath."""
    defaults = raw.get("defaults", {})
    return {
        name: converted(_laid(defaults, _mapping(table, f"tasks.{name}", places)), Task, f"tasks.{name}", places)
        for name, table in _mapping(raw.get("tasks", {}), "tasks", places).items()
    }


def _laid(defaults: Raw, task: Raw) -> dict[str, Any]:
    """A task over the defaults. Of the guard, an action is short for a table with it: it leaves the rest as it is."""
    laid = merged(defaults, task)
    below, above = defaults.get("guard"), task.get("guard")
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        laid["guard"] |= {
            source: merged(_acting(below[source]), _acting(above[source]))
            for source in ("user", "documents", "output")
            if {type(below.get(source)), type(above.get(source))} == {str, dict}
        }
    return laid


def _acting(said: str | Raw) -> Raw:
    return {"action": said} if isinstance(said, str) else said


def merged(below: Raw, above: Raw) -> dict[str, Any]:
    """Two tables laid over each other; tables inside them too."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        result[key] = merged(under, value) if both and under is not None else value
    return result


def converted(table: object, kind: type[Any], path: str, places: Places) -> Any:
    """A table as what it should be. Raises ConfigError with the first thing that is wrong with it."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        where, rule = misfit(table, kind, path) or (path, str(error))
        raise places.wrong(where, rule) from error


def _field_type(struct: type[msgspec.Struct], name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(struct) if field.name == name)


def _mapping(value: object, path: str, places: Places) -> Raw:
    if isinstance(value, Mapping):
        return value
    raise places.wrong(path, f"must be a table, not {type(value).__name__}")


def _paths(raw: Raw, prefix: str = "") -> Iterable[str]:
    for key, value in raw.items():
        path = f"{prefix}{key}"
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, f"{path}.")
