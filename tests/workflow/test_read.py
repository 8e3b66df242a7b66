"""A workflow out of a file: what each key becomes, and what a wrong one is told."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from onedoor.errors import ConfigError, InvalidCall
from onedoor.prompt.template import Template
from onedoor.types import Example
from onedoor.workflow import Workflow
from onedoor.workflow.graph import Graph
from onedoor.workflow.step import Step

TRIAGE = """\
[steps.relevant]
task = "cheap_bulk"
prompt = "Is this a complaint? {text}"
choices = ["yes", "no"]
keep = "relevant == 'yes'"

[steps.draft]
task = "local"
prompt = "Answer politely."
context = ["text"]
temperature = 0.2

[steps.critique]
model = "critic"
prompt = "What is wrong with this answer? {draft}"

[steps.revise]
when = "critique != 'nothing'"
task = "local"
prompt = "Revise {draft} by {critique}"

[steps.answer]
first = ["revise", "draft"]

[steps.score]
function = "mine_of_triage:score"
when = "len(answer) > 3"

[steps.digest]
task = "strong"
prompt = "Merge these: {answer}"
by = 20
"""
MINE = """\
NOTHING = None

def score(answer: str, item, critique: str = "") -> float:
    return len(answer) / len(item["text"])

def unknown(anwser): ...

def gathered(*answers): ...

def merged(answer): ...
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with functions beside the workflow, which Python forgets afterwards."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.delitem(sys.modules, "mine_of_triage", raising=False)
    (tmp_path / "mine_of_triage.py").write_text(MINE)
    return tmp_path


def read(place: Path, text: str = TRIAGE, templates: Mapping[str, Template] | None = None) -> Graph:
    (place / "triage.toml").write_text(text)
    return Workflow.load(place / "triage.toml").graph(templates)


def step(place: Path, told: str) -> Step:
    """The one step of a workflow beside a `draft`."""
    graph = read(place, f'[steps.draft]\nprompt = "{{text}}"\n[steps.one]\n{told}\n')
    return graph.steps["one"]


def test_steps_stand_in_the_order_of_their_tables(place: Path) -> None:
    graph = read(place)
    kinds = {name: each.kind for name, each in graph.steps.items()}
    assert graph.name == "triage"
    assert list(kinds) == ["relevant", "keep_relevant", "draft", "critique", "revise", "answer", "score", "digest"]
    assert [name for name, kind in kinds.items() if kind != "step"] == ["keep_relevant", "digest"]
    assert (graph.fields, graph.once) == (("text",), {"digest"})


def test_a_step_asks_with_what_stands_in_its_table_and_no_more(place: Path) -> None:
    steps = read(place).steps
    assert steps["draft"].own == {"task": "local", "temperature": 0.2}
    assert (steps["draft"].asks, steps["critique"].asks) == ("local", "critic")
    assert steps["relevant"].own["schema"].choices == ("yes", "no")
    assert steps["draft"].says["context"] == ["text"]
    assert steps["revise"].says["when"] == "critique != 'nothing'"


def test_every_argument_that_a_file_can_give_reaches_ask(place: Path) -> None:
    given = {
        **{"task": "t", "model": "m", "user": "u", "system": "s", "constraints": ["c"], "stop": ["x"], "seed": 0},
        **{"temperature": 0.0, "top_p": 0.5, "max_output_tokens": 9, "reasoning": "low", "min_score": 0.5},
        **{"cache": "off", "degrade": "never", "deadline": 3.0, "options": {"o": 1}, "metadata": {"m": 1}},
    }
    steps = {
        "one": {"prompt": "{text}", **given, "timeout": {"total": 2}, "few_shot": [{"question": "q", "answer": "a"}]}
    }
    own = Workflow.load({"steps": steps}).graph().steps["one"].own
    assert own == {**given, "timeout": {"total": 2.0}, "few_shot": [Example("q", "a")]}


