"""A configuration is right, or the message names the place, the rule and the fix."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onedoor
from onedoor import ConfigError
from onedoor.config import Defaults, DocumentScreening, File, Seconds, Task, json_schema, limits
from onedoor.kinds import KINDS
from onedoor.load import find, load, merged
from onedoor.shape import expected
from onedoor.types import Limits

GOOD = """\
[providers.hosted]
kind = "openai"
base_url = "https://api.example.com/v1"
key = "env:HOSTED_KEY"

[models.big]
provider = "hosted"
name = "big-1"

[tasks.chat]
models = ["big"]
"""


TASK = "[tasks.t]\nmodels = ['big']\n"
MODEL = "[models.m]\nprovider = 'hosted'\nname = 'x'\n"
PROVIDER = "[providers.p]\nkind = 'openai'\n"
BY = TASK + "verify.by = ["
LABS = """\
[models]
ours = { provider = "hosted", name = "x", lab = "us" }
theirs = { provider = "hosted", name = "y", lab = "them" }
[tasks]
all = { models = ["ours", "big"] }
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "onedoor.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(source: Any) -> str:
    with pytest.raises(ConfigError) as raised:
        load(source)
    return str(raised.value)


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    for config in (load(path), load(str(path))):
        assert config.source == str(path)
        assert config.providers["hosted"].key == "env:HOSTED_KEY"
        assert config.models["big"].name == "big-1"
        assert config.tasks["chat"].models == ["big"]


def test_a_dict_is_the_same_as_a_file() -> None:
    config = load({"providers": {"hosted": {"kind": "openai"}}})
    assert config.source == "the given configuration"


def test_an_empty_configuration_is_valid() -> None:
    assert load({}).tasks == {}


