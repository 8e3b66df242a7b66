from __future__ import annotations

import subprocess
import sys

import aiohttp
import pytest

from onedoor.errors import InvalidCall
from onedoor.sim import PROFILES, Simulator, serve


async def _get(url: str) -> tuple[object, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.json(), response.headers["x-onedoor-simulated"]


async def test_health_and_counts_are_served_beside_the_models(simulator: Simulator) -> None:
    async with serve(simulator) as url:
        models, _ = await _get(f"{url}/models")
        health = await _get(url.removesuffix("/v1") + "/healthz")
        counts = await _get(url.removesuffix("/v1") + "/log")
    assert isinstance(models, dict)
    assert [model["id"] for model in models["data"]] == list(PROFILES)
    assert health == ({"status": "ok", "simulator": "onedoor-sim/1"}, "true")
    assert counts == ({"": {"requests": 1, "answered": 1, "input": 0, "output": 0, "nano_usd": 0}}, "true")


async def test_every_http_answer_carries_the_mark(simulator: Simulator) -> None:
    async with serve(simulator) as url, aiohttp.ClientSession() as session:
        for model in PROFILES:
            body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "stream": True}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                assert response.headers["x-onedoor-simulated"] == "true"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
async def test_only_loopback_is_served_unless_asked(simulator: Simulator, host: str) -> None:
    with pytest.raises(InvalidCall, match="remote=True"):
        async with serve(simulator, host):
            raise AssertionError("it served")


async def test_another_address_is_served_when_asked(simulator: Simulator) -> None:
    async with serve(simulator, "0.0.0.0", remote=True) as url:
        assert url.startswith("http://0.0.0.0:")


async def test_the_address_is_on_loopback(simulator: Simulator) -> None:
    async with serve(simulator) as url:
        assert url.startswith("http://127.0.0.1:")


def test_importing_the_simulator_loads_no_http() -> None:
    code = "import sys, onedoor.sim; sys.exit(any(name.startswith('aiohttp') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
