"""Where onedoor keeps what its processes share."""

from __future__ import annotations

import os
from pathlib import Path

from onedoor.config import Config, State
from onedoor.errors import StoreError

VARIABLE = "ONEDOOR_STATE"
MEMORY = "memory"
NO_FILE = (
    f'the state is kept in memory (state.path or {VARIABLE} is "{MEMORY}") and ends with each process: '
    "name a file to have one that can be read"
)
"""What to tell someone who asks for a file there isn't."""


def state_path(config: Config) -> Path | None:
    """The file every process of this machine shares, or None where the state is kept in memory."""
    return place(config.state)


def place(state: State) -> Path | None:
    """ONEDOOR_STATE, else `[state] path`, else state.db in the user's state directory."""
    given = os.environ.get(VARIABLE) or state.path
    if given == MEMORY:
        return None
    return Path(given).expanduser() if given else _usual()


def _usual() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("onedoor")) / "state.db"


def make_room(path: Path) -> None:
    """The directory of the state, made for its owner alone. Raises StoreError where it can't be made."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        hint = f'name a place in state.path or {VARIABLE}; "{MEMORY}" needs none'
        raise StoreError(f"{path.parent} can't be made for the state: {error.strerror}; {hint}") from error


def user_name() -> str:
    """Who sits here, for what is done by hand: "ada@laptop"."""
    import getpass
    import socket

    return f"{getpass.getuser()}@{socket.gethostname()}"
