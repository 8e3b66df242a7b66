"""From a file, a dict or nothing to a valid configuration, or an error that names the place, the rule and the fix."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import msgspec

from onedoor.config import Budget, Config, Defaults, File, LastResort, Provider, Rate, State, Task
from onedoor.errors import ConfigError
from onedoor.kinds import KINDS
from onedoor.shape import misfit
from onedoor.shape import nearest as nearest

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
            path = _around(path)
        return self.source

    def wrong(self, path: str, rule: str) -> ConfigError:
        return ConfigError(f"{self.at(path)}: {path}: {rule}")


def _line_numbers(text: str) -> dict[str, int]:
    """Line numbers of the headers and keys of a TOML text, by dotted path; inline tables are found by their key."""
    numbers: dict[str, int] = {}
    table, places = "", Counter[str]()
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            table = _dotted(line.strip("[]").partition("]")[0])
            if line.startswith("[["):
                places[table] += 1
                table = f"{table}[{places[table] - 1}]"
            _number(numbers, table, number)
        elif "=" in line and not line.startswith("#"):
            key = _dotted(line.partition("=")[0])
            _number(numbers, f"{table}.{key}" if table else key, number)
    return numbers


def _number(numbers: dict[str, int], path: str, number: int) -> None:
    """The line a key is first spoken of in, and so is every table around it."""
    while path:
        numbers.setdefault(path, number)
        path = _around(path)


def _around(path: str) -> str:
    """The path of what a key or a place in a list is in."""
    return path.rpartition("[" if path.endswith("]") else ".")[0]


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
    for key in raw:
        if key not in File.__struct_fields__:
            raise places.wrong(str(key), f"unknown key; {nearest(str(key), File.__struct_fields__)}")
    defaults = _convert(raw.get("defaults", {}), Defaults, "defaults", places)
    file = File(
        default_task=_convert(raw.get("default_task", ""), str, "default_task", places),
        providers=_tables(raw, "providers", places),
        models=_tables(raw, "models", places),
        tasks=_tasks(raw, places),
        callers=_tables(raw, "callers", places),
        runs=_tables(raw, "runs", places),
        state=_convert(raw.get("state", {}), State, "state", places),
        defaults=defaults,
    )
    _check_providers(file, places)
    _check_references(file, places)
    for name, task in file.tasks.items():
        _check_last_resorts(task, f"tasks.{name}", places)
    _check_limits(file, places)
    return Config(
        providers=file.providers,
        models=file.models,
        tasks=file.tasks,
        callers=file.callers,
        runs=file.runs,
        state=file.state,
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
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        where, rule = misfit(table, kind, path) or (path, str(error))
        raise places.wrong(where, rule) from error


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
        _check_kind_options(provider, path, places)
        if provider.kind == "function" and ":" not in provider.function:
            raise places.wrong(f"{path}.function", 'must be "module:callable"')


def _check_kind_options(provider: Provider, path: str, places: _Places) -> None:
    """A key only another kind takes would have no effect."""
    usual = Provider(provider.kind)
    for name, kind in KINDS.items():
        for option in sorted(kind.options - KINDS[provider.kind].options):
            if getattr(provider, option) != getattr(usual, option):
                raise places.wrong(f"{path}.{option}", f"only kind {name!r} takes it, and this is {provider.kind!r}")


def _check_address(url: str, path: str, places: _Places) -> None:
    if url and not url.startswith(("http://", "https://", "sim://")):
        raise places.wrong(path, f"{url!r} is not an address; it begins with http:// or https://")


def _check_secret(value: str, path: str, places: _Places) -> None:
    scheme, _, place = value.partition(":")
    if value and scheme not in {"env", "file"}:
        raise places.wrong(path, 'a key is never written here; put it in the environment and write "env:NAME_OF_IT"')
    if value and not place.strip():
        raise places.wrong(path, f'"{scheme}:" names nothing; write "env:NAME" or "file:PATH"')


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


def _check_limits(file: File, places: _Places) -> None:
    """Rates and budgets count exactly one thing, in a time zone there is; guarantees are a caller's."""
    levels: Mapping[str, Mapping[str, Any]] = {
        "providers": file.providers,
        "models": file.models,
        "callers": file.callers,
        "runs": file.runs,
    }
    for section, level in levels.items():
        for name, table in level.items():
            for place, rate in enumerate(getattr(table, "rates", ())):
                _check_rate(rate, f"{section}.{name}.rates[{place}]", places)
            for place, budget in enumerate(table.budgets):
                _check_budget(budget, f"{section}.{name}.budgets[{place}]", section, places)


def _check_rate(rate: Rate, path: str, places: _Places) -> None:
    if (rate.requests is None) == (rate.tokens is None):
        raise places.wrong(path, "give either requests or tokens")
    if not isinstance(rate.per, str) and rate.per <= 0:
        raise places.wrong(f"{path}.per", f"must be more than 0 seconds, not {rate.per:g}")


def _check_budget(budget: Budget, path: str, section: str, places: _Places) -> None:
    if (budget.usd is None) == (budget.tokens is None):
        raise places.wrong(path, "give either usd or tokens")
    if budget.guaranteed and section != "callers":
        raise places.wrong(f"{path}.guaranteed", "only a caller's budget can be guaranteed")
    _check_zone(budget.timezone, f"{path}.timezone", places)


def _check_zone(name: str, path: str, places: _Places) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        hint = nearest(name, available_timezones()) if name else "give one like Europe/Berlin"
        raise places.wrong(path, f"there is no time zone {name!r}; {hint}") from error
