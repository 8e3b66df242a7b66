"""From a file, a dict or nothing to a valid configuration, or an error that names the place, the rule and the fix."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, get_args, get_origin

import msgspec

from onedoor.config import Config, Defaults, File, LastResort, Task
from onedoor.errors import ConfigError
from onedoor.kinds import KINDS

FILENAME = "onedoor.toml"
SECRET_HEADERS = frozenset({"authorization", "x-api-key", "api-key"})
TEMPLATE_FIELDS = ("prompt", "task", "caller")

Raw = Mapping[str, Any]


def load(source: str | os.PathLike[str] | Raw) -> Config:
    """Read and check a configuration. A string or Path is a file; a mapping is the same as a file's content.

    Raises ConfigError with the file, line or path, the rule, and the nearest right name.
    """
    if isinstance(source, Mapping):
        return _build(source, _Places("the given configuration", ""))
    path = Path(source)
    text = _read(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    return _build(raw, _Places(str(path), text))


def find() -> Path | None:
    """./onedoor.toml, else the one in the user's configuration directory, else None."""
    import platformdirs

    for path in (Path(FILENAME), Path(platformdirs.user_config_dir("onedoor")) / FILENAME):
        if path.is_file():
            return path
    return None


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of an error sentence: the nearest right name, or all of them."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(known)}" if known else "there are none"


class _Places:
    """Where in a file a key is, for messages and for `explain`."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self._lines = _line_numbers(text)

    def at(self, path: str) -> str:
        """ "onedoor.toml:12" for the nearest line that gives this key, or just the source."""
        while path:
            if path in self._lines:
                return f"{self.source}:{self._lines[path]}"
            path = path.rpartition(".")[0]
        return self.source

    def wrong(self, path: str, rule: str) -> ConfigError:
        return ConfigError(f"{self.at(path)}: {path}: {rule}")


def _line_numbers(text: str) -> dict[str, int]:
    """Line numbers of the headers and keys of a TOML text, by dotted path; inline tables are found by their key."""
    numbers: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            table = _dotted(line.strip("[]").partition("]")[0])
            numbers.setdefault(table, number)
        elif "=" in line and not line.startswith("#"):
            key = _dotted(line.partition("=")[0])
            numbers.setdefault(f"{table}.{key}" if table else key, number)
    return numbers


def _dotted(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {path}; `onedoor init` writes one") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {error}") from error


def _build(raw: Raw, places: _Places) -> Config:
    _check_keys(raw, File, "", places)
    file = File(
        default_task=_convert(raw.get("default_task", ""), str, "default_task", places),
        providers=_tables(raw, "providers", places),
        models=_tables(raw, "models", places),
        tasks=_tasks(raw, places),
        callers=_tables(raw, "callers", places),
        defaults=_convert(raw.get("defaults", {}), Defaults, "defaults", places),
    )
    _check_providers(file, places)
    _check_references(file, places)
    for name, task in file.tasks.items():
        _check_last_resorts(task, f"tasks.{name}", places)
    return Config(
        providers=file.providers,
        models=file.models,
        tasks=file.tasks,
        callers=file.callers,
        defaults=file.defaults,
        default_task=file.default_task,
        source=places.source,
        origins={path: places.at(path) for path in _paths(raw)},
    )


def _tables(raw: Raw, section: str, places: _Places) -> dict[str, Any]:
    """One struct per table of a section, each checked under its own path."""
    kind = get_args(_field_type(File, section))[1]
    return {
        name: _convert(table, kind, f"{section}.{name}", places)
        for name, table in _mapping(raw.get(section, {}), section, places).items()
    }


def _tasks(raw: Raw, places: _Places) -> dict[str, Task]:
    """Tasks with `[defaults]` put underneath."""
    defaults = raw.get("defaults", {})
    return {
        name: _convert(merged(defaults, _mapping(table, f"tasks.{name}", places)), Task, f"tasks.{name}", places)
        for name, table in _mapping(raw.get("tasks", {}), "tasks", places).items()
    }


def merged(below: Raw, above: Raw) -> dict[str, Any]:
    """Two tables laid over each other; tables inside them too."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        result[key] = merged(under, value) if both and under is not None else value
    return result


def _convert(table: object, kind: type[Any], path: str, places: _Places) -> Any:
    _check_keys(table, kind, path, places)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        rule, _, inner = str(error).partition(" - at `$")
        where = (path + inner.rstrip("`")).strip(".")
        raise places.wrong(where, rule) from error


