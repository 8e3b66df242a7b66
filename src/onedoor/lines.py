"""Where in a configuration a key is, for messages and for `explain`."""

from __future__ import annotations

from collections import Counter

from onedoor.errors import ConfigError

_QUOTES = ('"""', "'''")
"""What a text over several lines stands in: nothing in there is a key."""


class Places:
    """The lines of a configuration's keys."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self._lines = _line_numbers(text)

    def at(self, path: str) -> str:
        """ "onedoor.toml:12" for the nearest line that gives this key, or just the source."""
        while path:
            if path in self._lines:
                return f"{self.source}:{self._lines[path]}"
            path = _around(path)
        return self.source

    def wrong(self, path: str, rule: str) -> ConfigError:
        return ConfigError(f"{self.at(path)}: {path}: {rule}" if path else f"{self.at(path)}: {rule}")


def _line_numbers(text: str) -> dict[str, int]:
    """Line numbers of the headers and keys of a TOML text, by dotted path; inline tables are found by their key."""
    numbers: dict[str, int] = {}
    table, places, inside = "", Counter[str](), ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if inside:
            inside = "" if inside in line else inside
            continue
        inside = next((quotes for quotes in _QUOTES if line.count(quotes) % 2), "")
        if line.startswith("["):
            table = _dotted(line.strip("[]").partition("]")[0])
            if line.startswith("[["):
                places[table] += 1
                table = f"{table}[{places[table] - 1}]"
            _number(numbers, table, number)
        elif "=" in line and not line.startswith("#"):
            key = _dotted(line.partition("=")[0])
            _number(numbers, f"{table}.{key}" if table else key, number)
    return numbers


def _number(numbers: dict[str, int], path: str, number: int) -> None:
    """The line a key is first spoken of in, and so is every table around it."""
    while path:
        numbers.setdefault(path, number)
        path = _around(path)


def _around(path: str) -> str:
    """The path of what a key or a place in a list is in."""
    return path.rpartition("[" if path.endswith("]") else ".")[0]


def _dotted(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
