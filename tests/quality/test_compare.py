"""Every case through every candidate on the same rails: written down as it comes, gone on with, never paid twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import onedoor
from onedoor.errors import InvalidCall, ServerFault
from onedoor.ledger.ledger import Ledger
from onedoor.providers.function import Function
from onedoor.quality.comparison import Comparison
from onedoor.quality.drawn import drawn
from onedoor.quality.forecast import Progress
from onedoor.quality.results import Result
from onedoor.quality.variants import Sweep, variants
from onedoor.sim import tickets
from onedoor.types import Call, Cost, Reply, Usage

MODELS = {
    "good": {"provider": "p", "name": "g-1", "lab": "one", "price": {"input": 0, "output": 10}, "max_output": 100},
    "bad": {"provider": "p", "name": "b-1", "lab": "two", "price": {"input": 0, "output": 1}, "max_output": 100},
    "free": {"provider": "p", "name": "f-1"},
    "judge": {"provider": "p", "name": "j-1", "lab": "three", "price": {"input": 0, "output": 1}},
}
CASES = [{"id": f"c{number}", "prompt": f"say {number}", "expected": str(number)} for number in range(6)]


class Answers:
    """A provider: "good" says the number it was asked for, "bad" another one; `calls` is what it was asked."""

    def __init__(self, *, pause: float = 0.0, failing: frozenset[str] = frozenset()) -> None:
        self.calls: list[Call] = []
        self.at_once: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._pause, self._failing = pause, failing

    async def __call__(self, call: Call) -> Reply | str:
        name = call.candidate.name if call.candidate else ""
        self.calls.append(call)
        self.at_once[name] += 1
        self.most[name] = max(self.most[name], self.at_once[name])
        await asyncio.sleep(self._pause)
        self.at_once[name] -= 1
        question = call.messages[-1].text
        if question in self._failing:
            raise ServerFault("down", provider="p", status=500)
        if name == "judge":
            return '{"reason": "looked at", "verdict": "accepted", "score": 0.5}'
        number = question.split()[-1] if name == "good" else "nothing"
        nano_usd = 100_000 if name == "good" else 10_000
        return Reply(number, model=name, usage=Usage(5, 10), cost=Cost(nano_usd, "reported"))

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(call.metadata["case"], call.metadata["variant"]) for call in self.calls if "case" in call.metadata]


@contextmanager
def opened(answers: Answers, place: Path, *, state: str = "memory", **more: Any) -> Iterator[onedoor.Door]:
    config: dict[str, Any] = {
        "providers": {"p": {"kind": "openai", "base_url": "http://127.0.0.1:9/v1", **more.pop("provider", {})}},
        "models": MODELS,
        "tasks": {
            "chat": {"models": ["good", "bad"], "retry": {"sends": 1}, **more.pop("task", {})},
            "check": {"models": ["judge"]},
        },
        "default_task": "chat",
        "state": {"path": state, "bodies": True},
        **more,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("ONEDOOR_STATE", state)
        with onedoor.open(config, providers={"p": Function(answers)}) as door:
            yield door


def compared(place: Path, answers: Answers | None = None, cases: Any = CASES, **comparing: Any) -> Comparison:
    config = comparing.pop("config", {})
    with opened(answers or Answers(), place, **config) as door:
        return door.compare(cases, **{"name": "x", **comparing})


def by_key(found: Comparison, place: Path) -> Mapping[tuple[str, str], Result]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return {result.key: result for result in found}


def test_every_case_is_asked_of_every_candidate_once(tmp_path: Path) -> None:
    answers = Answers()
    found = compared(tmp_path, answers)
    assert Counter(answers.asked) == {(f"c{at}", name): 1 for at in range(6) for name in ("good", "bad")}
    good, bad = found.figures.columns
    assert (good.name, good.accepted, good.judged, good.nano_usd) == ("good", 6, 6, 600_000)
    assert (bad.name, bad.accepted, bad.judged, bad.nano_usd) == ("bad", 0, 6, 60_000)
    assert "`good` is better than `bad`" in found.verdict[0]


def test_candidates_take_turns(tmp_path: Path) -> None:
    """So that all see the same load: after any even number of calls, each was asked as often."""
    answers = Answers()
    compared(tmp_path, answers, at_once=1)
    assert [name for _, name in answers.asked[:6]] == ["good", "bad", "bad", "good", "good", "bad"]


def test_calls_are_pinned_uncached_and_tagged(tmp_path: Path) -> None:
    answers = Answers()
    compared(
        tmp_path, answers, [{"prompt": "say 1", "metadata": {"topic": "t"}}], config={"task": {"cache": {"ttl": 60}}}
    )
    (call, _) = answers.calls
    assert (call.cache, call.degrade, call.task) == ("off", "never", "chat")
    assert call.run.startswith("compare x ")
    assert call.metadata == {"topic": "t", "compare": "x", "case": "1", "variant": "good"}


def test_a_failed_call_is_a_result_and_not_the_end(tmp_path: Path) -> None:
    answers = Answers(failing=frozenset({"say 2"}))
    found = compared(tmp_path, answers)
    failed = by_key(found, tmp_path)["c2", "good"]
    assert (failed.error, failed.verdict, failed.attempts) == ("server_fault", "rejected", 1)
    assert found.ended.progress.failed == 2
    assert found.figures.column("good").failures == {"server_fault": 1}


def test_an_error_of_ones_own_function_is_a_result_as_well(tmp_path: Path) -> None:
    def broken(call: Call) -> str:
        raise ValueError("oops")

    with opened(broken, tmp_path) as door:  # type: ignore[arg-type]
        found = door.compare(CASES, name="x", models=["free"])
    assert found.figures.columns[0].failures == {"ValueError": 6}


def test_the_same_name_asks_nothing_twice(tmp_path: Path) -> None:
    answers = Answers()
    compared(tmp_path, answers, CASES[:4])
    again = compared(tmp_path, answers, CASES, models=["good", "bad", "free"])
    assert len(answers.asked) == len(set(answers.asked)) == 18
    assert (again.ended.progress.done, again.ended.progress.resumed) == (18, 8)


def test_what_failed_is_asked_again_only_when_that_is_wanted(tmp_path: Path) -> None:
    compared(tmp_path, Answers(failing=frozenset({"say 2"})))
    assert compared(tmp_path, Answers()).ended.progress.failed == 2
    answers = Answers()
    assert compared(tmp_path, answers, again=True).ended.progress.failed == 0
    assert sorted(answers.asked) == [("c2", "bad"), ("c2", "good")]
    assert compared(tmp_path, Answers()).ended.progress.failed == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cases": [{**CASES[0], "prompt": "say it"}]}, "case 'c0' has another question"),
        ({"cases": [{**CASES[0], "expected": "1"}]}, "case 'c0' has another expected or check"),
        ({"config": {"task": {"temperature": 0.7}}}, "settings.temperature was null, is 0.7"),
        ({"config": {"task": {"contract": {"choices": ["0", "1"]}}}}, "contract was null, is "),
        (
            {"config": {"models": {**MODELS, "good": {**MODELS["good"], "name": "g-2"}}}},
            'models.good.name was "g-1", is "g-2"',
        ),
        ({"judge": "check"}, "judge was null, is "),
        ({"task": "check", "models": ["good"]}, 'task was "chat", is "check"'),
    ],
)
def test_another_question_under_the_same_name_is_refused_and_the_difference_named(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    compared(tmp_path, cases=CASES[:1])
    answers = Answers()
    with pytest.raises(InvalidCall) as raised:
        compared(tmp_path, answers, **{"cases": CASES[:1], **change})
    assert told in str(raised.value)
    assert answers.calls == []
    fresh = compared(tmp_path, answers, fresh=True, **{"cases": CASES[:1], **change})
    assert fresh.ended.progress.resumed == 0
    assert (tmp_path / "compare-x.jsonl.old").exists()


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    compared(tmp_path)
    file = tmp_path / "compare-x.jsonl"
    file.write_bytes(file.read_bytes()[:-10])
    answers = Answers()
    compared(tmp_path, answers)
    assert len(answers.asked) == 1
    assert all(json.loads(line) for line in file.read_text().splitlines())


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "compare-x.jsonl").write_text("notes of mine\n")
    with pytest.raises(InvalidCall, match="holds no results of a comparison at byte 0"):
        compared(tmp_path)
    assert (tmp_path / "compare-x.jsonl").read_text() == "notes of mine\n"


def test_two_at_once_under_one_name_are_refused(tmp_path: Path) -> None:
    with opened(Answers(pause=0.05), tmp_path) as door:

        def second(progress: Progress) -> None:
            with pytest.raises(InvalidCall, match="another process is writing"):
                next(
                    iter(
                        Comparison(
                            "x", Path("compare-x.jsonl"), found.head, found.cases, (), {}, found.figures, found.ended
                        )
                    )
                )

        found = door.compare(CASES, name="first")
        door.compare(CASES, name="x", watch=second)


def test_slots_bound_what_is_under_way(tmp_path: Path) -> None:
    """Also where a full slot is refused at once: a comparison doesn't ask for more than there are."""
    answers = Answers(pause=0.002)
    models = {**MODELS, "good": {**MODELS["good"], "slots": 2}}
    found = compared(tmp_path, answers, config={"models": models, "task": {"on_limit": "fail"}}, at_once=8)
    assert found.ended.progress.failed == 0
    assert answers.most["good"] <= 2
    assert answers.most["bad"] > 1


