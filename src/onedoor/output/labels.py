"""Prompts of the two commonest jobs: take something out of a text, and sort a text under labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.output.build import contract
from onedoor.output.contract import Contract
from onedoor.output.score import plain
from onedoor.types import Example

UNSURE = "unsure"

_EXTRACT = (
    "Take what is asked for out of the document. Write down only what it says; where it doesn't say something, use "
    "null or leave the key out."
)
_CLASSIFY = "Choose {how} for the document. Answer with {what} and nothing else.\nLabels:\n{labels}"


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked about a text, with what examples, and what the answer must be."""

    question: str
    system: str
    examples: tuple[Example, ...]
    contract: Contract


def extraction(contract: Contract, *, examples: Sequence[tuple[str, Any]] = ()) -> Job:
    """To take what a contract describes out of a document. Examples: pairs of a text and its answer."""
    shown = tuple(Example(sample, _written(contract, answer)) for sample, answer in examples)
    return Job("Take it out of the document.", _EXTRACT, shown, contract)


def classification(
    labels: Sequence[str] | Mapping[str, str],
    *,
    unsure: bool = False,
    multi: bool = False,
    examples: Sequence[tuple[str, str | Sequence[str]]] = (),
) -> Job:
    """To sort a document under a label.

    labels    the labels, or a mapping of labels to what they mean
    unsure    "unsure" is an answer, too
    multi     the answer is a list of labels, which may be empty
    examples  pairs of a text and its label, or its labels with `multi`
    """
    known = _labels(labels, unsure=unsure)
    made = contract(_list_of(known), name="labels") if multi else contract(tuple(known), name="label")
    shown = tuple(Example(sample, _labelled(answer, known, multi=multi)) for sample, answer in examples)
    return Job("Choose for the document.", _task(known, multi=multi), shown, replace(made, told=True))


def output_cap(contract: Contract) -> int:
    """Output tokens that are plenty for an answer: 32 for labels, more by the size of the schema; at most 4096.

    A thinking model needs its thoughts on top.
    """
    if contract.choices:
        return 32 + max(len(label) for label in contract.choices)
    if contract.schema is None:
        return 1024
    return min(4096, 256 + len(json.dumps(contract.schema)))


def _labels(labels: Sequence[str] | Mapping[str, str], *, unsure: bool) -> dict[str, str]:
    if isinstance(labels, str) or not labels:
        raise InvalidCall(f"labels must be a list of texts or a mapping of them to what they mean, not {labels!r}")
    known = dict(labels) if isinstance(labels, Mapping) else dict.fromkeys(labels, "")
    if len(known) < len(labels):
        raise InvalidCall("labels must differ from each other")
    return known | ({UNSURE: "none of these fits for certain"} if unsure and UNSURE not in known else {})


def _list_of(known: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(known)}, "uniqueItems": True}


def _task(known: Mapping[str, str], *, multi: bool) -> str:
    how = "every label that fits" if multi else "the one label that fits best"
    what = 'a JSON list of labels, [] if none fits, such as ["…", "…"]' if multi else "the label alone"
    told = "\n".join(f"- {label}: {meaning}" if meaning else f"- {label}" for label, meaning in known.items())
    return _CLASSIFY.format(how=how, what=what, labels=told)


def _labelled(answer: str | Sequence[str], known: Mapping[str, str], *, multi: bool) -> str:
    said = [answer] if isinstance(answer, str) else list(answer)
    wrong = next((label for label in said if label not in known), None)
    if wrong is not None or (not multi and len(said) != 1):
        raise InvalidCall(f"an example's answer is {answer!r}; labels are {', '.join(known)}")
    return json.dumps(said, ensure_ascii=False) if multi else said[0]


def _written(contract: Contract, answer: Any) -> str:
    value = plain(answer)
    return value if contract.bare and isinstance(value, str) else json.dumps(value, ensure_ascii=False)
