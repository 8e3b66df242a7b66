"""The simulator as a provider."""

from __future__ import annotations

import os
from collections.abc import Mapping

from onedoor.providers.openai import OpenAI
from onedoor.sim.simulator import Simulator
from onedoor.sim.transport import SimTransport


def provider(
    name: str = "sim", *, seed: int = 0, speed: float = 1.0, log: str | os.PathLike[str] | None = None
) -> OpenAI:
    """A provider whose models are simulated in process; every reply of it is marked `simulated`."""
    simulator = Simulator(seed=seed, speed=speed, log=log)
    return OpenAI(name, "sim://in-process/v1", transport=SimTransport(simulator, name))


def configured(
    name: str, base_url: str, *, key: str, headers: Mapping[str, str], seed: int, speed: float, log: str
) -> OpenAI:
    """The provider for `kind = "sim"`: in process, or a simulator served elsewhere when `base_url` is http."""
    if base_url.startswith("http"):
        return OpenAI(name, base_url, key=key, headers=headers)
    return provider(name, seed=seed, speed=speed, log=log or None)