def test_the_cap_is_never_passed_and_says_so(tmp_path: Path) -> None:
    """An answer of "good" may cost 100 tokens at $10 a million, $0.001; it really costs a tenth."""
    answers = Answers(pause=0.001)
    found = compared(tmp_path, answers, cap=0.0013)
    assert "may need $0.001" in found.ended.capped
    assert found.ended.progress.spent <= 1_300_000
    assert 2 <= found.ended.progress.done < 12
    spent = sum(100_000 if name == "good" else 10_000 for _, name in answers.asked)
    assert spent == found.ended.progress.spent


def test_waiting_for_what_is_reserved_is_not_the_end(tmp_path: Path) -> None:
    """With room for one answer at a time all are asked, one after the other."""
    found = compared(tmp_path, Answers(pause=0.001), cap=0.002, at_once=8)
    assert (found.ended.capped, found.ended.progress.done) == ("", 12)


@pytest.mark.parametrize("state", ["memory", "state.db"])
def test_a_cap_counts_what_was_spent_before(tmp_path: Path, state: str) -> None:
    config = {"state": state}
    first = compared(tmp_path, cap=0.0013, at_once=1, config=config)
    assert first.ended.capped
    answers = Answers()
    second = compared(tmp_path, answers, cap=0.0013, at_once=1, config=config)
    assert (second.ended.progress.done, answers.asked) == (first.ended.progress.done, [])
    third = compared(tmp_path, answers, cap=0.01, at_once=1, config=config)
    assert (third.ended.capped, third.ended.progress.done) == ("", 12)


