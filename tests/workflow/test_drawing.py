"""A workflow drawn: every step is there, and no edge that another way says already."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.workflow import Workflow
from onedoor.workflow.drawing import dot, drawn, mermaid

TRIAGE: dict[str, Any] = {
    "relevant": {
        "task": "cheap",
        "prompt": "A complaint? {text}",
        "choices": ["yes", "no"],
        "keep": "relevant == 'yes'",
    },
    "draft": {"task": "local", "prompt": "Answer: {text}"},
    "critique": {"task": "critic", "prompt": "What is wrong? {draft}"},
    "revise": {"prompt": "Revise {draft} by {critique}", "when": 'critique != "nothing"'},
    "answer": {"first": ["revise", "draft"]},
    "digest": {"model": "strong", "prompt": "Merge: {answer}", "by": 20},
}
MERMAID = """\
flowchart TD
    items(["items"])
    s1["relevant<br>cheap"]
    s2{"keep_relevant<br>relevant == 'yes'"}
    s3["draft<br>local"]
    s4["critique<br>critic"]
    s5["revise<br>when critique != #34;nothing#34;"]
    s6["answer"]
    s7[/"digest<br>strong<br>20 at a time"\\]
    results(["results"])
    items --> s1
    s1 --> s2
    s2 --> s3
    s3 --> s4
    s3 --> s5
    s4 --> s5
    s5 -.-> s6
    s3 -.-> s6
    s6 --> s7
    s7 --> results
"""
QUOTED = r'"(?:[^"\\]|\\.)*"'
NODE = re.compile(rf"    (\w+) \[label=({QUOTED}), shape=(\w+)\];")
EDGE = re.compile(r"    (\w+) -> (\w+)( \[style=dashed\])?;")


def flow(steps: dict[str, Any], name: str = "triage") -> Workflow:
    return Workflow.load({"name": name, "steps": steps})


def parsed(text: str) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str, bool]]]:
    """The nodes and edges of a graph in DOT, every line of which must be one of them."""
    first, *lines, last = text.splitlines()
    assert (re.fullmatch(rf"digraph {QUOTED} {{", first) is not None, last) == (True, "}")
    nodes, edges = {}, []
    for line in lines:
        if node := NODE.fullmatch(line):
            nodes[node[1]] = (node[2], node[3])
        else:
            edge = EDGE.fullmatch(line)
            assert edge is not None, line
            edges.append((edge[1], edge[2], edge[3] is not None))
    return nodes, edges


def test_a_workflow_as_mermaid_has_it() -> None:
    assert mermaid(flow(TRIAGE).graph()) == MERMAID


def test_graphviz_gets_the_same_nodes_and_edges() -> None:
    nodes, edges = parsed(dot(flow(TRIAGE).graph()))
    assert [label for label, _ in nodes.values()] == [
        '"items"',
        r'"relevant\ncheap"',
        r'"keep_relevant\nrelevant == ' + "'yes'" + '"',
        r'"draft\nlocal"',
        r'"critique\ncritic"',
        r'"revise\nwhen critique != \"nothing\""',
        '"answer"',
        r'"digest\nstrong\n20 at a time"',
        '"results"',
    ]
    assert [shape for _, shape in nodes.values()] == [
        "oval", "box", "diamond", "box", "box", "box", "box", "invtrapezium", "oval",
    ]  # fmt: skip
    arrows = re.findall(r"(\w+) (-->|-\.->) (\w+)", MERMAID)
    assert edges == [(source, target, arrow == "-.->") for source, arrow, target in arrows]


def test_a_filter_leads_to_what_it_gates_unless_another_way_does() -> None:
    steps = {
        "long": {"keep": "len(text) > 3"},
        "wanted": {"keep": "kind == 'a'"},
        "one": {"prompt": "{text}"},
        "two": {"prompt": "{one} {text}"},
    }
    edges = re.findall(r"(\w+) --> (\w+)", mermaid(flow(steps).graph()))
    assert edges == [("items", "s1"), ("s1", "s2"), ("s2", "s3"), ("s3", "s4"), ("s4", "results")]


def test_a_function_is_drawn_with_what_it_takes_and_can_do_without() -> None:
    flow = Workflow("python")
    flow.ask("draft", "Answer: {text}", task="local")

    @flow.step(when=lambda draft: draft != "")
    def shorter(draft: str) -> str:
        return draft[:10]

    @flow.step
    def answer(draft: str, shorter: str = "") -> str:
        return shorter or draft

    @flow.reduce
    def count(answer: list[str]) -> int:
        return len(answer)

    shown = mermaid(flow.graph())
    assert "s2 -.-> s3" in shown
    assert "s1 --> s3" in shown
    assert 's4[/"count<br>all at once"\\]' in shown


@pytest.mark.parametrize("condition", ["""x == '"]; end <b>#'""", r"x == 'a\\'", "x == '" + "long " * 50 + "'"])
def test_whatever_a_condition_says_stays_inside_its_label(condition: str) -> None:
    graph = flow({"end": {"keep": condition}, "subgraph": {"prompt": "{text}"}}, name='a "quoted\\" name').graph()
    nodes, edges = parsed(dot(graph))
    assert len(nodes) == 4
    assert len(edges) == 3
    (line,) = (line for line in mermaid(graph).splitlines() if line.startswith("    s1{"))
    assert re.fullmatch(r'    s1\{"end<br>x == [^"<>]*"\}', line)


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=8), st.sets(st.integers(0, 8)))
def test_every_step_is_drawn_below_all_it_waits_for(wants: list[list[int]], filters: set[int]) -> None:
    flow = Workflow()
    for place, earlier in enumerate(wants):
        takes = ", ".join(dict.fromkeys(f"s{one}" for one in earlier if one < place))
        add = flow.filter if place in filters else flow.step
        add(name=f"s{place}")(eval(f"lambda {takes}: True"))
    graph = flow.graph()
    nodes, edges = drawn(graph)
    names = {node.id: node.lines[0] for node in nodes}
    below: dict[str, set[str]] = {"items": set()}
    for node in nodes[1:]:
        before = [names[edge.source] for edge in edges if edge.target == node.id]
        assert before, "nothing floats"
        below[names[node.id]] = set(before).union(*(below[one] for one in before))
    assert all(below[name] >= {*graph.needs[name], "items"} for name in graph.steps)
    assert below["results"] == {*graph.steps, "items"}