# What was added to the good file, at which line the message points, and what it says.
WRONG: list[tuple[str, int, str, str]] = [
    # a key nobody knows, at every level
    ("[taks.chat]", 12, "taks", "unknown key; did you mean 'tasks'?"),
    ("[providers.local]\nkind = 'ollama'\nbase_uri = 'x'", 14, "providers.local.base_uri", "did you mean 'base_url'?"),
    ("[models.m]\nprovider = 'hosted'\nnmae = 'x'", 14, "models.m.nmae", "did you mean 'name'?"),
    (MODEL + "price={inptu=1,output=2}", 15, "models.m.price.inptu", "'input'?"),
    (TASK + "temprature = 1", 14, "tasks.t.temprature", "did you mean 'temperature'?"),
    (
        TASK + "[tasks.t.timeout]\nfirst_tokn = 1",
        15,
        "tasks.t.timeout.first_tokn",
        "'first_token'?",
    ),
    (TASK + "retry = { send = 1 }", 14, "tasks.t.retry.send", "did you mean 'sends'?"),
    (TASK + "cache = { tll = 1 }", 14, "tasks.t.cache.tll", "did you mean 'ttl'?"),
    (
        TASK + "last_resort = [{ templat = 'x' }]",
        14,
        "tasks.t.last_resort[0].templat",
        "did you mean 'template'?",
    ),
    ("[callers.ann]\ntask = ['chat']", 13, "callers.ann.task", "did you mean 'tasks'?"),
    ("[defaults]\nmodels = ['big']", 13, "defaults.models", "unknown key"),
    ("[defaults.timeout]\ntotall = 3", 13, "defaults.timeout.totall", "did you mean 'total'?"),
    ("[defaults.retry]\nxyzzy = 3", 13, "defaults.retry.xyzzy", "there are max_wait, per_call, sends"),
    # a name nobody has
    (
        "[models.m]\nprovider = 'hostd'\nname = 'x'",
        13,
        "models.m.provider",
        "no provider 'hostd'; did you mean 'hosted'?",
    ),
    ("[tasks.t]\nmodels = ['bgi']", 13, "tasks.t.models", "there is no model 'bgi'; did you mean 'big'?"),
    ("[tasks.t]\nmodels = ['big', 'big']", 13, "tasks.t.models", "a model is named twice"),
    ("[callers.ann]\ntasks = ['caht']", 13, "callers.ann.tasks", "there is no task 'caht'; did you mean 'chat'?"),
    ("[callers.ann]\nmodels = ['bigg']", 13, "callers.ann.models", "there is no model 'bigg'; did you mean 'big'?"),
    ("[providers.p]\nkind = 'opnai'", 13, "providers.p.kind", "unknown kind 'opnai'; did you mean 'openai'?"),
    # a value of the wrong type
    ("defaults = 3", 12, "tasks.chat.defaults", "unknown key"),
    ("[defaults]\ntimeout = 3", 13, "defaults.timeout", "must be a table, not 3"),
    ("[models]\nm = 'x'", 13, "models.m", "must be a table, not 'x'"),
    ("[providers]\np = 3", 13, "providers.p", "must be a table, not 3"),
    ("[tasks]\nt = ['big']", 13, "tasks.t", "must be a table, not list"),
    ("[tasks.t]\nmodels = 'big'", 13, "tasks.t.models", "must be a list of texts, not empty, not 'big'"),
    ("[tasks.t]\nmodels = [1]", 13, "tasks.t.models[0]", "must be a text, not int"),
    ("[tasks.t]\nmodels = []", 13, "tasks.t.models", "must be a list of texts, not empty"),
    (
        TASK + "temperature = 'hot'",
        14,
        "tasks.t.temperature",
        "must be a number from 0 to 2, not 'hot'",
    ),
    (
        TASK + "temperature = 2.5",
        14,
        "tasks.t.temperature",
        "must be a number from 0 to 2, not 2.5",
    ),
    (TASK + "top_p = 0", 14, "tasks.t.top_p", "must be a number above 0 to 1, not 0"),
    (TASK + "hold = 'yes'", 14, "tasks.t.hold", "must be true or false, not 'yes'"),
    (TASK + "seed = 1.5", 14, "tasks.t.seed", "must be a whole number, not 1.5"),
    (
        TASK + "max_output_tokens = 0",
        14,
        "tasks.t.max_output_tokens",
        "a whole number from 1, not 0",
    ),
    (TASK + "degrade = 'no'", 14, "tasks.t.degrade", 'must be "label" or "never", not \'no\''),
    (
        TASK + "reasoning = 'hgih'",
        14,
        "tasks.t.reasoning",
        'must be "off" or "low" or "medium" or "high", not \'hgih\'',
    ),
    (
        TASK + "timeout.connect = 'x'",
        14,
        "tasks.t.timeout.connect",
        "must be a number of seconds above 0 or \"none\", not 'x'",
    ),
    (
        TASK + "timeout = { total = 0 }",
        14,
        "tasks.t.timeout.total",
        'must be a number of seconds above 0 or "none", not 0',
    ),
    (
        TASK + "deadline = -1",
        14,
        "tasks.t.deadline",
        'must be a number of seconds above 0 or "none", not -1',
    ),
    (TASK + "retry.sends = 0", 14, "tasks.t.retry.sends", "must be a whole number from 1, not 0"),
    (TASK + "cache.ttl = -1", 14, "tasks.t.cache.ttl", "must be a number from 0, not -1"),
    (TASK + "stop = 'END'", 14, "tasks.t.stop", "must be a list of texts, not 'END'"),
    (
        TASK + "last_resort = ['lastgood']",
        14,
        "tasks.t.last_resort[0]",
        "must be \"last_good\" or a table, not 'lastgood'",
    ),
    ("[providers.p]\nkind = 3", 13, "providers.p.kind", "must be a text"),
    ("[providers.p]\nkind='sim'\nspeed = 0", 14, "providers.p.speed", "must be a number above 0, not 0"),
    (PROVIDER + "headers = { x-a = 1 }", 14, "providers.p.headers.x-a", "must be a text, not int"),
    ("[models.m]\nprovider='hosted'\nname=''", 14, "models.m.name", "must be a text, not empty"),
    (
        MODEL + "context='8k'",
        15,
        "models.m.context",
        "a whole number from 1, not '8k'",
    ),
    (
        MODEL + "price.input=-1\nprice.output=1",
        15,
        "models.m.price.input",
        "from 0, not -1",
    ),
    (MODEL + "price=0.5", 15, "models.m.price", "must be a table, not 0.5"),
    # something is missing
    ("[providers.p]\nbase_url = 'http://x'", 12, "providers.p", "kind is missing; it must be a text"),
    ("[models.m]\nname = 'x'", 12, "models.m", "provider is missing; it must be a text"),
    (MODEL + "price={input=1}", 15, "models.m.price", "output is missing"),
    ("[tasks.t]", 12, "tasks.t", "models is missing; it must be a list of texts, not empty"),
    (TASK + "cache={}", 14, "tasks.t.cache", "ttl is missing; it must be a number from 0"),
    # a default is wrong where it is written, not in every task
    ("[defaults]\ntemperature = 5", 13, "defaults.temperature", "must be a number from 0 to 2, not 5"),
    ("[defaults]\ntimeout.connect = 'x'", 13, "defaults.timeout.connect", "a number of seconds"),
    # an address that is none
    (PROVIDER + "base_url='localhost:8000'", 14, "providers.p.base_url", "begins with http://"),
    # a key where none belongs
    (PROVIDER + "key='sk-123456789'", 14, "providers.p.key", 'write "env:NAME_OF_IT"'),
    (PROVIDER + "key='env:'", 14, "providers.p.key", '"env:" names nothing'),
    (PROVIDER + "key='file: '", 14, "providers.p.key", '"file:" names nothing'),
    (
        PROVIDER + "headers={Authorization='Bearer sk-123456789'}",
        14,
        "providers.p.headers.Authorization",
        'write "env:NAME_OF_IT"',
    ),
    (
        PROVIDER + "[providers.p.headers]\nX-Api-Key='sk-123456789'",
        15,
        "X-Api-Key",
        "never written here",
    ),
    # last resorts
    (TASK + "last_resort=['last_good']", 14, "tasks.t.last_resort[0]", "add cache = { ttl = 0 }"),
    (TASK + "last_resort=[{}]", 14, "tasks.t.last_resort[0]", "give either template or function"),
    (
        TASK + "last_resort=[{template='x', function='a:b'}]",
        14,
        "tasks.t.last_resort[0]",
        "give either template or function",
    ),
    (
        TASK + "last_resort=[{function='a.b'}]",
        14,
        "last_resort[0]",
        "'a.b' is not \"module:callable\"",
    ),
    (
        TASK + "last_resort=[{template='{promt}'}]",
        14,
        "tasks.t.last_resort[0]",
        "the template names {promt}; did you mean 'prompt'?",
    ),
    (
        TASK + "last_resort=[{template='{'}]",
        14,
        "tasks.t.last_resort[0]",
        "the template is malformed",
    ),
    # rates and budgets
    (PROVIDER + "rates = [{ request = 3 }]", 14, "providers.p.rates[0].request", "did you mean 'requests'?"),
    (PROVIDER + "rates = [{ requests = 3 }, {}]", 14, "providers.p.rates[1]", "give either requests or tokens"),
    (PROVIDER + "rates = [{ requests = 3, tokens = 3 }]", 14, "providers.p.rates[0]", "give either requests or tokens"),
    (
        PROVIDER + "[[providers.p.rates]]\nrequests = 0",
        15,
        "providers.p.rates[0].requests",
        "a whole number from 1, not 0",
    ),
    (
        PROVIDER + "[[providers.p.rates]]\nrequests = 1\n[[providers.p.rates]]\nper = 1\nrequests = 0",
        18,
        "providers.p.rates[1].requests",
        "a whole number from 1, not 0",
    ),
    (PROVIDER + "rates = [{ requests = 3, per = 'year' }]", 14, "providers.p.rates[0].per", "not 'year'"),
    (PROVIDER + "rates = [{ requests = 3, per = 0 }]", 14, "providers.p.rates[0].per", "more than 0 seconds, not 0"),
    (MODEL + "budgets = [{}]", 15, "models.m.budgets[0]", "give either usd or tokens"),
    (MODEL + "budgets = [{ usd = 0 }]", 15, "models.m.budgets[0].usd", "must be a number above 0, not 0"),
    (MODEL + "budgets = [{ usd = 1, guaranteed = true }]", 15, "budgets[0].guaranteed", "only a caller's budget"),
    ("[runs.r]\nbudgets = [{ usd = 1, timezone = 'Europe/Berln' }]", 13, "timezone", "did you mean 'Europe/Berlin'?"),
    ("[callers.ann]\npriority = 'low'", 13, "callers.ann.priority", 'must be "interactive" or "bulk", not \'low\''),
    ("[state]\npaht = 'x'", 13, "state.paht", "did you mean 'path'?"),
    ("[state]\ndurability = 'much'", 13, "state.durability", 'must be "process" or "power", not \'much\''),
    # users
    ("[users]\nrates = [{ tokens = 3 }]", 13, "users.rates[0]", "counts requests; give requests"),
    ("[users]\nrates = [{}]", 13, "users.rates[0]", "give either requests or tokens"),
    ("[users]\nrate = []", 13, "users.rate", "did you mean 'rates'?"),
    # prompts and templates
    (TASK + "prompt.markng = 'x'", 14, "tasks.t.prompt.markng", "did you mean 'marking'?"),
    (TASK + "prompt.keep = 'all'", 14, "tasks.t.prompt.keep", 'must be "head" or "tail" or "middle", not \'all\''),
    (TASK + "prompt.examples = [{ question = 'x' }]", 14, "tasks.t.prompt.examples[0]", "answer is missing"),
    (MODEL + "system = 'model'", 15, "models.m.system", '"system" or "developer" or "user", not \'model\''),
    ("[templates.a]", 12, "templates.a", "give either text or file"),
    ("[templates.a]\ntext = 'x'\nfile = 'y'", 12, "templates.a", "give either text or file"),
    ("[templates.a]\nfile = 'none.txt'", 13, "templates.a.file", "none.txt can't be read"),
    ("[templates.a]\ntext = '{ x'", 12, "templates.a", "a single '{'"),
    ("[templates.a]\ntext = 'hi {nme}'\nvariables = ['name']", 12, "templates.a", "name"),
    # the guard
    (TASK + "guard.user = 'drop'", 14, "tasks.t.guard.user", "not 'drop'"),
    (TASK + "guard.user = { actoin = 'log' }", 14, "tasks.t.guard.user.actoin", "did you mean 'action'?"),
    (TASK + "guard.documents.threshold = 2", 14, "tasks.t.guard.documents.threshold", "a number from 0 to 1, not 2"),
    (TASK + "guard.semantic = 'bulitin'", 14, "tasks.t.guard.semantic", "'bulitin' must be \"builtin\""),
    (TASK + "guard.semantic = 'task:caht'", 14, "tasks.t.guard.semantic", "no task 'caht'; did you mean 'chat'?"),
    (TASK + "guard.semantic = 'task:t'", 14, "tasks.t.guard.semantic", "so it can't be a guard"),
    ("[defaults]\nguard.semantic = 'task:'", 13, "defaults.guard.semantic", "must be"),
    (TASK + "guard.user.allow = ['overide']", 14, "tasks.t.guard.user.allow[0]", "did you mean 'override'?"),
    ("[defaults]\nguard.output.allow = ['link.image']", 13, "defaults.guard.output.allow[0]", "no family 'link'"),
    (
        TASK + "guard.user = 'drop'\n[defaults]\nguard.user.threshold = 0.5",
        14,
        "tasks.t.guard.user.action",
        "not 'drop'",
    ),
    # verifiers and reviewers
    (TASK + "verify = {}", 14, "tasks.t.verify", "by is missing"),
    (TASK + "verify.by = []", 14, "tasks.t.verify.by", "not empty"),
    (BY + "{}]", 14, "tasks.t.verify.by[0]", "exactly one of contract, function, command, agree, judge"),
    (BY + "{ timeout = 1 }]", 14, "tasks.t.verify.by[0]", "give exactly one of contract"),
    (BY + "{ agree = 2 }, { contract = 1, agree = 2 }]", 14, "by[1]", "not contract and agree"),
    ("[[defaults.verify.by]]\nname = 'x'", 12, "defaults.verify.by[0]", "give exactly one of"),
    (TASK + "[[tasks.t.verify.by]]\nfunction = 'a.b'", 15, "by[0].function", "'a.b' is not \"module:callable\""),
    (BY + "{ function = 'a:' }]", 14, "tasks.t.verify.by[0].function", "'a:' is not \"module:callable\""),
    (BY + "{ command = [''] }]", 14, "tasks.t.verify.by[0].command", "the program has no name"),
    (BY + "{ agree = 4 }]", 14, "tasks.t.verify.by[0].agree", "4 of 3 samples can never agree; raise samples"),
    (BY + "{ command = ['sh'], file = '../x' }]", 14, "by[0].file", "'../x' must be a file inside"),
    (BY + "{ command = ['sh'], file = '/x' }]", 14, "by[0].file", "like answer.py"),
    (BY + "{ judge = {} }]", 14, "tasks.t.verify.by[0].judge", "task is missing"),
    (BY + "{ judge = { task = 'caht' } }]", 14, "by[0].judge.task", "no task 'caht'; did you mean 'chat'?"),
    (BY + "{ judge = { task = 't' } }]", 14, "by[0].judge.task", "the answers of 't' are judged themselves"),
    (TASK + "reviewer = { task = 'caht' }", 14, "tasks.t.reviewer.task", "no task 'caht'; did you mean 'chat'?"),
    (
        TASK + "reviewer = { task = 'chat', different_lab = true }",
        14,
        "tasks.t.reviewer.different_lab",
        "the lab of model 'big' isn't known; give [models.big] its lab",
    ),
    (
        f"{LABS}[tasks.t]\nmodels = ['ours', 'theirs']\nreviewer = {{ task = 'all', different_lab = true }}",
        19,
        "tasks.t.reviewer.different_lab",
        "no model of task 'all' (ours, big) is surely of another lab than 'ours' (us)",
    ),
    (
        f"{LABS}[tasks.t]\nmodels = ['ours']\nverify.by = [{{ judge = {{ task = 'chat', different_lab = true }} }}]",
        19,
        "tasks.t.verify.by[0].judge.different_lab",
        "no model of task 'chat' (big) is surely of another lab than 'ours' (us); give each its lab, or add one",
    ),
    # what only another kind of provider takes
    ("[providers.p]\nkind='function'", 12, "providers.p.function", 'must be "module:callable"'),
    (PROVIDER + "function='a:b'", 14, "providers.p.function", "only kind 'function' takes it"),
    ("[providers.p]\nkind='ollama'\nseed=3", 14, "providers.p.seed", "only kind 'sim' takes it, and this is 'ollama'"),
]


