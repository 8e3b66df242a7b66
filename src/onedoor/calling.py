"""A callable of the user's, called so that it may block."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any


async def called(function: Callable[..., Any], *arguments: object) -> Any:
    """What it gives: an async one is awaited here, also where it is an object's `__call__`; a sync one has a thread."""
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
        return await function(*arguments)
    said = await asyncio.to_thread(function, *arguments)
    return await said if inspect.isawaitable(said) else said
