"""Is every provider there, does it serve what is configured, and what mends it when not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from onedoor.config import Config, Provider
from onedoor.door import AsyncDoor
from onedoor.errors import (
    BadEnvelope,
    ConfigError,
    ConnectFailed,
    CredentialRejected,
    ModelNotFound,
    OnedoorError,
    QuotaExhausted,
    ServerFault,
    Throttled,
)
from onedoor.kinds import KINDS
from onedoor.types import ServedModel

PATIENCE = 15.0
SHOWN_MODELS = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of one provider, model or task came to. `fix` is what to do, empty when all is well."""

    subject: str
    ok: bool
    message: str
    fix: str = ""


async def checkup(door: AsyncDoor) -> tuple[Finding, ...]:
    """Reach every provider at once.

    One finding per provider, per configured model it doesn't serve, and per task whose road can't be built.
    """
    if not door.config.providers:
        return (Finding(door.config.source, False, "no provider is configured", "`onedoor init` writes some"),)
    found = await asyncio.gather(*(_provider(door, name) for name in door.config.providers))
    return tuple(finding for findings in (*found, _tasks(door)) for finding in findings)


async def _provider(door: AsyncDoor, name: str) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            served = await door.provider(name).models()
    except OnedoorError as error:
        return [Finding(name, False, str(error).removeprefix(f"{name} "), fix(error, door.config.providers[name]))]
    except TimeoutError:
        return [Finding(name, False, f"no answer within {PATIENCE:g} s", "is the server overloaded? see its log")]
    return [Finding(name, True, f"reached; it serves {_count(len(served))}"), *_missing(door.config, name, served)]


def _count(models: int) -> str:
    return f"{models} model{'' if models == 1 else 's'}"


def _missing(config: Config, provider: str, served: tuple[ServedModel, ...]) -> list[Finding]:
    """A finding for each configured model the provider doesn't list."""
    names = {name for model in served for name in names_of(model.name)}
    kind = config.providers[provider].kind
    return [
        Finding(
            f"{provider}/{name}", False, f"{provider} does not serve {model.name!r}", _get(kind, model.name, served)
        )
        for name, model in config.models.items()
        if model.provider == provider and model.name not in names and kind != "function"
    ]


def names_of(served: str) -> frozenset[str]:
    """How a served model may be called: Ollama's `:latest` may be left out."""
    return frozenset({served, served.removesuffix(":latest")})


def _get(kind: str, name: str, served: Iterable[ServedModel]) -> str:
    if kind == "ollama":
        return f"ollama pull {name}"
    names = sorted(model.name for model in served)
    if not names:
        return "load a model there"
    more = f", … ({len(names)} in all)" if len(names) > SHOWN_MODELS else ""
    return f"set the model's name to one of: {', '.join(names[:SHOWN_MODELS])}{more}"


def _tasks(door: AsyncDoor) -> list[Finding]:
    """A finding for each task whose road can't be built: a last resort's function that isn't there."""
    findings = []
    for name in door.config.tasks:
        try:
            door.rails(name)
        except ConfigError as error:
            findings.append(Finding(f"task {name}", False, str(error), IMPORTABLE))
    return findings


IMPORTABLE = "install the module, or say where it is: PYTHONPATH=. onedoor check"


def fix(error: OnedoorError, provider: Provider) -> str:
    """The command or change that mends a provider that could not be reached."""
    match error:
        case ConnectFailed():
            return _start(provider)
        case CredentialRejected():
            return _key(provider)
        case BadEnvelope() | ModelNotFound():
            return _address(provider)
        case QuotaExhausted():
            return "add money or quota to the account"
        case ServerFault():
            return "the server is there but fails: see its log, or wait and check again"
        case Throttled():
            return "wait a moment and check again"
        case ConfigError() if provider.kind == "function":
            return IMPORTABLE
    return ""


def _start(provider: Provider) -> str:
    url = provider.base_url or KINDS[provider.kind].base_url
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        return f"is {url} right, and is there a network?"
    return "ollama serve" if provider.kind == "ollama" else f"start the server that should listen on {url}"


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
