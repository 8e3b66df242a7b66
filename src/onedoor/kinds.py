"""The kinds of provider a configuration may name: one line each.

A factory is called as `factory(name, base_url, key=…, headers=…, **options)`; `options` are keys only that kind takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a provider's factory is (`module:name`), its usual address, and the extra keys it takes.

    `variable` is the environment variable its key is usually in, `resident_models` how many models a server of this
    kind holds in memory at once, where loading one takes time.
    """

    factory: str
    base_url: str = ""
    options: frozenset[str] = frozenset()
    variable: str = ""
    resident_models: int | None = None


KINDS: Mapping[str, Kind] = {
    "openai": Kind("onedoor.providers.openai:OpenAI", "https://api.openai.com/v1", variable="OPENAI_API_KEY"),
    "anthropic": Kind(
        "onedoor.providers.anthropic:Anthropic", "https://api.anthropic.com", variable="ANTHROPIC_API_KEY"
    ),
    "ollama": Kind("onedoor.providers.ollama:Ollama", "http://127.0.0.1:11434", resident_models=1),
    "sim": Kind("onedoor.sim.provider:configured", "sim://in-process/v1", options=frozenset({"seed", "speed", "log"})),
    "function": Kind("onedoor.providers.function:build", "function://", options=frozenset({"function"})),
}
