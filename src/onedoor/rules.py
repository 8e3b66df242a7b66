"""What no single table can tell: that references hold, that secrets are references, that limits count one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from onedoor.config import Budget, Defaults, File, LastResort, Provider, Rate
from onedoor.kinds import KINDS
from onedoor.lines import Places
from onedoor.review_rules import check_reviews
from onedoor.shape import nearest

SECRET_HEADERS = frozenset({"authorization", "x-api-key", "api-key"})
TEMPLATE_FIELDS = ("prompt", "task", "caller")


def check(file: File, places: Places) -> None:
    """Every rule that goes beyond one key. Raises ConfigError with the place, the rule and the nearest right name."""
    _check_providers(file, places)
    _check_references(file, places)
    _check_detector(file.defaults, "defaults", file, places)
    _check_allowed(file.defaults, "defaults", places)
    for name, task in file.tasks.items():
        _check_last_resorts(task, f"tasks.{name}", places)
        _check_detector(task, f"tasks.{name}", file, places)
        _check_allowed(task, f"tasks.{name}", places)
    check_reviews(file, places)
    _check_limits(file, places)


def _check_providers(file: File, places: Places) -> None:
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


def _check_kind_options(provider: Provider, path: str, places: Places) -> None:
    """A key only another kind takes would have no effect."""
    usual = Provider(provider.kind)
    for name, kind in KINDS.items():
        for option in sorted(kind.options - KINDS[provider.kind].options):
            if getattr(provider, option) != getattr(usual, option):
                raise places.wrong(f"{path}.{option}", f"only kind {name!r} takes it, and this is {provider.kind!r}")


def _check_address(url: str, path: str, places: Places) -> None:
    if url and not url.startswith(("http://", "https://", "sim://")):
        raise places.wrong(path, f"{url!r} is not an address; it begins with http:// or https://")


def _check_secret(value: str, path: str, places: Places) -> None:
    scheme, _, place = value.partition(":")
    if value and scheme not in {"env", "file"}:
        raise places.wrong(path, 'a key is never written here; put it in the environment and write "env:NAME_OF_IT"')
    if value and not place.strip():
        raise places.wrong(path, f'"{scheme}:" names nothing; write "env:NAME" or "file:PATH"')


def _check_references(file: File, places: Places) -> None:
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


def _known(name: str, names: Iterable[str], what: str, path: str, places: Places) -> None:
    if name not in names:
        raise places.wrong(path, f"there is no {what} {name!r}; {nearest(name, names)}")


def _check_last_resorts(task: Defaults, path: str, places: Places) -> None:
    for place, resort in enumerate(task.last_resort):
        where = f"{path}.last_resort[{place}]"
        if isinstance(resort, LastResort):
            _check_last_resort(resort, where, places)
        elif task.cache is None:
            raise places.wrong(where, '"last_good" needs a cache; add cache = { ttl = 0 } to keep answers for it only')


def _check_last_resort(resort: LastResort, path: str, places: Places) -> None:
    if bool(resort.template) == bool(resort.function):
        raise places.wrong(path, "give either template or function")
    if resort.function and ":" not in resort.function:
        raise places.wrong(path, f'{resort.function!r} is not "module:callable"')
    for field in _template_fields(resort.template, path, places):
        if field not in TEMPLATE_FIELDS:
            raise places.wrong(path, f"the template names {{{field}}}; {nearest(field, TEMPLATE_FIELDS)}")


def _check_detector(task: Defaults, path: str, file: File, places: Places) -> None:
    """The guard's second layer is built in, a callable, or a task that is not guarded by itself."""
    detector = task.guard.semantic if task.guard else "off"
    where = f"{path}.guard.semantic"
    kind, colon, name = detector.partition(":")
    if detector in {"builtin", "off"}:
        return
    if not (colon and name.strip()):
        raise places.wrong(where, f'{detector!r} must be "builtin", "off", "task:NAME" or "module:callable"')
    if kind != "task":
        return
    _known(name, file.tasks, "task", where, places)
    inner = file.tasks[name].guard
    if inner is not None and inner.semantic.startswith("task:"):
        raise places.wrong(where, f"task {name!r} is guarded by a task itself, so it can't be a guard")


def _check_allowed(task: Defaults, path: str, places: Places) -> None:
    """What the guard may overlook is a finding, "family.name", or a family; the families come with the first one."""
    for source in ("user", "documents", "output") if task.guard else ():
        for place, name in enumerate(getattr(getattr(task.guard, source), "allow", ())):
            from onedoor.guard.inspection import OWASP

            family = name.partition(".")[0]
            if family not in OWASP:
                where = f"{path}.guard.{source}.allow[{place}]"
                raise places.wrong(where, f"there is no family {family!r}; {nearest(family, OWASP)}")


def _template_fields(template: str, path: str, places: Places) -> list[str]:
    try:
        return [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        raise places.wrong(path, f"the template is malformed: {error}") from error


def _check_limits(file: File, places: Places) -> None:
    """Rates and budgets count exactly one thing, in a time zone there is; guarantees are a caller's."""
    levels: Mapping[str, Mapping[str, Any]] = {
        "providers": file.providers,
        "models": file.models,
        "callers": file.callers,
        "runs": file.runs,
    }
    for place, rate in enumerate(file.users.rates):
        _check_rate(rate, f"users.rates[{place}]", places)
        if rate.requests is None:
            raise places.wrong(f"users.rates[{place}]", "a user's rate counts requests; give requests")
    for section, level in levels.items():
        for name, table in level.items():
            for place, rate in enumerate(getattr(table, "rates", ())):
                _check_rate(rate, f"{section}.{name}.rates[{place}]", places)
            for place, budget in enumerate(table.budgets):
                _check_budget(budget, f"{section}.{name}.budgets[{place}]", section, places)


def _check_rate(rate: Rate, path: str, places: Places) -> None:
    if (rate.requests is None) == (rate.tokens is None):
        raise places.wrong(path, "give either requests or tokens")
    if not isinstance(rate.per, str) and rate.per <= 0:
        raise places.wrong(f"{path}.per", f"must be more than 0 seconds, not {rate.per:g}")


def _check_budget(budget: Budget, path: str, section: str, places: Places) -> None:
    if (budget.usd is None) == (budget.tokens is None):
        raise places.wrong(path, "give either usd or tokens")
    if budget.guaranteed and section != "callers":
        raise places.wrong(f"{path}.guaranteed", "only a caller's budget can be guaranteed")
    _check_zone(budget.timezone, f"{path}.timezone", places)


def _check_zone(name: str, path: str, places: Places) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        hint = nearest(name, available_timezones()) if name else "give one like Europe/Berlin"
        raise places.wrong(path, f"there is no time zone {name!r}; {hint}") from error
