"""A workflow as a drawing: items at the top, then every step after what it needs, results at the bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onedoor.workflow.graph import Graph
from onedoor.workflow.step import Step

ITEMS, RESULTS = "items", "results"
LONGEST = 60
"""Characters of a condition that are shown."""

_MERMAID: Mapping[str, tuple[str, str]] = {
    "end": ("([", "])"),
    "step": ("[", "]"),
    "filter": ("{", "}"),
    "reduce": ("[/", "\\]"),
}
_DOT: Mapping[str, str] = {"end": "oval", "step": "box", "filter": "diamond", "reduce": "invtrapezium"}


@dataclass(frozen=True, slots=True)
class Node:
    """A step, or where items come from and results go to. `kind` is that of a step, or "end"."""

    id: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """What comes before what. Dashed where it may be missing."""

    source: str
    target: str
    dashed: bool = False


def mermaid(graph: Graph) -> str:
    """A Mermaid flowchart."""
    nodes, edges = drawn(graph)
    lines = ["flowchart TD"]
    for node in nodes:
        left, right = _MERMAID[node.kind]
        lines.append(f'    {node.id}{left}"{"<br>".join(map(_for_mermaid, node.lines))}"{right}')
    lines += [f"    {edge.source} {'-.->' if edge.dashed else '-->'} {edge.target}" for edge in edges]
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """The same in Graphviz's language."""
    nodes, edges = drawn(graph)
    lines = [f"digraph {_quoted([graph.name])} {{"]
    lines += [f"    {node.id} [label={_quoted(node.lines)}, shape={_DOT[node.kind]}];" for node in nodes]
    lines += [f"    {edge.source} -> {edge.target}{' [style=dashed]' if edge.dashed else ''};" for edge in edges]
    return "\n".join([*lines, "}"]) + "\n"


def drawn(graph: Graph) -> tuple[list[Node], list[Edge]]:
    """What is drawn, in the order of the steps.

    Filters have edges to the steps they gate, and items to steps, only where no other way leads from one to the other.
    """
    ids = {name: f"s{place}" for place, name in enumerate(graph.steps, 1)}
    needs = _edges(graph)
    edges = [Edge(ids.get(one, ITEMS), ids[name], dashed) for name in ids for one, dashed in needs[name].items()]
    sources = {edge.source for edge in edges}
    edges += [Edge(one, RESULTS) for one in ids.values() if one not in sources]
    steps = [Node(ids[step.name], step.kind, _label(step)) for step in graph.steps.values()]
    return [Node(ITEMS, "end", (ITEMS,)), *steps, Node(RESULTS, "end", (RESULTS,))], edges


def _edges(graph: Graph) -> dict[str, dict[str, bool]]:
    """What leads to each step, and whether it may be missing."""
    found: dict[str, dict[str, bool]] = {}
    behind: dict[str, set[str]] = {}
    for name, step in graph.steps.items():
        own = _needed(step, graph)
        before = set().union(*(behind[one] | {one} for one in own))
        for gate in reversed(graph.gates[name]):
            if gate not in before:
                own[gate] = False
                before |= behind[gate] | {gate}
        found[name], behind[name] = own or {ITEMS: False}, before
    return found


def _needed(step: Step, graph: Graph) -> dict[str, bool]:
    """The steps it takes, and whether it does without."""
    found: dict[str, bool] = {}
    for need in step.needs:
        if need.name in graph.steps:
            found[need.name] = found.get(need.name, True) and need.optional
    return found


def _label(step: Step) -> tuple[str, ...]:
    """Its name, whom it asks, how many values it takes at once, and its condition."""
    many = f"{step.by} at a time" if step.by else "all at once"
    shown = step.shows if len(step.shows) <= LONGEST else f"{step.shows[: LONGEST - 1]}…"
    said = f"{'' if step.kind == 'filter' else 'when '}{shown}" if shown else ""
    return tuple(filter(None, (step.name, step.asks, many if step.kind == "reduce" else "", said)))


def _for_mermaid(text: str) -> str:
    """A text in quotes, where every sign that means something is written by its number."""
    plain = " ".join(text.split())
    return "".join(sign if sign.isalnum() or sign in " _-.,:;!?=()[]'/+*" else f"#{ord(sign)};" for sign in plain)


def _quoted(lines: Iterable[str]) -> str:
    said = "\\n".join(" ".join(line.split()).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f'"{said}"'
