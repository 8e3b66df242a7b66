"""Importing onedoor is quick: what one call in a hundred needs is imported when it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = [
    "aiohttp",
    "click",
    "platformdirs",
    "urllib.request",
    "http.client",
    "onedoor.cli",
    "onedoor.sim",
    "onedoor.discover",
]


def printed(program: str) -> list[str]:
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    return ended.stdout.split()


@pytest.fixture(scope="module")
def imported() -> list[str]:
    return printed("import sys, msgspec; before = set(sys.modules); import onedoor; print(*set(sys.modules) - before)")


@pytest.mark.parametrize("module", LATE)
def test_importing_onedoor_does_not_import(imported: list[str], module: str) -> None:
    assert module not in imported


def test_importing_onedoor_needs_only_the_standard_library_and_msgspec(imported: list[str]) -> None:
    packages = {module.partition(".")[0] for module in imported if not module.startswith("_sysconfigdata")}
    assert packages - sys.stdlib_module_names == {"onedoor"}


def test_importing_onedoor_starts_nothing() -> None:
    assert printed("import onedoor, threading; print(threading.active_count())") == ["1"]


def test_every_public_name_is_there_and_sorted() -> None:
    import onedoor

    names = [name for name in onedoor.__all__ if not name.startswith("__")]
    assert all(hasattr(onedoor, name) for name in names)
    assert names == sorted(names)
