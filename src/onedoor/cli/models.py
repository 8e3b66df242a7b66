"""`onedoor models`: what each provider really serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import click

from onedoor.cli import out
from onedoor.cli.options import common
from onedoor.config import Config
from onedoor.door import AsyncDoor
from onedoor.errors import OnedoorError
from onedoor.opening import open_async
from onedoor.types import ServedModel

Listing = Mapping[str, tuple[ServedModel, ...] | OnedoorError]


@click.command("models")
@common
def command(config: str | None, as_json: bool) -> None:
    """List what each provider really serves, and your own name for it where you have one."""
    settings, listing = asyncio.run(_list(config))
    if as_json:
        out.pretty_json({name: _data(found) for name, found in listing.items()})
    else:
        out.line("\n".join(out.table(("PROVIDER", "SERVES", "YOURS", "CONTEXT", "LOADED"), _rows(settings, listing))))
    failed = [(name, found) for name, found in listing.items() if isinstance(found, OnedoorError)]
    for name, problem in failed:
        out.say(f"{name}: {problem}; `onedoor check` says what mends it", colour="red")
    if failed:
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


def _rows(config: Config, listing: Listing) -> list[tuple[str, ...]]:
    return [
        (provider, model.name, _own(config, provider, model.name), str(model.context or "-"), _loaded(model.loaded))
        for provider, found in listing.items()
        if not isinstance(found, OnedoorError)
        for model in found
    ]


def _own(config: Config, provider: str, served: str) -> str:
    """Every name the configuration has for a served model."""
    names = [name for name, model in config.models.items() if (model.provider, model.name) == (provider, served)]
    return ", ".join(names) or "-"


def _loaded(loaded: bool | None) -> str:
    return "-" if loaded is None else "yes" if loaded else "no"


def _data(found: tuple[ServedModel, ...] | OnedoorError) -> object:
    return {"error": found.code, "message": str(found)} if isinstance(found, OnedoorError) else found
