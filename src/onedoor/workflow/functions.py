"""Plain functions as steps: what they take, what they promise, and by what they are known."""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.workflow.returns import promised, truth
from onedoor.workflow.step import Kind, Need, Part, Step


def function_step(
    function: Callable[..., Any],
    name: str,
    kind: Kind,
    *,
    when: Callable[..., bool] | None = None,
    by: int | None = None,
    thread: bool = False,
) -> Step:
    """A step that a function does. Raises InvalidCall for one that can't be called with names."""
    called = name or getattr(function, "__name__", "")
    if not callable(function):
        raise InvalidCall(f"a step is a function, not {type(function).__name__}; name it with step(name=…)")
    does = part(function, f"step {called!r}")
    if thread and does.awaited:
        raise InvalidCall(f"step {called!r} is a coroutine function, which runs on the loop: leave thread out")
    return Step(
        called,
        kind,
        does,
        when=None if when is None else part(when, f"the condition of {called!r}"),
        by=group_size(by, called),
        thread=thread,
        wrong=truth if kind == "filter" else promised(function),
        says={"code": code_digest(function)} | ({"when": code_digest(when)} if when else {}),
    )


def group_size(by: int | None, name: str) -> int | None:
    """How many values a reduce takes at a time. Raises InvalidCall."""
    if by is not None and (not isinstance(by, int) or by < 2):
        raise InvalidCall(f"{name}: by is {by!r}; it must be a whole number of at least 2")
    return by


def part(function: Callable[..., Any], what: str) -> Part:
    """A function with the names it takes. Raises InvalidCall for what isn't one."""
    if not callable(function):
        raise InvalidCall(f"{what} is {function!r}; it must be a function (conditions as text are for workflow files)")
    needs = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
            raise InvalidCall(f"{what} takes {parameter}; name the steps it needs, 'item' or 'door'")
        needs.append(Need(parameter.name, optional=parameter.default is not parameter.empty))
    return Part(function, tuple(needs))


def code_digest(function: Callable[..., Any]) -> str:
    """Twelve hex digits that change with what a function does, as far as its own code says; not with its comments."""
    return hashlib.sha256(repr(_told(function)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _told(function: Any) -> object:
    """What a function does, in words that are the same in every process."""
    if isinstance(function, functools.partial):
        return (_told(function.func), repr(function.args), repr(sorted(function.keywords.items())))
    plain = inspect.unwrap(function)
    code = getattr(plain, "__code__", None)
    if code is not None:
        return _code(code, doc=plain.__doc__)
    return _told(type(function).__call__) if isinstance(type(function).__call__, FunctionType) else repr(type(function))


def _code(code: CodeType, doc: str | None = None) -> object:
    """What code says; what it says of itself doesn't matter."""
    consts = ["a docstring" if doc is not None and one == doc else _const(one) for one in code.co_consts]
    return (code.co_code.hex(), code.co_names, consts)


def _const(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return _code(value) if isinstance(value, CodeType) else repr(value)
