"""What may be the guard's second layer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from onedoor import ConfigError
from onedoor.detectors import Asked, Local, detector
from onedoor.testing import FakeClock


class Half:
    def score(self, views: Sequence[str]) -> float:
        return 0.5


@pytest.fixture
def ours() -> Iterator[Any]:
    module: Any = ModuleType("ours")
    module.Class, module.instance, module.make, module.wrong = Half, Half(), lambda: Half(), object
    sys.modules["ours"] = module
    yield module
    del sys.modules["ours"]


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("name", ["ours:Class", "ours:instance", "ours:make"])
def test_a_class_an_object_or_what_makes_one(name: str) -> None:
    made = detector(name, None)
    assert isinstance(made, Local)
    for text in ("short", "long " * 5_000):
        assert FakeClock().run(made(None, [text])) == 0.5  # type: ignore[arg-type]


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ours:wrong", "an object with score"),
        ("ours:absent", "can't be imported"),
        ("no_such_module:it", "can't be imported"),
    ],
)
def test_what_is_none_is_said_at_once(name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        detector(name, None)


def test_the_others_by_their_names() -> None:
    assert detector("off", None) is None
    assert isinstance(detector("builtin", None), Local)
    assert detector("task:judge", None) == Asked(None, "judge")