@pytest.mark.parametrize(("added", "line", "path", "rule"), WRONG, ids=[f"{row[2]}: {row[3]}" for row in WRONG])
def test_a_mistake_is_named_with_its_place_and_its_rule(
    tmp_path: Path, added: str, line: int, path: str, rule: str
) -> None:
    file = write(tmp_path, f"{GOOD}{added}\n")
    message = refusal(file)
    assert message.startswith(f"{file}:{line}: ")
    assert f"{path}: " in message
    assert rule in message


@pytest.mark.parametrize(("added", "line", "path", "rule"), WRONG[:20])
def test_a_mistake_in_a_dict_is_named_by_its_path(added: str, line: int, path: str, rule: str) -> None:
    message = refusal(tomllib.loads(GOOD + added))
    assert message.startswith("the given configuration: ")
    assert f"{path}: " in message
    assert rule in message


@pytest.mark.parametrize("value", [3, "x", ["x"], None])
@pytest.mark.parametrize("section", ["providers", "models", "tasks", "callers", "defaults"])
def test_a_section_is_a_table(section: str, value: Any) -> None:
    assert f"{section}: must be a table" in refusal({section: value})


def test_a_literal_key_is_never_repeated(tmp_path: Path) -> None:
    for line in ("key='sk-very-secret'", "headers={authorization='sk-very-secret'}", "key=1234567890123456"):
        message = refusal(write(tmp_path, f"{GOOD}[providers.p]\nkind='openai'\n{line}\n"))
        assert "secret" not in message
        assert "1234567890" not in message