def test_an_answer_the_cap_leaves_uncorrected_is_paid_for_once(tmp_path: Path) -> None:
    """There is room for the first answer of "bad" and not for its correction: it has failed, and isn't asked again."""
    config = {"task": {"contract": {"pattern": r"\d"}}}
    answers = Answers()
    for _ in range(2):
        found = compared(tmp_path, answers, CASES[:1], models=["bad"], cap=0.000105, config=config)
        (result,) = by_key(found, tmp_path).values()
        assert (result.error, result.nano_usd, result.attempts) == ("budget_exceeded", 10_000, 1)
    assert len(answers.asked) == 1


def test_a_cap_needs_prices(tmp_path: Path) -> None:
    answers = Answers()
    with pytest.raises(InvalidCall, match=r"free has none: give models\.free a price"):
        compared(tmp_path, answers, models=["good", "free"], cap=1.0)
    assert answers.calls == []


def test_an_unknown_price_is_unknown_and_not_nothing(tmp_path: Path) -> None:
    with opened(lambda call: "1", tmp_path) as door:  # type: ignore[arg-type]
        (column,) = door.compare(CASES, name="x", models=["free"]).figures.columns
    assert (column.unpriced, column.mean_nano_usd, column.per_accepted) == (6, None, None)


def test_what_corrections_cost_is_counted(tmp_path: Path) -> None:
    """An answer that breaks the contract is asked again, twice; all three are paid for, and the call has failed."""
    contract = {"task": {"contract": {"pattern": r"\d"}}}
    results = by_key(compared(tmp_path, cases=CASES[:1], config=contract), tmp_path)
    failed = results["c0", "bad"]
    assert failed.error.startswith("invalid_answer/")
    assert (failed.text, failed.attempts, failed.nano_usd) == ("nothing", 3, 30_000)


def test_verdicts_stand_in_the_ledger(tmp_path: Path) -> None:
    compared(tmp_path, cases=CASES[:2], config={"state": "state.db"})
    with Ledger(tmp_path / "state.db") as ledger:
        rows = ledger.reader.query("SELECT model, verdict, kind, by FROM verdicts ORDER BY model", ())
        assert rows == [
            *[("bad", "rejected", "check", "compare x")] * 2,
            *[("good", "accepted", "check", "compare x")] * 2,
        ]


