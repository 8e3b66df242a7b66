"""A configuration is edited where it must be, and nowhere else."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor import ConfigError, InvalidCall
from onedoor.quality.move import check, diff, edited, first, write
from onedoor.quality.toml_list import rearranged

TEXT = """\
# Who answers what.
default_task = "a"          # the usual one

[tasks.a]   # everyday questions
models = ["x", "y"]  # first choice first
temperature = 0.0

[tasks.b]
models = [
  "x",   # cheap
  # slow on Mondays
  "y",
  "z",   # careful
]

[tasks]
c = { models = ['x', "y"], hold = true } # in a line
"""


@pytest.mark.parametrize(
    ("task", "models", "line"),
    [
        ("a", ["y", "x"], 'models = ["y", "x"]  # first choice first'),
        ("a", ["new", "x", "y"], 'models = ["new", "x", "y"]  # first choice first'),
        ("c", ["y", "x"], "c = { models = [\"y\", 'x'], hold = true } # in a line"),
    ],
)
def test_only_the_list_changes(task: str, models: list[str], line: str) -> None:
    after = edited(TEXT, task, models)
    assert tomllib.loads(after)["tasks"][task]["models"] == models
    assert line in after
    changed = [one for one in diff(TEXT, after, "f")[2:] if one[0] in "+-"]
    assert len(changed) == 2


def test_comments_go_with_their_model() -> None:
    after = edited(TEXT, "b", ["y", "z", "x"])
    assert 'models = [\n  # slow on Mondays\n  "y",\n  "z",   # careful\n  "x",   # cheap\n]' in after


@pytest.mark.parametrize("models", [["y", "x", "z"], ["z", "x", "y"], ["n", "x", "y", "z"]])
def test_and_back_again_is_the_same_file(models: list[str]) -> None:
    assert edited(edited(TEXT, "b", models), "b", ["x", "y", "z"]) == TEXT


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc"])
NAMES = st.lists(st.text(LETTERS, max_size=8), min_size=1, max_size=6, unique=True)


@given(NAMES, NAMES, st.sampled_from(["[{}]", "[ {} ]", "[\n  {},\n]", "[\n{}\n]"]))
def test_any_list_becomes_any_other(before: list[str], after: list[str], form: str) -> None:
    written = form.format(",".join(json.dumps(name, ensure_ascii=False) for name in before))
    assert tomllib.loads(f"v = {rearranged(written, after)}")["v"] == after


def test_a_task_written_elsewhere_is_said() -> None:
    with pytest.raises(ConfigError, match=r"tasks\.d\.models"):
        edited(TEXT, "d", ["x"])


def test_what_can_not_be_moved_is_said() -> None:
    assert first(["x", "y", "z"], "z") == ["z", "x", "y"]
    with pytest.raises(InvalidCall, match="did you mean 'fast'"):
        check(["x"], "fst", ["x", "fast"], "t")
    with pytest.raises(InvalidCall, match="first choice of task 't' already"):
        check(["x", "y"], "x", ["x", "y"], "t")


GOOD = '[providers.p]\nkind = "sim"\n[models.x]\nprovider = "p"\nname = "fast"\n[tasks.a]\nmodels = ["x"]\n'


def test_a_text_that_is_no_configuration_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "onedoor.toml"
    path.write_text(GOOD)
    with pytest.raises(ConfigError):
        write(path, GOOD, GOOD.replace('"x"]', '"gone"]'))
    assert path.read_text() == GOOD
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "onedoor.toml"
    path.write_text(GOOD + "# a note\n")
    with pytest.raises(ConfigError, match="changed meanwhile"):
        write(path, GOOD, GOOD)
    assert path.read_text() == GOOD + "# a note\n"
