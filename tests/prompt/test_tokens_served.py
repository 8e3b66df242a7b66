"""A text's tokens on request: exact with the vocabulary, else as its provider counts, else a bound."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any

import pytest
from aiohttp import web

import onedoor
from onedoor.errors import ConfigError, InvalidCall, RequestRejected
from onedoor.prompt.tokens import Count, upper
from onedoor.providers.function import Function
from onedoor.providers.ollama import Ollama
from onedoor.providers.openai import OpenAI
from onedoor.providers.provider import Provider
from onedoor.providers.scripted import Scripted
from onedoor.testing import Scripted as Script

TEXT = "The ships were counted twice."
ESTIMATED = Count(upper(TEXT), "estimated")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "Bearer a-key-of-some-length")


class Server:
    """Answers each path as it is told, 404 elsewhere; `asked` is every path and body it was sent."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, object]] = {}
        self.asked: list[tuple[str, Any]] = []
        self.keys: list[str | None] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, await request.json()))
        self.keys.append(request.headers.get("authorization"))
        status, said = self.answers.get(request.path, (404, {"error": "no such path"}))
        return web.json_response(said, status=status) if not isinstance(said, str) else web.Response(text=said)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """On loopback."""
    told, app = Server(), web.Application()
    app.router.add_route("*", "/{path:.*}", told.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


def config(url: str, *, kind: str = "openai", **model: Any) -> dict[str, Any]:
    return {
        "providers": {"there": {"kind": kind, "base_url": url, "headers": {"authorization": "env:THE_KEY"}}},
        "models": {"mine": {"provider": "there", "name": "local-7b", **model}},
        "tasks": {"chat": {"models": ["mine"]}},
    }


async def count(server: Server, text: str = TEXT, **settings: Any) -> Count:
    async with onedoor.open_async(config(server.url + "/v1", **settings)) as door:
        return await door.count_tokens(text, model="mine")


async def test_a_llama_cpp_server_is_asked_beside_its_v1_root(server: Server) -> None:
    server.answers["/tokenize"] = 200, {"tokens": [1, 22, 333]}
    assert await count(server) == Count(3, "served")
    ((path, body),) = server.asked
    assert (path, body["content"], body["add_special"]) == ("/tokenize", TEXT, False)
    assert server.keys == ["Bearer a-key-of-some-length"]


async def test_so_is_vllm(server: Server) -> None:
    server.answers["/tokenize"] = 200, {"count": 7, "max_model_len": 4096, "tokens": [1] * 7}
    assert await count(server) == Count(7, "served")
    ((_, body),) = server.asked
    assert (body["model"], body["prompt"], body["add_special_tokens"]) == ("local-7b", TEXT, False)


async def test_and_llama_cpp_python_where_it_is(server: Server) -> None:
    server.answers["/extras/tokenize/count"] = 200, {"count": 8}
    assert await count(server) == Count(8, "served")
    assert server.asked[-1] == ("/extras/tokenize/count", {"model": "local-7b", "input": TEXT})


async def test_and_anthropic(server: Server) -> None:
    server.answers["/v1/messages/count_tokens"] = 200, {"input_tokens": 14}
    assert await count(server, kind="anthropic") == Count(14, "served")
    assert server.asked == [
        ("/v1/messages/count_tokens", {"model": "local-7b", "messages": [{"role": "user", "content": TEXT}]})
    ]


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
@pytest.mark.parametrize("answer", [(404, {}), (405, {}), (401, {}), (500, {}), (200, "<html>"), (200, {"ids": []})])
async def test_a_server_that_does_not_say_leaves_the_bound(server: Server, kind: str, answer: tuple[int, Any]) -> None:
    for path in ("/tokenize", "/extras/tokenize/count", "/v1/messages/count_tokens"):
        server.answers[path] = answer
    assert await count(server, kind=kind) == ESTIMATED


async def test_so_does_one_that_takes_too_long(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.providers.counting.WITHIN", 0.0)
    server.answers["/tokenize"] = 200, {"tokens": [1]}
    assert await count(server) == ESTIMATED


async def test_so_does_one_that_is_not_there() -> None:
    nobody = Server()
    nobody.url = "http://127.0.0.1:1"
    assert await count(nobody) == ESTIMATED


async def test_no_call_asks_for_a_count(server: Server) -> None:
    server.answers["/v1/chat/completions"] = (
        200,
        {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}},
    )
    async with onedoor.open_async(config(server.url + "/v1", context=2000)) as door:
        await door.ask(TEXT * 40)
    assert [path for path, _ in server.asked] == ["/v1/chat/completions"]


async def test_nothing_is_asked_about_nothing(server: Server) -> None:
    assert await count(server, "") == Count(0, "estimated")
    assert server.asked == []


@pytest.mark.skipif(not any(map(find_spec, ("rs_bpe", "bpe_openai"))), reason="needs the extra: tokens")
@pytest.mark.parametrize("text", [TEXT, TEXT * 5_000])
async def test_with_the_vocabulary_nobody_is_asked(server: Server, text: str) -> None:
    counted = await count(server, text, tokenizer="o200k")
    assert counted.how == "exact"
    assert counted.tokens >= 6
    assert server.asked == []


async def test_a_wrong_tokenizer_is_found_when_the_door_opens() -> None:
    with pytest.raises(ConfigError, match="neither"):
        onedoor.open_async(config("http://127.0.0.1:1", tokenizer="o300k"))


@pytest.mark.parametrize(("text", "model"), [(TEXT, "yours"), (b"bytes", "mine")])
async def test_what_cannot_be_counted_is_refused(text: Any, model: str) -> None:
    async with onedoor.open_async(config("http://127.0.0.1:1")) as door:
        with pytest.raises(InvalidCall):
            await door.count_tokens(text, model=model)


def test_the_sync_door_counts_the_same() -> None:
    with onedoor.open(config("http://127.0.0.1:1"), providers={"there": Script([])}) as door:
        assert door.count_tokens(TEXT, model="mine") == ESTIMATED


def test_the_simulator_counts_as_it_bills() -> None:
    simulated = {"providers": {"sim": {"kind": "sim"}}, "models": {"mine": {"provider": "sim", "name": "embed"}}}
    with onedoor.open({**simulated, "tasks": {"chat": {"models": ["mine"]}}}) as door:
        counted = door.count_tokens(TEXT, model="mine")
        assert counted == Count(door.embed([TEXT], model="mine").reply.usage.input, "served")


@pytest.mark.parametrize(
    "provider",
    [
        OpenAI("p", "https://api.openai.com/v1"),
        Ollama("p", "http://127.0.0.1:1"),
        Function(lambda call: "hi", name="p"),
        Scripted([], name="p"),
    ],
    ids=lambda provider: type(provider).__name__,
)
async def test_a_provider_without_it_says_so_unasked(provider: Provider) -> None:
    with pytest.raises(RequestRejected, match=r"^p .*count"):
        await provider.count_tokens("m", TEXT)