@pytest.mark.parametrize(
    "header", ["authorization = 'env:TOKEN'", "x-api-key = 'file:~/key'", "x-title = 'my app'", "http-referer = 'x'"]
)
def test_headers_may_be_references_and_plain_ones_may_be_words(tmp_path: Path, header: str) -> None:
    load(write(tmp_path, f"{GOOD}[providers.p]\nkind='openai'\n[providers.p.headers]\n{header}\n"))


# Files


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    message = refusal(tmp_path / "none.toml")
    assert "none.toml" in message
    assert "onedoor init" in message


def test_what_is_not_toml_is_named_with_its_line(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, f"{GOOD}[tasks.t]\nmodels = [big]\n"))
    assert "onedoor.toml is not valid TOML" in message
    assert "line 13" in message


def test_a_name_given_twice_is_not_toml(tmp_path: Path) -> None:
    assert "not valid TOML" in refusal(write(tmp_path, f"{GOOD}[tasks.chat]\nmodels = ['big']\n"))


def test_a_directory_cannot_be_read(tmp_path: Path) -> None:
    assert "can't be read" in refusal(tmp_path)


def test_bytes_that_are_not_utf8_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "onedoor.toml"
    path.write_bytes(b"# caf\xe9\n")
    assert "can't be read" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_cannot_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.chmod(0)
    assert "can't be read" in refusal(path)


