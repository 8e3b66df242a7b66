"""`onedoor sim serve`: the simulator over real HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import click

from onedoor.cli import out
from onedoor.cli.options import Family, debug, examples

if TYPE_CHECKING:
    from onedoor.sim.simulator import Simulator

EXAMPLES = examples(
    "onedoor sim serve --port 8099",
    "onedoor sim serve --port 0 --speed 10 --log sim.jsonl",
)


@click.group("sim", cls=Family, no_args_is_help=False, epilog=EXAMPLES)
def command() -> None:
    """Serve the simulator over HTTP."""


@command.command("serve", epilog=EXAMPLES)
@click.option("--port", default=8099, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same answers.")
@click.option("--speed", default=1.0, show_default=True, help="10 makes simulated time pass ten times as fast.")
@click.option("--log", metavar="FILE", help="Append what was really done to a JSONL file.")
@debug
def serve(port: int, seed: int, speed: float, log: str | None) -> None:
    """Serve simulated models on 127.0.0.1 until interrupted.

    They speak OpenAI's dialect. The one line on stdout is the base URL.
    """
    from onedoor.sim.simulator import Simulator

    asyncio.run(_serve(Simulator(seed=seed, speed=speed, log=log), port))


async def _serve(simulator: Simulator, port: int) -> None:
    from onedoor.sim.profiles import PROFILES
    from onedoor.sim.server import serve as serve_simulator

    stop = _interruption()
    try:
        async with serve_simulator(simulator, port=port) as url:
            out.line(url)
            out.say(f"simulated models: {', '.join(PROFILES)}\nctrl-c stops")
            await stop.wait()
    except BrokenPipeError:
        raise
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise click.ClickException(f"port {port} can't be used: {why}; --port 0 takes a free one") from error


def _interruption() -> asyncio.Event:
    """Set by ctrl-c and by SIGTERM, from before the port is open."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
