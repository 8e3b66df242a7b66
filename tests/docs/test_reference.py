"""The reference is whole: every key, error, field, rail, command and link of it is the code's, and none is missing."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

import onedoor
from onedoor import config, errors, kinds
from onedoor.asking import Ask
from onedoor.cli import app
from onedoor.pipeline import rail_name
from onedoor.sim import PROFILES
from onedoor.types import Reply
from onedoor.workflow.table import StepTable

from .pages import EVERY_RAIL, PAGES, ROOT, blocks, rows, sections

REFERENCE = ROOT / "docs/reference"
STRUCTS = (config.File, config.Provider, config.Model, config.Price, config.Task, config.Defaults)
STRUCTS += (config.Timeout, config.Retry, config.Cache, config.LastResort, config.Caller)
STRUCTS += (config.Contract, config.Repair)
STRUCTS += (config.Rate, config.Budget, config.Breaker, config.Run, config.State)
STRUCTS += (config.Guard, config.InputScreening, config.DocumentScreening, config.OutputScreening)
STRUCTS += (config.Prompt, config.Example, config.Template, config.Users)
STRUCTS += (config.Verify, config.Verifier, config.Reviewer)
CODES = [subclass for subclass in vars(errors).values() if isinstance(subclass, type)]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_key_is_documented_with_its_default(struct: type[msgspec.Struct]) -> None:
    told = {name: default for name, default, _ in rows(sections(REFERENCE / "configuration.md")[struct.__name__])}
    inherited = {field.name for field in msgspec.structs.fields(config.Defaults)} if struct is config.Task else set()
    keys = {field.name: default(field) for field in msgspec.structs.fields(struct) if field.name not in inherited}
    assert told == keys


def default(field: msgspec.structs.FieldInfo) -> str:
    """A key's default as the page writes it: TOML, or one of two words."""
    value: Any = field.default
    if value is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()  # type: ignore[operator]
    if field.required or value is None:
        return "required" if field.required else "none"
    if isinstance(value, msgspec.Struct):
        return "`{}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{msgspec.json.encode(value).decode()}`"


def test_no_struct_of_the_format_is_left_out() -> None:
    tables = {kind for kind in vars(config).values() if isinstance(kind, type) and issubclass(kind, config.Table)}
    assert tables - {config.Table} == set(STRUCTS)


def test_every_error_is_documented_with_its_parent_and_codes() -> None:
    told = {name: cells for name, *cells in rows(sections_before_first(REFERENCE / "errors.md")) if len(cells) == 4}
    known = {kind.__name__: kind for kind in CODES if issubclass(kind, errors.OnedoorError)}
    assert list(told) == list(dict.fromkeys(told))
    assert told.keys() == known.keys()
    for name, kind in known.items():
        parent, code, exit_code, _ = told[name]
        assert parent == f"`{kind.__bases__[0].__name__}`", name
        assert code == f"`{kind.code}`", name
        assert int(exit_code) == app.exit_code(kind.__new__(kind)), name
        assert getattr(onedoor, name) is kind


def sections_before_first(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n## ")[0]


def test_every_field_of_a_reply_is_documented() -> None:
    told = [name for name, *_ in rows(sections_before_first(REFERENCE / "reply.md"))]
    assert sorted(told) == sorted(field.name for field in fields(Reply))


def test_every_rail_has_a_page_with_its_rule_and_options() -> None:
    with onedoor.open(EVERY_RAIL) as door:
        road = door.rails("all")
    listed = re.findall(r"^\| \[(\w+)\]\(docs/reference/\1\.md\)", (ROOT / "README.md").read_text(), re.M)
    assert listed == [rail_name(rail) for rail in road]
    for rail in road:
        options = {name for name, *_ in rows(sections(REFERENCE / f"{rail_name(rail)}.md").get("Options", ""))}
        keys = {field.metadata["key"] for field in fields(rail) if "key" in field.metadata}  # type: ignore[arg-type]
        assert {option.partition(".")[0] for option in options} >= {key.partition(".")[0] for key in keys}


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_has_a_page_with_all_its_options(name: str) -> None:
    command = app.Commands().get_command(click.Context(app.onedoor), name)
    assert command is not None
    text = (REFERENCE / f"cmd-{name}.md").read_text(encoding="utf-8")
    for found in command.commands.values() if isinstance(command, click.Group) else [command]:
        for option in found.params:
            assert name == "config" or not isinstance(option, click.Option) or option.opts[-1] in text


def test_every_key_of_a_step_is_documented_once() -> None:
    told = rows(sections(REFERENCE / "workflows.md")["What a step does"])
    names = [name for first, *_ in told for name in re.findall(r"\w+", first)]
    assert sorted(names) == sorted(StepTable.__struct_fields__)


def test_every_argument_of_ask_is_documented() -> None:
    text = sections(ROOT / "docs/how-to/ask.md")["Options of a call"]
    assert {name for name in Ask.__annotations__ if f"`{name}`" not in text} == set()


def test_every_kind_and_every_simulated_model_is_named() -> None:
    providers = (REFERENCE / "providers.md").read_text(encoding="utf-8")
    assert [name for name in kinds.KINDS if f"| `{name}` |" not in providers] == []
    simulator = (ROOT / "docs/how-to/simulate-failures.md").read_text(encoding="utf-8")
    assert [name for name in PROFILES if f"`{name}`" not in simulator] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md") if page.name != "index.md"]
    assert [str(page) for page in pages if f"({page})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for block in blocks(page):
        text = text.replace(block.text, "")
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_readme_names_the_test_command() -> None:
    assert "`make test`" in (ROOT / "README.md").read_text(encoding="utf-8")
