"""Steps that ask: a prompt whose gaps are earlier steps or fields of the item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onedoor.asking import Ask
from onedoor.bulk.prompts import Asker, asker, said
from onedoor.errors import InvalidCall
from onedoor.prompt.template import Template
from onedoor.types import Reply
from onedoor.workflow.step import DOOR, Need, Part, Step


@dataclass(frozen=True, slots=True)
class Asking:
    """What a step asks: a prompt with {gaps} or a configured template's name, and how. `context` are names of gaps.

    `other_lab` is the step whose answer a model of another lab is to look at.
    """

    prompt: str | Template
    ask: Ask
    other_lab: str = ""

    def step(
        self, name: str, templates: Mapping[str, Template], *, when: Part | None, by: int | None, **says: str
    ) -> Step:
        """The step, with the configured templates at hand. Raises InvalidCall for a prompt that is the same for all."""
        found = asker(self.prompt, templates, self.ask.get("context", ()))  # type: ignore[arg-type]  # names here
        own: Ask = {key: value for key, value in self.ask.items() if key != "context"}  # type: ignore[assignment]
        assert found.template is not None
        if DOOR in found.names:
            raise InvalidCall(f"step {name!r}: {{{DOOR}}} is no field of an item and no step; name one of them")
        needs = [Need(one, or_field=True) for one in found.names]
        if self.other_lab:
            needs.append(Need(self.other_lab))
        return Step(
            name,
            "step" if by is None else "reduce",
            Part(_Asks(found, own, self.other_lab), (Need(DOOR), *needs)),
            when=when,
            by=by,
            asks=own.get("model") or own.get("task", ""),
            own=own,
            other_lab=self.other_lab,
            says={"prompt": found.template.text, "context": list(found.context), "other_lab": self.other_lab} | says,
        )


@dataclass(frozen=True, slots=True)
class _Asks:
    """Asks with what the gaps are; its value is the data of the answer, or its text."""

    asker: Asker
    ask: Ask
    other_lab: str = ""

    async def __call__(self, door: Any, **values: object) -> object:
        ask = door.elsewhere(self.other_lab, self.ask) if self.other_lab else self.ask
        asked = self.asker(
            {name: _joined(value) if isinstance(value, Values) else value for name, value in values.items()}
        )
        reply: Reply = await door.ask(asked.prompt, **ask, **({"context": asked.context} if asked.context else {}))
        return reply.text if reply.data is None else reply.data


class Values(list[Any]):
    """The values of many items, for a reduce."""


def _joined(values: Sequence[object]) -> str:
    """Many values in one prompt, numbered."""
    return "\n\n".join(f"[{number}] {said(value)}" for number, value in enumerate(values, 1))
