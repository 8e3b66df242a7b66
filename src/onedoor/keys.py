"""Keys are references in the configuration; this is where they are looked up, as late as possible."""

from __future__ import annotations

import os
from pathlib import Path

from onedoor.errors import CredentialRejected


def resolve(reference: str, provider: str) -> str:
    """The secret behind `env:NAME` or `file:PATH`; a value without either is returned as it is.

    Raises CredentialRejected, so that a task whose first provider has no key here still falls back, labelled.
    """
    scheme, _, place = reference.partition(":")
    if scheme == "env":
        return _from_environment(place, provider)
    if scheme == "file":
        return _from_file(Path(place).expanduser(), provider)
    return reference


def _from_environment(name: str, provider: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise CredentialRejected(f"{provider} needs a key: the environment has no {name}", provider=provider)
    return value


def _from_file(path: Path, provider: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{provider} needs a key: {path} can't be read ({error})"
        raise CredentialRejected(message, provider=provider) from error
