"""`onedoor run`: a workflow over every item of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from onedoor.asking import check, check_model, chosen_task
from onedoor.cli import out
from onedoor.cli.bulk import carry_out, order, over_items
from onedoor.cli.options import common, examples
from onedoor.cli.outputs import step_line
from onedoor.config import Config
from onedoor.errors import ConfigError, InvalidCall
from onedoor.load import find, load
from onedoor.workflow import Workflow
from onedoor.workflow.drawing import dot, mermaid
from onedoor.workflow.graph import Graph
from onedoor.workflow.importing import named

EPILOG = examples(
    "onedoor run triage.toml --in in.jsonl --key id --run night --out out.jsonl",
    "onedoor run triage.toml --graph mermaid",
    "onedoor run triage.toml --in in.jsonl --dry-run 20",
    "onedoor run flows.py:triage --in in.jsonl --run night --out out.jsonl --budget 5",
)


@click.command("run", epilog=EPILOG)
@click.argument("workflow")
@click.option(
    "--in", "items", type=click.Path(path_type=Path), help="The items: JSON lines, CSV, Parquet, a directory."
)
@click.option("--graph", type=click.Choice(["mermaid", "dot"]), help="Check it, draw it, and end.")
@over_items
@click.option("--shard", type=click.IntRange(1), help="Items under way at once; else 256, or twice --at-once.")
@common
def command(
    workflow: str, items: Path | None, graph: Literal["mermaid", "dot"] | None, config: str | None, **told: Any
) -> None:
    """Do every step of a workflow for every item of a file.

    WORKFLOW is a TOML file, or Python as flows.py:name or package.module:name. Each item is a line of JSON with the
    value of every step. With --run every answer is kept as it comes, so the same command goes on where it was
    interrupted, and never pays twice.
    """
    flow = found(workflow)
    if graph is not None:
        _draw(flow, config, graph)
        return
    if items is None:
        raise click.UsageError("name the items: --in FILE")
    all_told = {"config": config, **told}
    carry_out(order(items, all_told, step_line), lambda door, items, given: door.run(flow, items, **given))


def found(reference: str) -> Workflow:
    """The workflow of this file or name. Raises ConfigError."""
    if reference.endswith(".toml"):
        return Workflow.load(reference)
    file, _, name = reference.rpartition(":")
    if not file:
        raise click.UsageError(
            f"{reference!r} is no workflow: name a TOML file, or Python as flows.py:name or module:name"
        )
    path, beside = Path(file), Path()
    if file.endswith(".py"):
        if not path.is_file():
            raise ConfigError(f"there is no file {file}")
        file, beside = path.stem, path.parent
    flow = named(f"{file}:{name}", beside, "WORKFLOW")
    if not isinstance(flow, Workflow):
        raise ConfigError(f"{reference!r} is a {type(flow).__name__}, not an onedoor.Workflow")
    return flow


def _draw(flow: Workflow, source: str | None, kind: Literal["mermaid", "dot"]) -> None:
    """The drawing; with a configuration at hand, what it asks is checked against that, too."""
    path = source or find()
    config = load(path) if path else None
    graph = flow.graph(config.templates if config else {})
    if config is not None:
        _check(graph, config)
    out.piece(mermaid(graph) if kind == "mermaid" else dot(graph))


def _check(graph: Graph, config: Config) -> None:
    """Raises InvalidCall for a step that asks what can't be asked."""
    for step in graph.steps.values():
        if step.own is not None:
            try:
                given = check(step.own)
                chosen_task(config, given)
                check_model(config, given)
            except InvalidCall as error:
                raise InvalidCall(f"step {step.name!r}: {error}") from error