def test_the_tasks_own_verifier_counts_where_a_case_says_nothing(tmp_path: Path) -> None:
    verify = {"verify": {"by": [{"contract": 0.5}], "on_reject": "return"}, "contract": {"pattern": r"\d"}}
    found = compared(
        tmp_path, cases=[{"prompt": "say 1"}], models=["good"], config={"task": verify, "state": "state.db"}
    )
    (result,) = by_key(found, tmp_path).values()
    assert (result.verdict, result.by) == ("accepted", "verify")
    with Ledger(tmp_path / "state.db") as ledger:
        assert ledger.reader.query("SELECT by FROM verdicts", ()) == [("contract",)]


def test_a_judge_judges_what_nobody_else_can(tmp_path: Path) -> None:
    answers = Answers()
    found = compared(
        tmp_path, answers, [{"prompt": "say 1"}, {"prompt": "say 2", "expected": "2"}], judge="check", models=["good"]
    )
    judged, known = by_key(found, tmp_path).values()
    assert (judged.verdict, judged.by, judged.reason, judged.score) == ("accepted", "judge", "looked at", 0.5)
    assert (known.verdict, known.by) == ("accepted", "case")
    (asked,) = [call for call in answers.calls if call.task == "check"]
    assert asked.parent == judged.call
    assert judged.judged_nano_usd > 0 == known.judged_nano_usd
    assert found.ended.progress.spent == 200_000 + judged.judged_nano_usd


