"""A served page answers who has its address, and takes verdicts from nowhere but itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from onedoor.errors import StoreError
from onedoor.pages.serving import Serving

Said = list[tuple[str, bool | None, str]]


@pytest.fixture
def said() -> Said:
    return []


@pytest.fixture
async def served(said: Said) -> AsyncIterator[Serving]:
    async def say(call: str, accepted: bool | None, reason: str) -> None:
        if call == "broken":
            raise StoreError("the disk is full")
        said.append((call, accepted, reason))

    async with Serving("<!DOCTYPE html>page", "default-src 'none'", say, frozenset({"c1", "broken"})) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as opened:
        yield opened


def base(served: Serving) -> str:
    return served.address.partition("/?")[0]


async def post(session: aiohttp.ClientSession, served: Serving, body: Any, **headers: str) -> tuple[int, str]:
    given: Mapping[str, str] = {"origin": base(served), **headers}
    async with session.post(f"{base(served)}/verdict", json=body, headers=given) as told:
        return told.status, await told.text()


async def test_the_token_becomes_a_cookie_and_leaves_the_address(
    session: aiohttp.ClientSession, served: Serving
) -> None:
    async with session.get(served.address) as told:
        assert (told.status, await told.text()) == (200, "<!DOCTYPE html>page")
        assert "token" not in str(told.url)
        cookie = told.history[0].headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict"))
        assert told.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=guess", "/verdict", "/other"])
async def test_without_the_token_nothing_is_shown(session: aiohttp.ClientSession, served: Serving, path: str) -> None:
    async with session.get(f"{base(served)}{path}") as told:
        assert told.status == 403
        assert "page" not in (await told.text()).replace("this page", "")


async def test_another_host_name_is_refused_even_with_the_token(
    session: aiohttp.ClientSession, served: Serving
) -> None:
    """A name that was rebound to this machine must not read the page."""
    async with session.get(served.address, headers={"host": "evil.example"}) as told:
        assert told.status == 421


async def test_a_verdict_is_written(session: aiohttp.ClientSession, served: Serving, said: Said) -> None:
    await session.get(served.address)
    for accepted in (True, False, None):
        assert (await post(session, served, {"call": "c1", "accepted": accepted}))[0] == 204
    assert said == [("c1", True, ""), ("c1", False, ""), ("c1", None, "")]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"call": "c1", "accepted": True}, {"origin": "http://evil.example"}, 403),
        ({"call": "c1", "accepted": True}, {"origin": "null"}, 403),
        ({"call": "c1", "accepted": True}, {"content-type": "text/plain"}, 415),
        ({"call": "c2", "accepted": True}, {}, 404),
        ({"call": "c1", "accepted": "yes"}, {}, 400),
        ({"call": "c1", "accepted": True, "task": "x"}, {}, 400),
        ({"call": "c1", "accepted": True, "reason": "x" * 20_000}, {}, 413),
        ({"call": "broken", "accepted": True}, {}, 500),
    ],
)
async def test_what_is_no_verdict_is_refused(
    session: aiohttp.ClientSession, served: Serving, said: Said, body: Any, headers: dict[str, str], status: int
) -> None:
    await session.get(served.address)
    assert (await post(session, served, body, **headers))[0] == status
    assert said == []


async def test_a_verdict_needs_the_cookie(session: aiohttp.ClientSession, served: Serving, said: Said) -> None:
    token = served.address.partition("token=")[2]
    async with session.post(
        f"{base(served)}/verdict?token={token}", json={"call": "c1", "accepted": True}, headers={"origin": base(served)}
    ) as told:
        assert told.status == 403
    assert said == []
