"""A door onto a provider that counts what it is asked, for tests of bulk work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import onedoor
from onedoor.errors import ServerFault
from onedoor.providers.function import Function
from onedoor.types import Call, Cost, Reply, Usage

NANO_USD = 10_000


class Answers:
    """Says what it was asked in capitals, or what `says` does; `asked` is the truth a test asserts on. What contains a
    word of `failing` fails as long as the word is in there."""

    def __init__(
        self,
        *,
        pause: float = 0.0,
        failing: Mapping[str, BaseException] | None = None,
        says: Callable[[str], str] = str.upper,
    ) -> None:
        self.calls: list[Call] = []
        self.at_once = self.most = 0
        self.failing = dict(failing or {})
        self.pause = pause
        self.says = says

    async def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        question = call.messages[-1].text
        for word, error in self.failing.items():
            if word in question:
                raise type(error)(*error.args)
        return Reply(self.says(question), model="m", usage=Usage(5, 10), cost=Cost(NANO_USD, "reported"))

    @property
    def asked(self) -> list[str]:
        return [call.messages[-1].text for call in self.calls]


def configuration(state: str = "memory", **more: Any) -> dict[str, Any]:
    model = {"provider": "p", "name": "m-1", "price": {"input": 0, "output": 1}, "max_output": 10}
    task = {"models": ["m"], "retry": {"sends": 1}}
    return {
        "providers": {
            "p": {"kind": "function", "function": "none:none", "breaker": {"consecutive": 10**6, "minimum": 10**6}}
        },
        "models": {"m": model},
        "tasks": {"t": {**task, **more.pop("task", {})}},
        "state": {"path": state},
        **more,
    }


@contextmanager
def opened(answers: Answers, place: Path | None = None, **more: Any) -> Iterator[onedoor.Door]:
    state = "memory" if place is None else str(place / "state.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEDOOR_STATE", state)
        with onedoor.open(configuration(state, **more), providers={"p": Function(answers.__call__)}) as door:
            yield door


def down() -> ServerFault:
    return ServerFault("down")