def test_keep_is_a_filter_after_its_step_and_alone_a_step_of_its_own(place: Path) -> None:
    graph = read(place, '[steps.long]\nkeep = "len(text) > 3"\n[steps.draft]\nprompt = "{text}"\n')
    assert (graph.steps["long"].kind, graph.gates["draft"]) == ("filter", ("long",))
    assert graph.steps["long"].does.run(text="abcd") is True
    assert read(place).gates["draft"] == ("keep_relevant",)


def test_when_is_asked_of_the_steps_and_fields_it_names(place: Path) -> None:
    revise = read(place).steps["revise"]
    assert revise.when is not None
    assert [need.name for need in revise.when.needs] == ["critique"]
    assert (revise.when.run(critique="nothing"), revise.shows) == (False, "critique != 'nothing'")


def test_first_is_the_first_that_wasnt_skipped_and_is_skipped_where_all_were(place: Path) -> None:
    answer = read(place).steps["answer"]
    assert answer.when is not None
    assert answer.does.run(revise="b", draft="a") == "b"
    assert answer.does.run(draft="a") == "a"
    assert all(need.optional for need in answer.needs)
    assert (answer.when.run(draft=""), answer.when.run()) == (True, False)


def test_a_function_beside_the_file_takes_steps_by_its_parameters(place: Path) -> None:
    score = read(place).steps["score"]
    assert score.does.run(answer="ab", item={"text": "abcd"}) == 0.5
    assert {need.name: need.optional for need in score.does.needs} == {"answer": False, "item": False, "critique": True}
    assert score.wrong("text") != ""


def test_by_makes_a_reduce_of_a_prompt_or_a_function(place: Path) -> None:
    assert (step(place, 'prompt = "{draft}"\nby = 2').kind, step(place, 'prompt = "{draft}"\nby = 2').by) == (
        "reduce",
        2,
    )
    assert (step(place, 'prompt = "{draft}"\nby = "all"').kind, step(place, 'prompt = "{draft}"\nby = "all"').by) == (
        "reduce",
        None,
    )


def test_a_prompt_may_be_the_name_of_a_configured_template(place: Path) -> None:
    text = '[steps.one]\nprompt = "short"\n[steps.two]\nfirst = ["one"]'
    graph = read(place, text, {"short": Template("in short: {text}", "short")})
    assert graph.steps["one"].says["prompt"] == "in short: {text}"
    with pytest.raises(ConfigError, match=r"triage.toml:2: steps.one.prompt: the prompt 'short' has no {field}"):
        read(place, text)


def test_a_schema_may_be_a_file_beside_the_workflow(place: Path) -> None:
    (place / "shape.json").write_text('{"type": "object", "properties": {"total": {"type": "number"}}}')
    one = step(place, 'prompt = "{text}"\nschema = "shape.json"\nrequired = ["total"]')
    assert one.own["schema"].schema["required"] == ["total"]


def test_a_mapping_is_the_same_as_a_file() -> None:
    flow = Workflow.load({"name": "m", "steps": {"one": {"prompt": "{text}"}}})
    assert (flow.name, list(flow.graph().steps)) == ("m", ["one"])