def test_a_door_is_opened_with_the_file_in_this_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    assert find() is None
    (tmp_path / "home" / "onedoor").mkdir(parents=True)
    (tmp_path / "home" / "onedoor" / "onedoor.toml").write_text(GOOD)
    assert find() == tmp_path / "home" / "onedoor" / "onedoor.toml"
    write(tmp_path, GOOD)
    assert find() == Path("onedoor.toml")
    assert onedoor.open_async().config.source == "onedoor.toml"


# Defaults and where a value came from


def test_defaults_lie_under_every_task(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            GOOD
            + "temperature = 0.2\ntimeout.total = 9\n"
            + "[tasks.other]\nmodels = ['big']\n"
            + "[defaults]\ntemperature = 1\nseed = 7\ntimeout = { connect = 2, total = 60 }\noptions = { top_k = 3 }\n",
        )
    )
    chat, other = config.tasks["chat"], config.tasks["other"]
    assert (chat.temperature, chat.seed, chat.options) == (0.2, 7, {"top_k": 3})
    assert limits(chat.timeout) == Limits(connect=2, total=9)
    assert (other.temperature, limits(other.timeout)) == (1, Limits(connect=2, total=60))


def test_a_task_can_complete_a_default(tmp_path: Path) -> None:
    config = load(write(tmp_path, f"{GOOD}cache.shared = true\n[defaults]\ncache.ttl = 60\n"))
    cache = config.tasks["chat"].cache
    assert cache is not None
    assert (cache.ttl, cache.shared) == (60, True)


