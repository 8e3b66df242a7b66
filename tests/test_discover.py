"""What is already here becomes a configuration."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onedoor
from onedoor import ConfigError, Reply
from onedoor.discover import SPOTS, Fetch, Found, Spot, configuration, fetch, look, own_name, served
from onedoor.load import load
from onedoor.standard import Parts
from onedoor.testing import FakeClock, Scripted

OPENAI = b'{"object": "list", "data": [{"id": "qwen2.5-3b"}, {"id": "nomic-embed-text"}]}'
OLLAMA = b'{"models": [{"name": "qwen2.5:3b"}, {"name": "llama3.2:1b"}]}'


def answering(**bodies: bytes) -> Fetch:
    """A machine on which these spots answer."""
    urls = {spot.base_url + spot.listing: bodies[spot.name] for spot in SPOTS if spot.name in bodies}
    return urls.get


def names(found: tuple[Found, ...]) -> list[str]:
    return [place.spot.name for place in found]


def test_nothing_here_is_nothing_found() -> None:
    assert look(environ={}, fetch=answering()) == ()


@pytest.mark.parametrize(
    ("environ", "bodies", "found"),
    [
        ({}, {"ollama": OLLAMA}, ["ollama"]),
        ({}, {"llamacpp": OPENAI, "ollama": OLLAMA}, ["ollama", "llamacpp"]),
        ({"OPENAI_API_KEY": "sk-1"}, {}, ["openai"]),
        ({"ANTHROPIC_API_KEY": "sk-1", "OPENROUTER_API_KEY": "sk-2"}, {}, ["anthropic", "openrouter"]),
        ({"OPENAI_API_KEY": "sk-1"}, {"vllm": OPENAI}, ["vllm", "openai"]),
        ({"OPENAI_API_KEY": ""}, {}, []),
        ({"OPENAI_API_KEY": " \n"}, {}, []),
        ({}, {"vllm": b"<html>hello</html>"}, []),
        ({}, {"vllm": b'{"data": []}'}, []),
        ({}, {"vllm": b'{"data": [{"id": "nomic-embed-text"}]}'}, []),
        ({}, {"vllm": b'{"data": 3}'}, []),
        ({}, {"vllm": b'{"error": "no"}'}, []),
        ({}, {"vllm": b"\xff\xfe"}, []),
        ({}, {"vllm": b""}, []),
    ],
)
def test_local_servers_come_first_and_a_key_is_believed(
    environ: dict[str, str], bodies: dict[str, bytes], found: list[str]
) -> None:
    assert names(look(environ=environ, fetch=answering(**bodies))) == found


def test_nothing_leaves_this_machine() -> None:
    asked: list[str] = []

    def watch(url: str) -> bytes | None:
        asked.append(url)
        return None

    look(environ={"OPENAI_API_KEY": "sk-1"}, fetch=watch)
    assert asked
    assert all(url.startswith("http://127.0.0.1:") for url in asked)


@pytest.mark.parametrize(
    ("body", "models"),
    [
        (OLLAMA, ("qwen2.5:3b", "llama3.2:1b")),
        (OPENAI, ("qwen2.5-3b",)),
        (b'{"data": [{"id": "a"}], "models": [{"name": "a"}, {"name": "b"}]}', ("a", "b")),
        (b'{"data": [{"id": ""}, {"object": "model"}]}', ()),
        (b"[]", ()),
    ],
)
def test_the_models_of_a_listing(body: bytes, models: tuple[str, ...]) -> None:
    assert served(body) == models


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("qwen2.5:3b", "qwen2_5_3b"),
        ("Qwen/Qwen2.5-3B-Instruct", "qwen2_5_3b_instruct"),
        ("/models/tiny.gguf", "tiny"),
        ("models/", "models"),
        ("…", "model"),
    ],
)
def test_a_served_name_becomes_a_name_of_ones_own(name: str, own: str) -> None:
    assert own_name(name) == own


@settings(deadline=None)
@given(st.text())
def test_a_name_of_ones_own_is_a_bare_toml_key(name: str) -> None:
    own = own_name(name)
    assert own
    assert set(own) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


EVERYTHING = {"OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "sk-2", "OPENROUTER_API_KEY": "sk-3"}


@pytest.mark.parametrize(
    ("environ", "bodies"),
    [
        ({}, {"ollama": OLLAMA}),
        (EVERYTHING, {}),
        (EVERYTHING, {"ollama": OLLAMA, "lmstudio": OPENAI, "vllm": OPENAI, "llamacpp": OPENAI}),
    ],
)
def test_what_was_found_is_a_valid_configuration(environ: dict[str, str], bodies: dict[str, bytes]) -> None:
    found = look(environ=environ, fetch=answering(**bodies))
    config = load(configuration(found))
    (task,) = config.tasks.values()
    assert list(config.providers) == names(found)
    assert task.models == list(config.models)
    assert config.models[task.models[0]].provider == found[0].spot.name
    assert {provider.key for provider in config.providers.values()} <= {"", *(f"env:{name}" for name in EVERYTHING)}


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1))
def test_whatever_a_server_calls_its_models_the_configuration_is_valid(listed: list[str]) -> None:
    spot = SPOTS[0]
    load(configuration([Found(spot, tuple((own_name(name), name, "") for name in listed))]))


def test_of_a_long_list_only_the_first_models_are_taken() -> None:
    body = b'{"data": [%s]}' % b",".join(b'{"id": "m%d"}' % place for place in range(50))
    (place,) = look(environ={}, fetch=answering(vllm=body))
    assert [name for name, _, _ in place.models] == [f"m{number}" for number in range(8)]


# A real server


class Listing(BaseHTTPRequestHandler):
    body = OPENAI

    def do_GET(self) -> None:
        found = self.path == "/v1/models"
        self.send_response(200 if found else 404)
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        """Quietly."""


@contextmanager
def at_a_port(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that takes one connection and does what it likes with it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            connection, _ = listening.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=once)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_real_server_is_found() -> None:
    with HTTPServer(("127.0.0.1", 0), Listing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            spot = Spot("here", "openai", f"http://127.0.0.1:{server.server_port}/v1")
            found = look(environ={}, spots=[spot])
            missing = fetch(f"http://127.0.0.1:{server.server_port}/else")
        finally:
            server.shutdown()
            thread.join()
    config = load(configuration(found))
    assert config.models["qwen2_5_3b"].name == "qwen2.5-3b"
    assert missing is None


ODD: dict[str, bytes] = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "half a body": b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}",
    "broken chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 200,
    "a failure": b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n",
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD.keys())
def test_whatever_else_listens_there_is_passed_over(answer: bytes) -> None:
    def say(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer)

    with at_a_port(say) as port:
        assert look(environ={}, spots=[Spot("odd", "openai", f"http://127.0.0.1:{port}")]) == ()


def test_a_port_where_nobody_listens_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert fetch(f"http://127.0.0.1:{port}/models") is None


# Opening without a configuration


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("onedoor.discover.SPOTS", ())


@pytest.mark.usefixtures("nowhere")
def test_with_nothing_here_opening_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.discover.look", lambda: ())
    with pytest.raises(ConfigError, match="onedoor init"):
        onedoor.open_async(parts=Parts())


@pytest.mark.usefixtures("nowhere")
def test_a_door_opens_with_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = look(environ={"OPENAI_API_KEY": "sk-1"}, fetch=answering())
    monkeypatch.setattr("onedoor.discover.look", lambda: found)
    door: Any = onedoor.open_async(providers={"openai": Scripted(["hello"])}, parts=Parts())
    reply: Reply = FakeClock().run(door.ask("hi"))
    assert (reply.text, reply.provider) == ("hello", "scripted")
