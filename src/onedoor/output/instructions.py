"""A contract told to the model in words, for servers that don't show it the schema."""

from __future__ import annotations

import json

from onedoor.output.contract import Check, Contract


def instructions(contract: Contract, copy: str = "") -> str:
    """What the answer must be. `copy` is the schema as text, where it is to be shown.

    The rules of hard checks are told, too, apart from those of callables that say nothing of themselves.
    """
    rules = [f"- {check.path or 'The answer'} {check.rule}." for check in contract.checks if _told(check)]
    return "\n".join([*_form(contract, copy), *rules])


def _form(contract: Contract, copy: str) -> list[str]:
    if contract.choices:
        labels = ", ".join(json.dumps(label, ensure_ascii=False) for label in contract.choices)
        return [f"Answer with exactly one of these labels and nothing else: {labels}"]
    if contract.pattern is not None:
        return [f"Answer with a text that matches this regular expression and nothing else: {contract.pattern.pattern}"]
    if contract.bare or contract.schema is None:
        return []
    lead = "Answer with one JSON value and nothing else: no explanation, no Markdown."
    return [f"{lead} It must be valid under this JSON Schema:", copy] if copy else [lead]


def _told(check: Check) -> bool:
    return check.rule.startswith(("must ", "must not "))