GUARDS: list[tuple[Any, Any, tuple[str, float | None]]] = [
    ({"action": "block", "threshold": 0.5}, "log", ("log", 0.5)),
    ("drop", {"threshold": 0.5}, ("drop", 0.5)),
    ("drop", {"action": "log"}, ("log", None)),
    ({"threshold": 0.5}, {"action": "log"}, ("log", 0.5)),
]


@pytest.mark.parametrize(("below", "above", "both"), GUARDS)
def test_an_action_of_the_guard_and_a_table_are_laid_over_each_other(below: Any, above: Any, both: Any) -> None:
    config = load(
        {
            "providers": {"hosted": {"kind": "openai"}},
            "models": {"big": {"provider": "hosted", "name": "big-1"}},
            "defaults": {"guard": {"documents": below}},
            "tasks": {"chat": {"models": ["big"], "guard": {"documents": above}}},
        }
    )
    guard = config.tasks["chat"].guard
    assert guard is not None
    assert isinstance(guard.documents, DocumentScreening)
    assert (guard.documents.action, guard.documents.threshold) == both


ORIGINS = (
    GOOD
    + "temperature = 0.2\n"  # 12
    + "timeout.total = 9\n"  # 13
    + "retry = { sends = 1 }\n"  # 14
    + "[defaults]\n"  # 15
    + "seed = 7\n"  # 16
    + "timeout = { connect = 2 }\n"  # 17
    + "temperature = 1\n"  # 18
)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("models", 11),
        ("temperature", 12),
        ("timeout.total", 13),
        ("timeout.connect", 17),
        ("timeout.stall", None),
        ("retry.sends", 14),
        ("retry.per_call", None),
        ("seed", 16),
        ("deadline", None),
    ],
)
def test_every_effective_value_knows_where_it_came_from(tmp_path: Path, key: str, line: int | None) -> None:
    config = load(write(tmp_path, ORIGINS))
    assert config.origin("chat", key) == (f"{config.source}:{line}" if line else "built in")


