"""Verifiers made from tables and from what a call brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onedoor import ConfigError, InvalidCall, Reply
from onedoor.config import Config, Reviewer
from onedoor.config import Verifier as Table
from onedoor.load import load
from onedoor.trail import Opinion
from onedoor.verifiers import as_verifiers, verifiers
from onedoor.verifiers.agreement import Agreement
from onedoor.verifiers.command import Command
from onedoor.verifiers.contract import Contract
from onedoor.verifiers.function import Function
from onedoor.verifiers.judge import Judge


def config() -> Config:
    models = {"m": {"provider": "sim", "name": "fast"}}
    return load({"providers": {"sim": {"kind": "sim"}}, "models": models, "tasks": {"chat": {"models": ["m"]}}})


def made(*tables: Table) -> list[Any]:
    return list(verifiers(tables, config(), None))


def test_every_table_becomes_its_verifier_in_the_order_given() -> None:
    found = made(
        Table(agree=2),
        Table(contract=0.5),
        Table(command=["true"]),
        Table(judge=Reviewer("chat", True, "be right")),
        Table(function="operator:truth", timeout=5),
    )
    assert [type(one) for one in found] == [Agreement, Contract, Command, Judge, Function]
    assert [one.name for one in found] == ["agreement", "contract", "true", "judge chat", "operator:truth"]
    assert [one.kind for one in found] == ["check", "check", "check", "judge", "check"]
    assert [one.timeout for one in found] == [60, 60, 60, 60, 5]
    assert (found[3].task, found[3].different_lab, found[3].rubric) == ("chat", True, "be right")


def test_each_has_a_name_of_its_own() -> None:
    """Else the latter's verdict would take the place of the former's."""
    tables = [
        Table(command=["true"]),
        Table(command=["true"]),
        Table(contract=1, name="true"),
        Table(agree=1, name="a"),
    ]
    assert [one.name for one in made(*tables)] == ["true", "true 2", "true 3", "a"]


def test_files_are_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "check.py").write_text("")
    source = tmp_path / "onedoor.toml"
    source.write_text('[providers.sim]\nkind = "sim"\n[models]\nm = {provider = "sim", name = "fast"}\n')
    (found,) = verifiers([Table(command=["true"], file="a.py", files=["tests/check.py"])], load(source), None)
    assert isinstance(found, Command)
    assert found.files == (tmp_path / "tests" / "check.py",)


WRONG = {
    "no such file": (Table(command=["true"], files=["no/such/file"]), r"verify\.by\[0\]\.files\[0\]: there is no file"),
    "two of one name": (Table(command=["true"], files=[__file__, __file__]), "two files are named 'test_verifiers.py'"),
    "the answer's name": (Table(command=["true"], file="test_verifiers.py", files=[__file__]), "two files are named"),
    "no such callable": (Table(function="operator:nothing"), r"verify\.by\[0\]\.function: 'operator:nothing' can't"),
    "nothing": (Table(), "give one of contract, function, command, agree and judge"),
}


@pytest.mark.parametrize(("table", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_table_is_refused_with_its_place_and_rule(table: Table, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        made(table)


# Of one call


class Mine:
    name = "mine"
    kind = "check"
    timeout = 1.0

    async def __call__(self, call: Any, reply: Any, again: Any, /) -> Opinion:
        return Opinion("accepted", "check", self.name)


def short(reply: Reply) -> bool:
    return len(reply.text) < 100


def test_a_call_brings_callables_reviewers_and_verifiers() -> None:
    mine = Mine()
    found: list[Any] = list(as_verifiers([short, lambda reply: True, mine, Reviewer("judging"), short], None))
    assert [one.name for one in found] == ["short", "lambda", "mine", "judge judging", "short 2"]
    assert found[2] is mine


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (short, "verify must be a list of callables"),
        ("short", "verify must be a list of callables"),
        ([short, "short"], r"verify\[1\] is 'short'; it must be a callable"),
        ([Mine(), Mine()], "two verifiers are named 'mine'"),
    ],
)
def test_a_call_that_brings_something_else_is_refused(given: Any, said: str) -> None:
    with pytest.raises(InvalidCall, match=said):
        as_verifiers(given, None)
