"""Is every provider there, does it serve what is configured, and what mends it when not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from onedoor.config import Config, Provider
from onedoor.door import AsyncDoor
from onedoor.errors import (
    BadEnvelope,
    ConnectFailed,
    CredentialRejected,
    ModelNotFound,
    OnedoorError,
    QuotaExhausted,
)
from onedoor.kinds import KINDS
from onedoor.types import ServedModel

PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of one provider or model came to. `fix` is what to do, empty when all is well."""

    subject: str
    ok: bool
    message: str
    fix: str = ""


async def checkup(door: AsyncDoor) -> tuple[Finding, ...]:
    """Reach every provider at once; one finding per provider and per configured model it doesn't serve."""
    found = await asyncio.gather(*(_provider(door, name) for name in door.config.providers))
    return tuple(finding for findings in found for finding in findings)


async def _provider(door: AsyncDoor, name: str) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            served = await door.provider(name).models()
    except OnedoorError as error:
        return [Finding(name, False, str(error), fix(error, door.config.providers[name]))]
    except TimeoutError:
        return [Finding(name, False, f"no answer within {PATIENCE:g} s", "is the server overloaded?")]
    return [Finding(name, True, f"reached; it serves {len(served)} models"), *_missing(door.config, name, served)]


def _missing(config: Config, provider: str, served: tuple[ServedModel, ...]) -> list[Finding]:
    """A finding for each configured model the provider doesn't list."""
    names = {model.name for model in served} | {model.name.removesuffix(":latest") for model in served}
    kind = config.providers[provider].kind
    return [
        Finding(f"{provider}/{name}", False, f"{provider} does not serve {model.name!r}", _get(kind, model.name, names))
        for name, model in config.models.items()
        if model.provider == provider and model.name not in names and kind != "function"
    ]


def _get(kind: str, name: str, served: set[str]) -> str:
    if kind == "ollama":
        return f"ollama pull {name}"
    return f"set the model's name to one of: {', '.join(sorted(served)[:8])}" if served else "load a model there"


def fix(error: OnedoorError, provider: Provider) -> str:
    """The command or change that mends a provider that could not be reached."""
    if isinstance(error, ConnectFailed):
        return _start(provider)
    if isinstance(error, CredentialRejected):
        return _key(provider)
    if isinstance(error, BadEnvelope | ModelNotFound):
        return _address(provider)
    if isinstance(error, QuotaExhausted):
        return "add money or quota to the account"
    return ""


def _start(provider: Provider) -> str:
    url = provider.base_url or KINDS[provider.kind].base_url
    if provider.kind == "ollama":
        return "ollama serve"
    if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}:
        return f"start the server that should listen on {url}"
    return f"is {url} right, and is there a network?"


def _key(provider: Provider) -> str:
    if provider.key.startswith("env:"):
        return f"export {provider.key.removeprefix('env:')}=…  (a valid key)"
    if provider.key:
        return f"put a valid key into {provider.key.removeprefix('file:')}"
    variable = KINDS[provider.kind].variable or "NAME_OF_ITS_KEY"
    return f'give the provider a key: key = "env:{variable}"'


def _address(provider: Provider) -> str:
    if provider.kind == "openai" and not provider.base_url.rstrip("/").endswith("/v1"):
        return f'base_url usually ends in /v1: "{provider.base_url.rstrip("/")}/v1"'
    return f"is this a server of kind {provider.kind!r}? check base_url"
