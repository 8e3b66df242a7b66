"""The steps of a workflow in the order they can be done, checked before anything is spent."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onedoor.errors import InvalidCall
from onedoor.shape import nearest
from onedoor.workflow.step import DOOR, ITEM, Step

_GIVEN = frozenset({ITEM, DOOR})


@dataclass(frozen=True, slots=True)
class Graph:
    """A workflow that makes sense.

    steps      in an order in which each comes after what it needs
    needs      the steps each needs, the filters before it included
    fields     the fields of items that prompts and conditions speak of
    ambiguous  the steps they speak of, which no field of an item may be called like
    once       the steps that are done once, after all items
    gates      the filters each step comes after: an item they drop doesn't get to it
    """

    name: str
    steps: Mapping[str, Step]
    needs: Mapping[str, tuple[str, ...]]
    fields: tuple[str, ...]
    ambiguous: frozenset[str]
    once: frozenset[str]
    gates: Mapping[str, tuple[str, ...]]

    @property
    def each(self) -> tuple[Step, ...]:
        """The steps that are done for each item."""
        return tuple(step for step in self.steps.values() if step.name not in self.once)

    @property
    def last(self) -> tuple[Step, ...]:
        """The steps that are done once, after all items."""
        return tuple(step for step in self.steps.values() if step.name in self.once)


def graph(name: str, steps: Iterable[Step]) -> Graph:
    """Put steps in order. Raises InvalidCall for an unknown name, a cycle, or a step that needs what it can't have."""
    named = {step.name: step for step in steps}
    if not named:
        raise InvalidCall(f"workflow {name!r} has no steps")
    own = {step.name: _needed(step, named) for step in named.values()}
    order = _ordered(name, own)
    once = _once(named, order)
    gates = _gates(named, own, once)
    needs = {each: tuple(dict.fromkeys((*own[each], *gates[each]))) for each in named}
    order = _ordered(name, {each: needs[each] for each in order})
    spoken = dict.fromkeys(need.name for step in named.values() for need in step.needs if need.or_field)
    return Graph(
        name,
        {each: named[each] for each in order},
        needs,
        tuple(one for one in spoken if one not in named and one not in _GIVEN),
        frozenset(one for one in spoken if one in named),
        once,
        gates,
    )


def _needed(step: Step, named: Mapping[str, Step]) -> tuple[str, ...]:
    """The steps a step needs."""
    for need in step.needs:
        if need.name not in named and need.name not in _GIVEN and not need.or_field:
            raise InvalidCall(
                f"step {step.name!r} needs {need.name!r}, which is no step; {nearest(need.name, [*named, *_GIVEN])}"
            )
    return tuple(dict.fromkeys(need.name for need in step.needs if need.name in named))


def _ordered(name: str, needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each after what it needs, else as they were given."""
    sorter = graphlib.TopologicalSorter(needs)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise InvalidCall(
            f"workflow {name!r} goes round in a circle: {circle}; each step may need earlier ones only"
        ) from None
    places, found = {each: place for place, each in enumerate(needs)}, []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=places.__getitem__)
        found += ready
        sorter.done(*ready)
    return found


def _gates(
    named: Mapping[str, Step], needs: Mapping[str, tuple[str, ...]], once: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The filters before each step, as they were given; not for what a filter itself needs, nor after a reduce."""
    found, filters = {}, list[str]()
    for name, step in named.items():
        after = name in once and step.kind != "reduce"
        found[name] = () if after else tuple(one for one in filters if name not in _behind(one, needs))
        if step.kind == "filter":
            filters.append(name)
    return found


def _behind(name: str, needs: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All a step needs, and what that needs."""
    found = set(needs[name])
    for each in needs[name]:
        found |= _behind(each, needs)
    return found


def _once(named: Mapping[str, Step], order: Iterable[str]) -> frozenset[str]:
    """The reduces, and what needs one."""
    found = set[str]()
    for name in order:
        step = named[name]
        own = {need.name for need in step.needs if need.name in named}
        if step.kind == "reduce":
            _check_reduce(step, own, found)
        elif own & found:
            _check_after(step, own, found)
        else:
            continue
        found.add(name)
    return frozenset(found)


def _check_reduce(step: Step, own: set[str], once: set[str]) -> None:
    if not own:
        raise InvalidCall(f"reduce {step.name!r} needs no step; name the step whose values it takes")
    if own & once:
        raise InvalidCall(
            f"reduce {step.name!r} needs {sorted(own & once)[0]!r}, which is one value for all items already"
        )
    if any(need.name == ITEM for need in step.needs):
        raise InvalidCall(f"reduce {step.name!r} takes 'item', but it is done once for all items; take a step's values")
    if step.by is not None and len(own) != 1:
        raise InvalidCall(
            f"reduce {step.name!r} takes values {step.by} at a time, so it needs one step, not {len(own)}"
        )


def _check_after(step: Step, own: set[str], once: set[str]) -> None:
    single = sorted(own - once) + [ITEM] * any(need.name == ITEM for need in step.needs)
    if step.kind == "filter" or single:
        what = f"{single[0]!r} of each item" if single else "every item"
        raise InvalidCall(
            f"step {step.name!r} needs {sorted(own & once)[0]!r}, which is there only after the last item, and {what}; "
            "make it a workflow of its own over the results of this one"
        )
