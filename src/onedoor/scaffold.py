"""The onedoor.toml that `onedoor init` writes for what it found: commented, and ready to use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onedoor.discover import SPOTS, Found, Spot

HEAD = """\
#:schema ./onedoor.schema.json
# onedoor.toml, written by `onedoor init`. `onedoor check` reaches everything in it, `onedoor explain TASK` prints what
# a call passes, and `onedoor config schema > onedoor.schema.json` lets your editor complete and check it.

default_task = "chat"     # for a call that names neither task nor model
"""

TASKS = """\
# Tasks are the jobs you ask for: onedoor.open().ask("…", task="chat"). Models are asked in order; when one can't answer
# the next one does, and the reply says so in `degraded`.

[defaults.guard]
user = "block"             # a question that tries to change or learn the instructions reaches no model
documents = "mark"         # texts given as context are data, whatever they say; what is found in them is noted
output = "redact"          # secrets, links that carry data away and leaked instructions are taken out of answers
# dry_run = true           # record what would be done, and do nothing

[tasks.chat]
models = [{models}]
max_output_tokens = 1024
timeout = {{ connect = 5, first_token = 60, stall = 30, total = 300 }}   # seconds, for one attempt
deadline = 400                                                        # seconds, for the whole call

[tasks.cheap_bulk]
models = [{models}]
temperature = 0.0
max_output_tokens = 512
deadline = 300
cache = {{ ttl = 86400 }}         # the same question within a day costs once
# degrade = "never"             # fail rather than let a later model answer
# last_resort = ["last_good", {{ template = "Sorry, not now." }}]
"""

CALLERS = """\
# Who calls, for the ledger and the cache's scope. Once one is named here, only named ones may call.
# [callers.etl]
# tasks = ["cheap_bulk"]
"""

SIM_MODELS = (("fast", 0.15, 0.60), ("careful", 3.00, 15.00))


@dataclass(frozen=True, slots=True)
class Named:
    """A served model under your own name for it, which no other model has."""

    own: str
    provider: str
    served: str
    lab: str


def named(found: Sequence[Found]) -> tuple[Named, ...]:
    """Every model found. Where two would share a name, the later one has its provider's before it."""
    taken: dict[str, Named] = {}
    for place in found:
        for name, served, lab in place.models:
            own = next(free for free in _names(name, place.spot.name) if free not in taken)
            taken[own] = Named(own, place.spot.name, served, lab)
    return tuple(taken.values())


def _names(name: str, provider: str) -> Iterable[str]:
    yield name
    yield f"{provider}_{name}"
    for number in range(2, 1000):
        yield f"{provider}_{name}_{number}"


def written(found: Sequence[Found]) -> str:
    """The text of the file. Where nothing was found it uses the simulator and says how to change that."""
    models = named(found)
    sections = [HEAD, *(_table(place.spot) for place in found), *map(_model, models)] if found else [HEAD, _simulated()]
    names = [model.own for model in models] if found else [name for name, _, _ in SIM_MODELS]
    absent = [spot for spot in SPOTS if spot.name not in {place.spot.name for place in found}]
    return "\n".join([*sections, TASKS.format(models=_list(names)), CALLERS, _absent(absent)])


def _table(spot: Spot, comment: str = "") -> str:
    lines = [f"[providers.{spot.name}]", f"kind = {_text(spot.kind)}", f"base_url = {_text(spot.base_url)}"]
    if spot.variable:
        lines.append(f"key = {_text(f'env:{spot.variable}')}")
    return "\n".join(comment + line for line in lines) + "\n"


def _model(model: Named) -> str:
    lines = [f"[models.{model.own}]", f"provider = {_text(model.provider)}", f"name = {_text(model.served)}"]
    if model.lab:
        lines.append(f"lab = {_text(model.lab)}")
    lines.append("# context = 8192                        # tokens; on Ollama it is sent as num_ctx")
    lines.append("# price = { input = 0.15, output = 0.60 }  # USD per million tokens")
    return "\n".join(lines) + "\n"


def _simulated() -> str:
    """Two simulated models, so that everything works at once and nothing is mistaken for a model's answer."""
    parts = [
        "# Nothing was found on this machine, so this uses the built-in simulator: its answers are not a model's, and\n"
        "# every reply says so. Put a real provider in its place; examples are at the end of this file.\n",
        '[providers.sim]\nkind = "sim"\n',
    ]
    for name, price_in, price_out in SIM_MODELS:
        price = f"price = {{ input = {price_in}, output = {price_out} }}"
        parts.append(f'[models.{name}]\nprovider = "sim"\nname = "{name}"\nlab = "simulated"\n{price}\n')
    return "\n".join(parts)


def _absent(spots: Sequence[Spot]) -> str:
    """What was not found, as comments to fill in."""
    if not spots:
        return ""
    return "# Not found when this was written:\n\n" + "\n".join(_table(spot, "# ") for spot in spots)


def _list(names: Sequence[str]) -> str:
    """The items of a TOML array, on one line where they fit."""
    line = ", ".join(map(_text, names))
    return line if len(line) <= 100 else "".join(f"\n  {_text(name)}," for name in names) + "\n"


def _text(value: str) -> str:
    """A TOML string: JSON's, which leaves only DEL to escape."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
