"""Vocabularies for exact counts: loaded once, away from the calls, never from the network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread

from onedoor.errors import ConfigError
from onedoor.prompt.tokens.models import NAMED

Words = Callable[[str], int]
"""Counts the tokens of a text, exactly."""

_INSTALL = "pip install 'onedoor[tokens]'"
_log = logging.getLogger("onedoor.tokens")


class Vocabularies:
    """What a door has loaded so far. Asking never waits: the first to ask for a vocabulary starts a thread for it."""

    def __init__(self) -> None:
        self._words: dict[str, Words | None] = {}
        self._threads: dict[str, Thread] = {}
        self._lock = Lock()

    def get(self, tokenizer: str) -> Words | None:
        """How to count with a vocabulary; None while it is on its way, and where it can't be had."""
        if tokenizer not in self._threads:
            self.start(tokenizer)
        return self._words.get(tokenizer)

    def start(self, tokenizer: str) -> None:
        """Begin to load a vocabulary, unless that has begun."""
        with self._lock:
            if tokenizer in self._threads:
                return
            thread = Thread(target=self._load, args=(tokenizer,), name=f"onedoor-tokens-{tokenizer}")
            self._threads[tokenizer] = thread
            thread.start()

    def wait(self, tokenizer: str) -> Words | None:
        """The same as `get`, once loading has ended."""
        self.start(tokenizer)
        self._threads[tokenizer].join()
        return self._words.get(tokenizer)

    def _load(self, tokenizer: str) -> None:
        """A vocabulary that can't be loaded, for whatever reason, leaves the estimate in its place."""
        try:
            self._words[tokenizer] = load(tokenizer)
        except Exception as error:  # noqa: BLE001 - a foreign loader raises what it likes, and no call may fail for it
            _log.info("tokens are estimated: %s", error)


def check(tokenizer: str) -> None:
    """Raises ConfigError where a configured tokenizer can't be used; loads nothing."""
    if tokenizer in NAMED:
        if not any(map(find_spec, ("rs_bpe", "bpe_openai"))):
            raise ConfigError(f'tokenizer = "{tokenizer}" needs an extra: {_INSTALL}')
        return
    if not tokenizer.endswith(".json"):
        known = ", ".join(f'"{name}"' for name in NAMED)
        raise ConfigError(f'tokenizer = "{tokenizer}" is neither {known} nor the path of a tokenizer.json')
    if not Path(tokenizer).is_file():
        raise ConfigError(f'tokenizer = "{tokenizer}": there is no such file')
    if find_spec("tokenizers") is None:
        raise ConfigError(f'tokenizer = "{tokenizer}" needs an extra: {_INSTALL}')


@cache
def load(tokenizer: str) -> Words:
    """Loads a vocabulary, which takes up to half a second: "o200k", "cl100k" or the path of a tokenizer.json."""
    check(tokenizer)
    if tokenizer not in NAMED:
        return _file(tokenizer)
    return _rust(tokenizer) if find_spec("rs_bpe") else _wide(tokenizer)


def _rust(tokenizer: str) -> Words:
    vocabulary = import_module("rs_bpe.bpe").openai
    return partial(_whole, getattr(vocabulary, f"{tokenizer}_base")().count)


def _wide(tokenizer: str) -> Words:
    encode = import_module("bpe_openai").get_encoding(f"{tokenizer}_base").encode_ordinary
    return partial(_whole, lambda text: len(encode(text)))


def _file(path: str) -> Words:
    """Every file failure of the library is a plain Exception."""
    try:
        tokenizer = import_module("tokenizers").Tokenizer.from_file(path)
    except Exception as error:
        raise ConfigError(f'tokenizer = "{path}" can\'t be read: {error}') from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return partial(_whole, lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids))


def _whole(count: Words, text: str) -> int:
    """Half a surrogate pair, which no server takes, counts as what it would be replaced with."""
    try:
        return count(text)
    except UnicodeEncodeError:
        return count(text.encode("utf-8", "replace").decode())
