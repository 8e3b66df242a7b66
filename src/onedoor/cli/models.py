"""`onedoor models`: what each provider really serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import click

from onedoor.checkup import names_of
from onedoor.cli import out
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.config import Config
from onedoor.door import AsyncDoor
from onedoor.errors import OnedoorError
from onedoor.opening import open_async
from onedoor.types import ServedModel

Listing = Mapping[str, tuple[ServedModel, ...] | OnedoorError]

HEAD = ("PROVIDER", "SERVES", "YOURS", "CONTEXT", "LOADED")


@click.command("models", epilog=examples("onedoor models", "onedoor models --json | python3 -m json.tool"))
@common
def command(config: str | None, as_json: bool) -> None:
    """List what each provider really serves, and your own name for it where you have one."""
    settings, listing = asyncio.run(_list(config))
    if as_json:
        out.pretty_json({name: _data(found) for name, found in listing.items()})
    else:
        _print(settings, listing)
    if any(isinstance(found, OnedoorError) for found in listing.values()):
        raise click.exceptions.Exit(1)


async def _list(config: str | None) -> tuple[Config, Listing]:
    async with open_async(config) as door:
        names = list(door.config.providers)
        found = await asyncio.gather(*(_served(door, name) for name in names))
        return door.config, dict(zip(names, found, strict=True))


async def _served(door: AsyncDoor, name: str) -> tuple[ServedModel, ...] | OnedoorError:
    try:
        return await door.provider(name).models()
    except OnedoorError as error:
        return error


def _print(config: Config, listing: Listing) -> None:
    rows = _rows(config, listing)
    if rows:
        out.line("\n".join(table(rows, head=HEAD)))
    failed = {name: found for name, found in listing.items() if isinstance(found, OnedoorError)}
    for name, problem in failed.items():
        out.say(f"{name}: {str(problem).removeprefix(f'{name} ')}", colour="red")
    if failed or not listing:
        out.say("`onedoor check` says what mends it" if failed else "no provider is configured")


def _rows(config: Config, listing: Listing) -> list[tuple[str, ...]]:
    return [
        (provider, model.name, _own(config, provider, model.name), str(model.context or "-"), _loaded(model.loaded))
        for provider, found in listing.items()
        if not isinstance(found, OnedoorError)
        for model in found
    ]


def _own(config: Config, provider: str, served: str) -> str:
    """Every name the configuration has for a served model."""
    own = config.models.items()
    names = [name for name, model in own if model.provider == provider and model.name in names_of(served)]
    return ", ".join(names) or "-"


def _loaded(loaded: bool | None) -> str:
    return "-" if loaded is None else "yes" if loaded else "no"


def _data(found: tuple[ServedModel, ...] | OnedoorError) -> object:
    return {"error": found.code, "message": str(found)} if isinstance(found, OnedoorError) else found