def _check_keys(table: object, kind: object, path: str, places: _Places) -> None:
    """Every key must be one the struct knows; looked at first, so that a typo is named as one."""
    struct = _struct(kind)
    if struct is None or not isinstance(table, Mapping):
        return
    for key, value in table.items():
        where = f"{path}.{key}" if path else str(key)
        if key not in struct.__struct_fields__:
            raise places.wrong(where, f"unknown key; {nearest(str(key), struct.__struct_fields__)}")
        _check_keys(value, _field_type(struct, key), where, places)


def _struct(kind: object) -> type[msgspec.Struct] | None:
    """The struct in a type, if there is one: `Timeout`, `Cache | None`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    if get_origin(kind) in {dict, list}:
        return None
    found = (_struct(part) for part in get_args(kind))
    return next((struct for struct in found if struct is not None), None)


def _field_type(struct: type[msgspec.Struct], name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(struct) if field.name == name)


def _mapping(value: object, path: str, places: _Places) -> Raw:
    if isinstance(value, Mapping):
        return value
    raise places.wrong(path, f"must be a table, not {type(value).__name__}")


def _paths(raw: Raw, prefix: str = "") -> Iterable[str]:
    for key, value in raw.items():
        path = f"{prefix}{key}"
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, f"{path}.")


def _check_providers(file: File, places: _Places) -> None:
    for name, provider in file.providers.items():
        path = f"providers.{name}"
        if provider.kind not in KINDS:
            raise places.wrong(f"{path}.kind", f"unknown kind {provider.kind!r}; {nearest(provider.kind, KINDS)}")
        _check_address(provider.base_url, f"{path}.base_url", places)
        _check_secret(provider.key, f"{path}.key", places)
        for header, value in provider.headers.items():
            if header.lower() in SECRET_HEADERS:
                _check_secret(value, f"{path}.headers.{header}", places)
        if provider.kind == "function" and ":" not in provider.function:
            raise places.wrong(f"{path}.function", 'must be "module:callable"')


def _check_address(url: str, path: str, places: _Places) -> None:
    if url and not url.startswith(("http://", "https://", "sim://")):
        raise places.wrong(path, f"{url!r} is not an address; it begins with http:// or https://")


def _check_secret(value: str, path: str, places: _Places) -> None:
    if value and not value.startswith(("env:", "file:")):
        raise places.wrong(path, 'a key is never written here; put it in the environment and write "env:NAME_OF_IT"')


def _check_references(file: File, places: _Places) -> None:
    for name, model in file.models.items():
        _known(model.provider, file.providers, "provider", f"models.{name}.provider", places)
    for name, task in file.tasks.items():
        for model_name in task.models:
            _known(model_name, file.models, "model", f"tasks.{name}.models", places)
        if len(set(task.models)) < len(task.models):
            raise places.wrong(f"tasks.{name}.models", "a model is named twice")
    if file.default_task:
        _known(file.default_task, file.tasks, "task", "default_task", places)
    for name, caller in file.callers.items():
        for task_name in caller.tasks:
            _known(task_name, file.tasks, "task", f"callers.{name}.tasks", places)
        for model_name in caller.models:
            _known(model_name, file.models, "model", f"callers.{name}.models", places)


def _known(name: str, names: Iterable[str], what: str, path: str, places: _Places) -> None:
    if name not in names:
        raise places.wrong(path, f"there is no {what} {name!r}; {nearest(name, names)}")


def _check_last_resorts(task: Defaults, path: str, places: _Places) -> None:
    for place, resort in enumerate(task.last_resort):
        where = f"{path}.last_resort[{place}]"
        if isinstance(resort, LastResort):
            _check_last_resort(resort, where, places)
        elif task.cache is None:
            raise places.wrong(where, '"last_good" needs a cache; add cache = { ttl = 0 } to keep answers for it only')


def _check_last_resort(resort: LastResort, path: str, places: _Places) -> None:
    if bool(resort.template) == bool(resort.function):
        raise places.wrong(path, "give either template or function")
    if resort.function and ":" not in resort.function:
        raise places.wrong(path, f'{resort.function!r} is not "module:callable"')
    for field in _template_fields(resort.template, path, places):
        if field not in TEMPLATE_FIELDS:
            raise places.wrong(path, f"the template names {{{field}}}; {nearest(field, TEMPLATE_FIELDS)}")


def _template_fields(template: str, path: str, places: _Places) -> list[str]:
    try:
        return [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        raise places.wrong(path, f"the template is malformed: {error}") from error