WRONG = {
    'prompt = "{text}"\ntempature = 1': ":5: steps.one.tempature: unknown key; did you mean 'temperature'?",
    'prompt = "{text}"\ntemperature = 3': ":5: steps.one.temperature: must be a number from 0 to 2, not 3",
    'prompt = "{text}"\nfew_shot = [{ question = "a" }]': r":5: steps.one.few_shot\[0\]: answer is missing",
    'prompt = "{text}"\ntimeout = { conect = 1 }': ":5: steps.one.timeout.conect: unknown key; did you mean 'connect'?",
    "prompt = 3": ":4: steps.one.prompt: must be a text",
    'task = "t"': ":3: steps.one: it does nothing; give one of prompt, function, first and keep",
    'prompt = "{text}"\nfirst = ["draft"]': ":3: steps.one: give prompt or first, not both",
    'first = ["drat"]': r":4: steps.one.first\[0\]: there is no step 'drat'; did you mean 'draft'\?",
    'first = ["one"]': r":4: steps.one.first\[0\]: there is no step 'one'; there are draft",
    'first = ["draft"]\nwhen = "draft == 1"': ":5: steps.one.when: a step with first has no when; .* first, keep",
    'function = "mine_of_triage:score"\ntask = "t"': ":5: steps.one.task: a step with function has no task",
    'function = "mine_of_triage:scor"': ":4: steps.one.function: 'mine_of_triage:scor' can't be imported",
    'function = "no_such_mine:score"': ":4: steps.one.function: 'no_such_mine:score' can't be imported",
    'function = "mine_of_triage"': ":4: steps.one.function: 'mine_of_triage' is not \"module:name\"",
    'function = "mine_of_triage:NOTHING"': ":4: .* 'mine_of_triage:NOTHING' is a NoneType, not a function",
    'function = "mine_of_triage:unknown"': ":4: .*: it takes 'anwser', which is no step; there are door, draft, item",
    'function = "mine_of_triage:gathered"': r":4: .*: step 'one' takes \*answers; name the steps it needs",
    'prompt = "{text}"\nwhen = "draft = 1"': ":5: steps.one.when: draft = 1 can't be read at character",
    'prompt = "{draft}"\nwhen = "draft == 1"\nby = 2': ":5: steps.one.when: a reduce has no when",
    'prompt = "{draft}"\nby = 1': ':5: steps.one.by: must be a whole number from 2 or "all", not 1',
    'prompt = "{text}"\nby = 2': ": reduce 'one' needs no step; name the step whose values it takes",
    'prompt = "{text}"\nchoices = ["a"]\npattern = "a"': ":3: steps.one: give choices or pattern, not both",
    'prompt = "{text}"\npattern = "("': r":5: steps.one.pattern: '\(' is not a regular expression",
    'prompt = "{text}"\nschema = "gone.json"': ":5: steps.one.schema: .*gone.json can't be read",
    'prompt = """\n[1] {text}\na = b"""\nwhen = "draft = 1"': ":7: steps.one.when: draft = 1 can't be read",
    'prompt = "{text} {"': ":4: steps.one.prompt: line 1 of the template has a single '{'",
    'prompt = "{two}"\n[steps.two]\nprompt = "{one}"': ": workflow 'triage' goes round in a circle: one -> two -> one",
    'prompt = "{text}"\nkeep = "one == 1"\n[steps.keep_one]\nkeep = "draft == 1"': ":6: .*'keep_one' already",
    'prompt = "{text}"\n[steps.item]\nprompt = "{text}"': ":5: steps.item: a step can't be called 'item'",
    'prompt = "{text}"\n[other]': ":5: other: unknown key; there are name, steps",
}  # fmt: skip


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_said_with_its_line_its_rule_and_the_nearest_name(place: Path, told: str) -> None:
    with pytest.raises(ConfigError, match=f"triage.toml{WRONG[told]}"):
        step(place, told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps = 3", "steps: must be a table"),
        ("", "steps is missing; it must be a table"),
        ("[steps]", "triage.toml: workflow 'triage' has no steps"),
        ("[steps", "is not valid TOML"),
    ],
)
def test_a_file_without_steps_is_refused(place: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(place, text)


def test_a_file_that_isnt_there_is_named(place: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no file .*gone.toml$"):
        Workflow.load(place / "gone.toml")


def test_a_module_that_hides_the_file_beside_the_workflow_is_an_error(place: Path) -> None:
    (place / "json.py").write_text("def score(draft): ...")
    with pytest.raises(ConfigError, match=r"'json' is .*, not .*json.py; give that file another name"):
        step(place, 'function = "json:dumps"')


def test_what_a_condition_cant_tell_says_which_and_why(place: Path) -> None:
    (keep,) = (each for each in read(place).steps.values() if each.kind == "filter")
    with pytest.raises(InvalidCall, match="relevant == 'yes': relevant is a number and 'yes' is a text"):
        keep.does.run(relevant=3)