@pytest.mark.parametrize(
    ("comparing", "told"),
    [
        ({"judge": "chek"}, "did you mean 'check'?"),
        ({"judge": "check", "models": ["free"]}, "give models.free its lab"),
        ({"judge": "check", "models": ["judge"]}, "no model of judge is surely of another lab"),
        ({"models": ["god"]}, "there is no model 'god'; did you mean 'good'?"),
        ({"task": "chta"}, "there is no task 'chta'; did you mean 'chat'?"),
        ({"models": ["good", "good"]}, "two variants are named 'good'"),
        ({"name": "../x"}, "can't be part of a file's name"),
        ({"cap": 0}, "cap is 0; it must be US dollars above 0"),
        ({"sweep": Sweep(temperature=(3.0,))}, "temperature: "),
        ({"sweep": Sweep(templates=("nope",))}, "there is no template 'nope'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(tmp_path: Path, comparing: dict[str, Any], told: str) -> None:
    answers = Answers()
    with pytest.raises(InvalidCall) as raised:
        compared(tmp_path, answers, **comparing)
    assert told in str(raised.value)
    assert answers.calls == []
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_is_every_combination_and_only_names_what_differs() -> None:
    found = variants(["a", "b"], Sweep(temperature=(0, 0.7), reasoning=("off",), max_output_tokens=(5,)))
    assert [variant.name for variant in found] == ["a, t 0", "a, t 0.7", "b, t 0", "b, t 0.7"]
    assert found[1].ask() == {"model": "a", "temperature": 0.7, "reasoning": "off", "max_output_tokens": 5}
    with pytest.raises(InvalidCall, match="that makes 66 variants"):
        variants(["a", "b"], Sweep(max_output_tokens=tuple(range(1, 34))))


def test_prompts_can_be_swept(tmp_path: Path) -> None:
    answers = Answers()
    sweep = Sweep(systems={"short": "Be brief.", "long": "Be thorough."})
    compared(tmp_path, answers, CASES[:1], models=["good"], sweep=sweep)
    assert {call.metadata["variant"]: call.messages[0].text for call in answers.calls} == {
        "good, short": "Be brief.",
        "good, long": "Be thorough.",
    }
    asked = Answers()
    templates = {"one": {"text": "say {what}"}, "two": {"text": "please say {what}"}}
    case = {"values": {"what": "7"}, "expected": "7"}
    found = compared(
        tmp_path,
        asked,
        [case],
        name="y",
        models=["good"],
        sweep=Sweep(templates=tuple(templates)),
        config={"templates": templates},
    )
    assert [column.accepted for column in found.figures.columns] == [1, 1]
    assert sorted(call.messages[-1].text for call in asked.calls) == ["please say 7", "say 7"]


def test_cases_are_drawn_from_what_was_really_asked(tmp_path: Path) -> None:
    """Each question once, oldest first; a comparison's own calls, and those of judges, are left out."""
    with opened(Answers(), tmp_path, state="state.db", task={"system": "Be kind."}) as door:
        for number in (1, 2, 2, 3):
            door.ask(f"say {number}", task="chat", context="a text")
        door.ask("say 4", task="chat", system="Be brief.")
        door.compare([{"prompt": "say 9"}], name="x", judge="check")
    with Ledger(tmp_path / "state.db") as ledger:
        cases = drawn(ledger, task="chat", last=3, system="Be kind.")
        with pytest.raises(InvalidCall, match="no call of task 'nothing'"):
            drawn(ledger, task="nothing", last=3)
        with pytest.raises(InvalidCall, match="no call of task 'check'"):
            drawn(ledger, task="check", last=3)
    assert [(case.question(), case.system) for case in cases] == [("say 2", ""), ("say 3", ""), ("say 4", "Be brief.")]
    assert cases[0].context[0].text == "a text"


def test_bodies_that_were_not_kept_are_missed(tmp_path: Path) -> None:
    config = {
        "providers": {"sim": {"kind": "sim", "speed": 1000}},
        "models": {"fast": {"provider": "sim", "name": "fast"}},
    }
    config |= {"tasks": {"chat": {"models": ["fast"]}}}  # type: ignore[dict-item]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEDOOR_STATE", str(tmp_path / "state.db"))
        with onedoor.open(config) as door:
            door.ask("hello", task="chat")
    with Ledger(tmp_path / "state.db") as ledger, pytest.raises(InvalidCall, match="`bodies = true` in"):
        drawn(ledger, task="chat", last=3)


def test_the_simulator_knows_the_truth(tmp_path: Path) -> None:
    cases = [{"id": case.id, "prompt": case.prompt, "expected": dict(case.truth)} for case in tickets(30)]
    config: dict[str, Any] = {
        "providers": {"sim": {"kind": "sim", "speed": float("1e6")}},
        "models": {name: {"provider": "sim", "name": name} for name in ("careful", "wrong")},
        "tasks": {"chat": {"models": ["careful", "wrong"]}},
    }
    with onedoor.open(config) as door:
        found = door.compare(cases, name="x", directory=tmp_path, stream=True)
    careful, wrong = found.figures.columns
    assert (careful.accepted, careful.judged) == (30, 30)
    assert 10 <= wrong.accepted <= 25
    assert careful.first_token is not None
    assert found.verdict[0].startswith("`careful` is better than `wrong`")


TWO_OF_OURS = """
[providers]
p = { kind = "openai", base_url = "http://127.0.0.1:9/v1" }
[models]
a = { provider = "p", name = "a" }
b = { provider = "p", name = "b" }
[tasks]
chat = { models = ["a", "b"] }
"""
PROGRAM = """
import asyncio, sys
import onedoor
from onedoor.providers.function import Function

async def answer(call):
    with open("asked.log", "a") as log:
        log.write(f"{call.metadata['case']} {call.metadata['variant']}\\n")
    await asyncio.sleep(0.004)
    return call.messages[-1].text

with onedoor.open("onedoor.toml", providers={"p": Function(answer)}) as door:
    found = door.compare("cases.jsonl", name="x")
    print(found.ended.progress.resumed)
"""


def test_killed_at_any_moment_nothing_that_was_written_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "onedoor.toml").write_text(TWO_OF_OURS)
    (tmp_path / "cases.jsonl").write_text("".join(f'{{"prompt": "say {at}"}}\n' for at in range(60)))
    results = tmp_path / "compare-x.jsonl"
    environ = {**os.environ, "ONEDOOR_STATE": str(tmp_path / "state.db")}
    with subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, env=environ) as process:
        while (results.read_bytes().count(b"\n") if results.exists() else 0) < 40:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    kept = results.read_bytes().count(b'{"row":"result"')
    ended = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    asked = Counter((tmp_path / "asked.log").read_text().splitlines())
    assert len(asked) == 120
    assert int(ended.stdout) == kept
    assert asked.total() - 120 <= 8
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    written = Counter((row["case"], row["variant"]) for row in rows if row["row"] == "result")
    assert set(written.values()) == {1}


def test_half_a_character_can_be_written_down(tmp_path: Path) -> None:
    def halves(call: Call) -> Reply:
        return Reply("a\ud800b", model="free")

    with opened(halves, tmp_path) as door:  # type: ignore[arg-type]
        found = door.compare(CASES[:1], name="x", models=["free"])
    assert [result.text for result in by_key(found, tmp_path).values()] == ["a?b"]
