"""`onedoor breaker`: how routes stand, and a hand on their breakers."""

from __future__ import annotations

import time

import click

from onedoor.cli import kept, options, out
from onedoor.cli.calls import Listed
from onedoor.cli.options import common, examples
from onedoor.cli.table import table
from onedoor.cli.times import SPAN, ahead
from onedoor.config import Config
from onedoor.ledger.routes import RouteLine, known, routes
from onedoor.load import nearest
from onedoor.opening import configured
from onedoor.places import user_name
from onedoor.policy.breaker import Manual
from onedoor.policy.rows import Rows
from onedoor.state import State

HEAD = ("ROUTE", "STATE", "AGAIN", "CALLS", "FAILED", "SLOW", "IN A ROW", "BY")

EPILOG = examples(
    "onedoor breaker                                        every route",
    "onedoor breaker isolate hosted/chat/big-1 --for 10m    send nothing there",
    "onedoor breaker close hosted                           try again now, also after a refused key",
    "onedoor breaker disable hosted/chat/big-1              let everything through, whatever fails",
    "onedoor breaker release hosted/chat/big-1              take the hand off",
)


@click.group("breaker", cls=Listed, invoke_without_command=True, no_args_is_help=False, epilog=EPILOG)
@common
@click.pass_context
def command(ctx: click.Context, config: str | None, as_json: bool) -> None:
    """List every route's breaker, or put a hand on one."""
    if ctx.invoked_subcommand is not None:
        return
    settings, now = configured(config), time.time()
    lines = kept.standing(settings, lambda rows: routes(settings, rows, now))
    if as_json:
        out.pretty_json(lines)
    else:
        out.line("\n".join(table([_cells(line, now) for line in lines], head=HEAD)))


def _cells(line: RouteLine, now: float) -> tuple[object, ...]:
    again = ahead(line.until, now)
    return (line.route, line.state, again, line.total, line.failed, line.slow, line.consecutive, line.actor or "-")


route = click.argument("route", metavar="ROUTE")
spell = click.option("--for", "seconds", type=SPAN, help="10m, 2h, 1d; without it until you release it.")
actor = click.option("--actor", default=user_name, show_default="user@host", help="Who did it, for the ledger.")


@command.command("isolate", epilog=examples("onedoor breaker isolate hosted/chat/big-1 --for 10m"))
@route
@spell
@actor
@options.config
@options.debug
def isolate(route: str, seconds: float | None, actor: str, config: str | None) -> None:
    """Send nothing to ROUTE."""
    _switch(config, route, "isolated", actor=actor, until=_until(seconds))


@command.command("close", epilog=examples("onedoor breaker close hosted/chat/big-1"))
@route
@click.option("--for", "seconds", type=SPAN, help="Hold it closed so long, whatever fails.")
@actor
@options.config
@options.debug
def close(route: str, seconds: float | None, actor: str, config: str | None) -> None:
    """Close ROUTE's breaker, forget what it has counted, and open its provider's gates."""
    _switch(config, route, "closed", actor=actor, until=_until(seconds) or time.time())


@command.command("disable", epilog=examples("onedoor breaker disable hosted/chat/big-1 --for 1d"))
@route
@spell
@actor
@options.config
@options.debug
def disable(route: str, seconds: float | None, actor: str, config: str | None) -> None:
    """Let everything through to ROUTE, whatever fails, and count nothing."""
    _switch(config, route, "disabled", actor=actor, until=_until(seconds))


@command.command("release", epilog=examples("onedoor breaker release hosted/chat/big-1"))
@route
@actor
@options.config
@options.debug
def release(route: str, actor: str, config: str | None) -> None:
    """Take the hand off ROUTE: its breaker works by itself again, from closed."""
    _switch(config, route, "", actor=actor, until=0.0)


def _until(seconds: float | None) -> float:
    return time.time() + seconds if seconds else 0.0


def _switch(config: str | None, route: str, manual: Manual, *, actor: str, until: float) -> None:
    """Check the name, set the switch, say how the route stands now."""
    settings = configured(config)

    async def change(state: State) -> RouteLine:
        _check(route, await state.read(lambda rows: known(settings, rows)))
        await state.switch(route, manual, actor=actor, until=until)
        return await state.read(lambda rows: _one(settings, rows, route))

    line, now = kept.changing(settings, change), time.time()
    again = ahead(line.until, now)
    out.say(f"{line.route} is {line.state}{f', again {again}' if again != '-' else ''}")


def _check(route: str, names: tuple[str, ...]) -> None:
    if route not in names:
        raise click.UsageError(f"there is no route {route!r}; {nearest(route, names)}")


def _one(config: Config, rows: Rows, route: str) -> RouteLine:
    return next(line for line in routes(config, rows, time.time()) if line.route == route)
