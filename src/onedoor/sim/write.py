"""What a simulated model answers: the truth it knows, its mistakes, its bad habits, and the caps it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.sim.damage import spoilt
from onedoor.sim.dice import Dice
from onedoor.sim.fill import fill
from onedoor.sim.mistakes import mistaken
from onedoor.sim.profiles import Damage, Profile
from onedoor.sim.request import Chat, Function, Offer
from onedoor.sim.schema import Schema
from onedoor.sim.tokens import split
from onedoor.sim.world import Case, as_json, find

LONGEST = 4096
"""The most tokens of an answer, whatever cap its request gives."""

_CORRECTION = re.compile(r"^Your last answer ", re.M)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in tokens. With a `tool` they are the arguments it is called with."""

    tokens: tuple[str, ...]
    finish: str
    tool: str = ""

    @property
    def text(self) -> str:
        return "".join(self.tokens)


def write(chat: Chat, profile: Profile, dice: Dice) -> Written:
    """The whole answer of `profile`; the same request and dice give the same one."""
    tool = _tool(chat, profile)
    if tool is not None:
        arguments = _known(chat, tool.parameters, profile, dice) or fill(tool.parameters, dice)
        return Written(tuple(split(as_json(arguments))), "tool_calls", tool.name)
    damage: Damage = "none" if _again(chat) and dice.roll("mends") < profile.mends else profile.damage
    text = spoilt(_answer(chat, profile, dice), damage, dice)
    return _bounded(_DAMAGES.get(damage, _unchanged)(text, chat), chat, damage)


def _tool(chat: Chat, profile: Profile) -> Function | None:
    """The tool to call: the one demanded, or for a profile fond of tools the first one offered."""
    offered = [offer.function for offer in chat.tools or ()]
    if not offered or chat.tool_choice == "none" or chat.messages[-1].role in {"tool", "function"}:
        return None
    if isinstance(chat.tool_choice, Offer):
        demanded = chat.tool_choice.function
        return next((function for function in offered if function.name == demanded.name), demanded)
    return offered[0] if profile.damage == "tools" or chat.tool_choice == "required" else None


def _answer(chat: Chat, profile: Profile, dice: Dice) -> str:
    form = chat.response_format
    schema = form.schema if form else None
    known = _known(chat, schema, profile, dice)
    if known is not None:
        return as_json(known)
    if schema is not None:
        return as_json(fill(schema, dice))
    plain = _plain(chat, profile)
    return as_json({"simulated": True, "note": plain}) if form and form.type == "json_object" else plain


def _known(chat: Chat, schema: Schema | None, profile: Profile, dice: Dice) -> Mapping[str, Any] | None:
    """What the profile makes of the case asked about; None where none is, or the schema asks for something else."""
    case = _case(chat)
    if case is None:
        return None
    truth = case.truth if dice.roll("right") < profile.accuracy else mistaken(case.truth, dice)
    return truth if schema is None else _shaped(truth, schema, dice)


def _case(chat: Chat) -> Case | None:
    """The case named last in the conversation."""
    return next((case for turn in reversed(chat.messages) if (case := find(turn.text))), None)


def _again(chat: Chat) -> bool:
    """Whether the user has asked this before and speaks again, if only below the question in one turn with it;
    examples of other questions don't count."""
    *before, last = chat.messages
    if last.role == "user" and _CORRECTION.search(last.text):
        return True
    case = _case(chat)
    asked = [turn for turn in before if turn.role == "user"]
    return last.role == "user" and any(case is None or find(turn.text) == case for turn in asked)


def _shaped(truth: Mapping[str, Any], schema: Schema, dice: Dice) -> Mapping[str, Any] | None:
    """The truth as far as the schema asks for it, and what else it asks for made up."""
    form = fill(schema, dice)
    if not isinstance(form, dict) or truth.keys().isdisjoint(form):
        return None
    return {name: truth.get(name, value) for name, value in form.items()}


def _plain(chat: Chat, profile: Profile) -> str:
    words = len(chat.messages[-1].text.split())
    return (
        f"This is a simulated answer from the profile {profile.name}. No model read your prompt of {words} words; "
        "name a real model for a real answer."
    )


def _bounded(text: str, chat: Chat, damage: Damage) -> Written:
    """The text up to the first stop sequence and the cap."""
    ends = [place for stop in chat.stops if (place := text.find(stop)) >= 0]
    tokens = split(text[: min(ends)] if ends else text)
    cap = min(chat.cap or LONGEST, LONGEST)
    if damage == "truncated":
        cap = min(cap, len(tokens) // 2)
    return Written(tuple(tokens[:cap]), "length" if len(tokens) > cap else "stop")


def _unchanged(text: str, chat: Chat) -> str:
    return text


def _fenced(text: str, chat: Chat) -> str:
    if text[:1] not in {"{", "["}:
        return text
    return f"Sure! Here is the JSON you asked for:\n\n```json\n{text}\n```\n\nLet me know if you need anything else."


def _repeated(text: str, chat: Chat) -> str:
    return f"{text}\n" * (LONGEST // len(split(text)) + 2)


def _echo(text: str, chat: Chat) -> str:
    return chat.messages[-1].text


_DAMAGES: Mapping[Damage, Callable[[str, Chat], str]] = {
    "fenced": _fenced,
    "runaway": _repeated,
    "echo": _echo,
    "refusal": lambda text, chat: "I'm sorry, but I can't help with that.",
    "empty": lambda text, chat: "",
}