def test_lines_are_right_behind_comments_quotes_and_lists_over_several_lines(tmp_path: Path) -> None:
    text = (
        "# [tasks.chat]\n"
        "# models = 1\n"
        "[providers . 'hosted'] # a comment ]\n"
        "kind = 'openai'\n"
        "[models.'gpt-4.1']\n"
        "provider = 'hosted'\n"
        "name = 'x'\n"
        "[tasks.chat]\n"
        "models = [\n"
        "  'gpt-4.1', # first\n"
        "]\n"
        "last_resort = [\n"
        "  { template = 'a = b' },\n"
        "]\n"
        "seed = 'x'\n"
    )
    assert refusal(write(tmp_path, text)).startswith(f"{tmp_path / 'onedoor.toml'}:15: tasks.chat.seed: ")


TABLES = st.recursive(
    st.integers(0, 9), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=9
).filter(lambda value: isinstance(value, dict))


@settings(deadline=None)
@given(TABLES, TABLES)
def test_what_is_said_above_wins_and_what_is_said_below_shows_through(below: Any, above: Any) -> None:
    result = merged(below, above)
    assert merged(below, {}) == below
    assert merged({}, above) == above
    assert result.keys() == below.keys() | above.keys()
    for key, value in result.items():
        if key not in above:
            assert value == below[key]
        elif not isinstance(above[key], dict):
            assert value == above[key]


@settings(deadline=None)
@given(TABLES, TABLES, TABLES)
def test_laying_tables_over_each_other_twice_changes_nothing(below: Any, middle: Any, above: Any) -> None:
    once = merged(below, above)
    assert merged(once, above) == once


# The schema

GOOD_RAW: dict[str, Any] = {
    "providers": {"x": {"kind": "openai"}},
    "models": {"x": {"provider": "x", "name": "x-1", "lab": "one"}, "y": {"provider": "x", "name": "y", "lab": "two"}},
    "tasks": {"x": {"models": ["x"]}, "y": {"models": ["y"], "verify": {"by": [{"contract": 0.5}]}}},
}
# What the schema can't say: references, and words with a form of their own.
WORDS: dict[str, Any] = {
    "schema": {"type": "object"},
    "default_task": "x",
    "task": "y",
    "semantic": "builtin",
    "file": "words.txt",
    "command": ["true"],
    "timezone": "Europe/Berlin",
    "base_url": "https://api.example.com/v1",
    "function": "os.path:basename",
    "key": "env:KEY",
    "kind": "openai",
    "models": ["x"],
    "provider": "x",
    "tasks": ["x"],
}
CHOICES: dict[tuple[str, ...], Any] = {
    ("requests", "tokens"): 1,
    ("usd", "tokens"): 1,
    ("text", "file"): "words",
    ("contract", "function", "command", "agree", "judge"): 1,
}
"""Exactly one of these is given."""
Schema = dict[str, Any]
Keys = tuple[str | int, ...]
KIND_OF_OPTION = {option: name for name, kind in KINDS.items() for option in kind.options}


SCHEMA = json_schema()


def resolved(schema: Schema) -> Schema:
    """The schema behind a reference; of several the table, else the first real one."""
    if "$ref" in schema:
        found: Schema = SCHEMA["definitions"][schema["$ref"].rpartition("/")[2]]
        return found
    if "anyOf" in schema:
        parts = [part for part in schema["anyOf"] if part.get("type") != "null"]
        return resolved(next((part for part in parts if "$ref" in part), parts[0]))
    return schema


def every_key(schema: Schema, path: Keys = ()) -> Iterator[Keys]:
    """The path of every key in the schema; `x` is a table's own name, 0 a place in a list."""
    schema = resolved(schema)
    for key, below in schema.get("properties", {}).items():
        yield (*path, key)
        yield from every_key(below, (*path, key))
    if schema.get("additionalProperties"):
        yield from every_key(schema["additionalProperties"], (*path, "x"))
    if "items" in schema:
        yield from every_key(schema["items"], (*path, 0))


