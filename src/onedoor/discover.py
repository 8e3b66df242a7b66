"""What is already here: local model servers on their usual ports, provider keys in the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.request import ProxyHandler, build_opener

import msgspec

PROBE_SECONDS = 0.5
MOST_MODELS = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a provider may be. `listing` is the path of its model list, `variable` the environment's name for its key.

    A spot with a key is believed without asking: nothing leaves this machine to find out.
    """

    name: str
    kind: str
    base_url: str
    listing: str = "/models"
    variable: str = ""
    models: tuple[tuple[str, str, str], ...] = ()


SPOTS: tuple[Spot, ...] = (
    Spot("ollama", "ollama", "http://127.0.0.1:11434", "/api/tags"),
    Spot("lmstudio", "openai", "http://127.0.0.1:1234/v1"),
    Spot("vllm", "openai", "http://127.0.0.1:8000/v1"),
    Spot("llamacpp", "openai", "http://127.0.0.1:8080/v1"),
    Spot(
        "openai",
        "openai",
        "https://api.openai.com/v1",
        variable="OPENAI_API_KEY",
        models=(("gpt_mini", "gpt-5-mini", "openai"),),
    ),
    Spot(
        "anthropic",
        "anthropic",
        "https://api.anthropic.com",
        variable="ANTHROPIC_API_KEY",
        models=(("claude_haiku", "claude-haiku-4-5", "anthropic"),),
    ),
    Spot(
        "openrouter",
        "openai",
        "https://openrouter.ai/api/v1",
        variable="OPENROUTER_API_KEY",
        models=(("router_auto", "openrouter/auto", ""),),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A provider that is here and the models it serves, as (our name, its name, lab)."""

    spot: Spot
    models: tuple[tuple[str, str, str], ...] = field(default=())


Fetch = Callable[[str], bytes | None]


def fetch(url: str) -> bytes | None:
    """The body behind a loopback address, or None when nothing answers well within half a second."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=PROBE_SECONDS) as answer:
            body: bytes = answer.read(1 << 20)
            return body
    except (OSError, HTTPException, ValueError):
        return None


def look(
    *, environ: Mapping[str, str] | None = None, fetch: Fetch = fetch, spots: Sequence[Spot] = SPOTS
) -> tuple[Found, ...]:
    """Every provider found, local ones first."""
    environ = os.environ if environ is None else environ
    found = (_at(spot, environ, fetch) for spot in spots)
    return tuple(place for place in found if place is not None)


def _at(spot: Spot, environ: Mapping[str, str], fetch: Fetch) -> Found | None:
    if spot.variable:
        return Found(spot, spot.models) if environ.get(spot.variable, "").strip() else None
    body = fetch(spot.base_url + spot.listing)
    names = served(body) if body else ()
    return Found(spot, tuple((own_name(name), name, "") for name in names[:MOST_MODELS])) if names else None


def served(body: bytes) -> tuple[str, ...]:
    """The model names in a list of models, Ollama's or OpenAI's; embedding models are left out."""
    try:
        listed = msgspec.json.decode(body, type=_Listing)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    names = [item.id or item.name for item in (*listed.data, *listed.models)]
    return tuple(dict.fromkeys(name for name in names if name and "embed" not in name.lower()))


def own_name(served: str) -> str:
    """A served name as a bare TOML key: `qwen2.5:3b` becomes `qwen2_5_3b`."""
    tail = served.rstrip("/").rpartition("/")[2].removesuffix(".gguf")
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in tail).strip("_").lower() or "model"


def configuration(found: Sequence[Found]) -> dict[str, Any]:
    """A whole configuration of what was found: every model, local first, as candidates of one task."""
    models: dict[str, Any] = {}
    for place in found:
        for name, served_name, lab in place.models:
            models.setdefault(name, {"provider": place.spot.name, "name": served_name, "lab": lab})
    return {
        "providers": {place.spot.name: _provider(place.spot) for place in found},
        "models": models,
        "tasks": {"chat": {"models": list(models), "max_output_tokens": 2048}},
    }


def _provider(spot: Spot) -> dict[str, str]:
    settings = {"kind": spot.kind, "base_url": spot.base_url}
    return {**settings, "key": f"env:{spot.variable}"} if spot.variable else settings


class _Item(msgspec.Struct):
    id: str = ""
    name: str = ""


class _Listing(msgspec.Struct):
    data: list[_Item] = []
    models: list[_Item] = []
