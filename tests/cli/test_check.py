"""`onedoor check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from onedoor.checkup import Finding, fix, names_of
from onedoor.config import Provider
from onedoor.errors import (
    BadEnvelope,
    ConfigError,
    ConnectFailed,
    CredentialRejected,
    OnedoorError,
    QuotaExhausted,
    ServerFault,
    Throttled,
)

from .processes import Cli
from .servers import Serves

LOCAL = Provider("openai", base_url="http://127.0.0.1:9/v1")
FAR = Provider("openai", base_url="https://api.example.com", key="env:FAR_KEY")


def test_everything_wrong_is_named_with_what_mends_it(cli: Cli, place: Path) -> None:
    ended = cli("check")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "ok  sim: reached; it serves 28 models"
    assert any(line.startswith("BAD gone: can't be reached at http://127.0.0.1:9/v1") for line in lines)
    assert "    mend it: start the server that should listen on http://127.0.0.1:9/v1" in lines
    assert "BAD keyless: needs a key: the environment has no A_KEY_NOT_SET" in lines
    assert "    mend it: export A_KEY_NOT_SET=…  (a valid key)" in lines
    assert any(line.startswith("BAD lost: providers.lost.function: 'no_such_module:answer'") for line in lines)
    assert any(line.startswith("BAD task unlucky: ") for line in lines)
    assert "    mend it: install the module, or say where it is: PYTHONPATH=. onedoor check" in lines


def test_all_is_well(cli: Cli, place: Path) -> None:
    (place / "good.toml").write_text('[providers.sim]\nkind = "sim"\n')
    ended = cli("check", "-c", "good.toml")
    assert (ended.code, ended.out) == (0, "ok  sim: reached; it serves 28 models\n")


def test_json_has_the_same_exit_code(cli: Cli, place: Path) -> None:
    ended = cli("check", "--json")
    assert ended.code == 1
    assert [Finding(**finding) for finding in ended.data if finding["ok"]] == [
        Finding("sim", True, "reached; it serves 28 models"),
        Finding("slow", True, "reached; it serves 28 models"),
    ]


def test_a_configuration_without_providers_is_not_well(cli: Cli, place: Path) -> None:
    (place / "bare.toml").write_text("")
    ended = cli("check", "-c", "bare.toml")
    assert ended.code == 1
    assert "no provider is configured" in ended.out


def test_a_configuration_that_cannot_be_read_is_3(cli: Cli, place: Path) -> None:
    assert cli("check", "-c", "missing.toml").code == 3


def test_models_that_are_not_served(cli: Cli, place: Path, serves: Serves) -> None:
    ollama = serves({"/api/tags": {"models": [{"name": "tiny:latest"}]}, "/api/ps": {"models": []}})
    openai = serves({"/v1/models": {"data": [{"id": f"model-{number}"} for number in range(10)]}})
    (place / "there.toml").write_text(
        f'[providers]\nhere = {{ kind = "ollama", base_url = "{ollama}" }}\n'
        f'other = {{ kind = "openai", base_url = "{openai}/v1" }}\n'
        '[models]\ntiny = { provider = "here", name = "tiny" }\nbig = { provider = "here", name = "big:70b" }\n'
        'typo = { provider = "other", name = "model-x" }\n'
    )
    lines = cli("check", "-c", "there.toml").out.splitlines()
    assert lines == [
        "ok  here: reached; it serves 1 model",
        "BAD here/big: here does not serve 'big:70b'",
        "    mend it: ollama pull big:70b",
        "ok  other: reached; it serves 10 models",
        "BAD other/typo: other does not serve 'model-x'",
        "    mend it: set the model's name to one of: "
        + ", ".join(f"model-{number}" for number in range(8))
        + ", … (10 in all)",
    ]


def test_a_wrong_address_is_mended_with_v1(cli: Cli, place: Path, serves: Serves) -> None:
    address = serves({"/v1/models": {"data": []}})
    (place / "there.toml").write_text(f'[providers.here]\nkind = "openai"\nbase_url = "{address}"\n')
    assert f'base_url usually ends in /v1: "{address}/v1"' in cli("check", "-c", "there.toml").out


@pytest.mark.parametrize(
    ("error", "provider", "mends"),
    [
        (ConnectFailed(""), LOCAL, "start the server that should listen on http://127.0.0.1:9/v1"),
        (ConnectFailed(""), FAR, "is https://api.example.com right, and is there a network?"),
        (ConnectFailed(""), Provider("ollama"), "ollama serve"),
        (ConnectFailed(""), Provider("ollama", base_url="http://far.example:1"), "is http://far.example:1 right"),
        (CredentialRejected(""), FAR, "export FAR_KEY=…"),
        (CredentialRejected(""), Provider("openai", key="file:~/key"), "put a valid key into ~/key"),
        (CredentialRejected(""), Provider("anthropic"), 'key = "env:ANTHROPIC_API_KEY"'),
        (BadEnvelope(""), FAR, 'base_url usually ends in /v1: "https://api.example.com/v1"'),
        (BadEnvelope(""), LOCAL, "is this a server of kind 'openai'? check base_url"),
        (QuotaExhausted(""), FAR, "add money or quota to the account"),
        (ServerFault(""), FAR, "see its log"),
        (Throttled(""), FAR, "wait a moment"),
        (ConfigError(""), Provider("function", function="a:b"), "PYTHONPATH=."),
        (ConfigError(""), FAR, ""),
    ],
)
def test_fixes(error: OnedoorError, provider: Provider, mends: str) -> None:
    assert fix(error, provider).startswith(mends) if not mends else mends in fix(error, provider)


def test_latest_may_be_left_out() -> None:
    assert names_of("tiny:latest") == {"tiny", "tiny:latest"}
    assert names_of("tiny:3b") == {"tiny:3b"}