def a_value(schema: Schema, key: str | int) -> Any:
    """A value the schema allows, built from the schema alone."""
    schema = resolved(schema)
    if key in WORDS and schema.get("type") in {"string", "array"}:
        return WORDS[key]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: a_value(properties[name], name) for name in schema.get("required", [])} | chosen(properties)
        case "array":
            return [a_value(schema["items"], 0)] * schema.get("minItems", 0)
        case "boolean":
            return True
        case "string":
            return "text"
        case _:
            return max(schema.get("minimum", 1), 1)


def containing(schema: Schema, path: Keys, key: str | int = "") -> Any:
    """A value the schema allows in which the key at this path is given."""
    value = a_value(schema, key)
    if not path:
        return value
    schema, step = resolved(schema), path[0]
    if step == 0:
        return [containing(schema["items"], path[1:])]
    properties = schema.get("properties", {})
    below = properties.get(step) or schema["additionalProperties"]
    first = next((choice[0] for choice in CHOICES if step in choice and properties.keys() >= set(choice)), step)
    kept = {name: given for name, given in value.items() if name != first}
    return {**kept, step: containing(below, path[1:], step)}


def chosen(properties: Schema) -> dict[str, Any]:
    """The first of several where exactly one is given."""
    return {choice[0]: given for choice, given in CHOICES.items() if properties.keys() >= set(choice)}


def takes(path: Keys) -> bool:
    """Whether the key has a meaning there: some keys of a shared table belong to one place only."""
    if path[-1] == "guaranteed":
        return path[0] == "callers"
    return (path[0], path[-1]) != ("users", "tokens")


EVERY_KEY = [path for path in every_key(SCHEMA) if takes(path)]


@pytest.mark.parametrize("path", EVERY_KEY, ids=lambda path: ".".join(map(str, path)))
def test_every_key_of_the_schema_loads(path: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("Hello {name}.")
    raw = merged(GOOD_RAW, containing(SCHEMA, path))
    if path[:1] == ("providers",) and path[-1] in KIND_OF_OPTION:
        raw["providers"]["x"]["kind"] = KIND_OF_OPTION[str(path[-1])]
    load(raw)


def test_a_reviewer_for_all_need_not_review_its_own_reviews() -> None:
    """It stands below its own task, too, where nobody asks for a review."""
    reviewer = {"task": "y", "different_lab": True}
    load({**GOOD_RAW, "defaults": {"reviewer": reviewer}})
    one = {**GOOD_RAW, "tasks": {**GOOD_RAW["tasks"], "y": {"models": ["y"], "reviewer": reviewer}}}
    assert "no model of task 'y' (y) is surely of another lab" in refusal(one)


def test_models_of_one_task_may_judge_each_other() -> None:
    """Where the labs of all are known and there are two of them."""
    reviewer = {"task": "x", "different_lab": True}
    load({**GOOD_RAW, "tasks": {"x": {"models": ["x", "y"], "reviewer": reviewer}}})


def test_the_schema_has_every_key_of_the_format() -> None:
    schema = SCHEMA
    assert set(schema["properties"]) == set(File.__struct_fields__)
    assert set(schema["definitions"]["Task"]["properties"]) == {"models", "description", *Defaults.__struct_fields__}
    assert all(table["additionalProperties"] is False for table in schema["definitions"].values())
    assert schema["definitions"]["Task"]["required"] == ["models"]


def test_the_schema_is_the_draft_editors_read() -> None:
    written = msgspec.json.encode(SCHEMA).decode()
    assert "$defs" not in written
    assert "draft-07" in written
    for table in SCHEMA["definitions"].values():
        assert table["description"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Seconds, 'a number of seconds above 0 or "none"'),
        (list[int], "a list of whole numbers"),
        (dict[str, str], "a table"),
        (Task, "a table"),
        (str | None, "a text"),
    ],
)
def test_what_a_key_takes_is_said_in_words(kind: Any, words: str) -> None:
    assert expected(kind) == words
