"""A workflow: functions and prompts around the door, connected by the names they take."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any, TypeVar, Unpack, overload

from onedoor.asking import Ask
from onedoor.errors import InvalidCall
from onedoor.prompt.template import Template
from onedoor.workflow.asking import Asking
from onedoor.workflow.functions import code_digest, function_step, group_size, part
from onedoor.workflow.graph import Graph, graph
from onedoor.workflow.step import DOOR, ITEM, Step

F = TypeVar("F", bound=Callable[..., Any])
Made = Callable[[Mapping[str, Template]], Step]


class Workflow:
    """Steps that are done for every item, each called with the steps it names.

        flow = onedoor.Workflow("tickets")

        @flow.step
        async def urgency(door, item):
            return (await door.classify(item["text"], ["low", "high"], task="cheap")).data

        @flow.step(when=lambda urgency: urgency == "high")
        async def reply(door, item):
            return (await door.ask(f"Answer: {item['text']}", task="strong")).text

    A function takes `item` (the fields of an item), `door`, and steps by their names. A parameter with a default is
    optional: it keeps it where that step was skipped. `door.run(flow, items)` runs it.
    """

    def __init__(self, name: str = "workflow") -> None:
        self.name = name
        self._made: dict[str, Made] = {}

    @staticmethod
    def load(source: str | os.PathLike[str] | Mapping[str, Any]) -> Workflow:
        """A workflow out of a TOML file, or a mapping of the same shape. Raises ConfigError."""
        from onedoor.workflow.read import workflow

        return workflow(source)

    @overload
    def step(self, function: F, /) -> F: ...
    @overload
    def step(
        self, /, *, name: str = "", when: Callable[..., bool] | None = None, thread: bool = False
    ) -> Callable[[F], F]: ...
    def step(
        self,
        function: F | None = None,
        /,
        *,
        name: str = "",
        when: Callable[..., bool] | None = None,
        thread: bool = False,
    ) -> F | Callable[[F], F]:
        """A function whose result is the step's value. Where `when` says no, it is skipped, and so is what needs it.

        A plain function that takes `door` gets one that waits, in a thread of its own; so does one with `thread`.
        """

        def add(function: F) -> F:
            self._add(function_step(function, name, "step", when=when, thread=thread))
            return function

        return add if function is None else add(function)

    @overload
    def filter(self, function: F, /) -> F: ...
    @overload
    def filter(self, /, *, name: str = "", thread: bool = False) -> Callable[[F], F]: ...
    def filter(self, function: F | None = None, /, *, name: str = "", thread: bool = False) -> F | Callable[[F], F]:
        """A function that says whether an item goes on: where it says False, no step below it is done for the item."""

        def add(function: F) -> F:
            self._add(function_step(function, name, "filter", thread=thread))
            return function

        return add if function is None else add(function)

    @overload
    def reduce(self, function: F, /) -> F: ...
    @overload
    def reduce(self, /, *, name: str = "", by: int | None = None, thread: bool = False) -> Callable[[F], F]: ...
    def reduce(
        self, function: F | None = None, /, *, name: str = "", by: int | None = None, thread: bool = False
    ) -> F | Callable[[F], F]:
        """A function of the lists of the values all items have for the steps it names, called after the last item.

        With `by` it is called with so many at a time, and then with so many of what it gave, until there is one.
        """

        def add(function: F) -> F:
            self._add(function_step(function, name, "reduce", by=by, thread=thread))
            return function

        return add if function is None else add(function)

    def ask(
        self,
        name: str,
        prompt: str | Template,
        *,
        when: Callable[..., bool] | None = None,
        by: int | None = None,
        other_lab: str = "",
        **ask: Unpack[Ask],
    ) -> None:
        """A step that asks. The {gaps} of its prompt are steps or fields of the item; its value is the data or text.

        `context` are here the names of those that are documents, never orders; `by` makes it a reduce; `other_lab` is a
        step whose author's lab mustn't be asked. The rest is that of the door's `ask`.
        """
        asking = Asking(prompt, ask, other_lab)
        condition = None if when is None else part(when, f"the condition of {name!r}")
        size = group_size(by, name)
        says = {} if when is None else {"when": code_digest(when)}
        self.add(name, lambda templates: asking.step(name, templates, when=condition, by=size, **says))

    def add(self, name: str, made: Made) -> None:
        """A step that is made once the configured templates are known."""
        if name in {ITEM, DOOR}:
            raise InvalidCall(f"a step can't be called {name!r}: steps take the {name} itself by that name")
        if not name.isidentifier() or iskeyword(name):
            raise InvalidCall(f"a step can't be called {name!r}: other steps take it by its name; use letters, digits")
        if name in self._made:
            raise InvalidCall(f"workflow {self.name!r} has a step {name!r} already")
        self._made[name] = made

    def graph(self, templates: Mapping[str, Template] | None = None) -> Graph:
        """The steps in order; `templates` are the configured ones. Raises InvalidCall for unknown names and cycles."""
        return graph(self.name, (made(templates or {}) for made in self._made.values()))

    def mermaid(self, templates: Mapping[str, Template] | None = None) -> str:
        """The graph as a Mermaid flowchart."""
        from onedoor.workflow.drawing import mermaid

        return mermaid(self.graph(templates))

    def dot(self, templates: Mapping[str, Template] | None = None) -> str:
        """The graph in Graphviz's language."""
        from onedoor.workflow.drawing import dot

        return dot(self.graph(templates))

    def _add(self, step: Step) -> None:
        self.add(step.name, lambda templates: step)
