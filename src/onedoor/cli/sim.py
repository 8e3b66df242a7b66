"""`onedoor sim serve`: the simulator over real HTTP."""

from __future__ import annotations

import asyncio
import signal

import click

from onedoor.cli import out
from onedoor.cli.options import debug


@click.group("sim")
def command() -> None:
    """Serve the simulator over HTTP."""


@command.command("serve")
@click.option("--port", default=8099, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same answers.")
@click.option("--speed", default=1.0, show_default=True, help="10 makes simulated time pass ten times as fast.")
@click.option("--log", metavar="FILE", help="Append what was really done to a JSONL file.")
@debug
def serve(port: int, seed: int, speed: float, log: str | None) -> None:
    """Serve simulated models on loopback, in OpenAI's dialect, until interrupted."""
    if speed <= 0:
        raise click.UsageError(f"--speed must be more than 0, not {speed:g}")
    asyncio.run(_serve(port, seed, speed, log))


async def _serve(port: int, seed: int, speed: float, log: str | None) -> None:
    from onedoor.sim.profiles import PROFILES
    from onedoor.sim.server import serve as serve_simulator
    from onedoor.sim.simulator import Simulator

    try:
        async with serve_simulator(Simulator(seed=seed, speed=speed, log=log), port=port) as url:
            out.line(url)
            out.say(f"simulated models: {', '.join(PROFILES)}\nctrl-c stops")
            await _interrupted()
    except OSError as error:
        raise click.ClickException(f"port {port} can't be used: {error.strerror}; --port 0 takes a free one") from error


async def _interrupted() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
