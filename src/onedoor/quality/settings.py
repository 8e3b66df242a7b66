"""All that can change an answer besides its question: what a results file is held against when it is gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from onedoor.config import Budget, Config, Reviewer, Run
from onedoor.output.contract import Contract
from onedoor.quality.results import FORMAT, Head
from onedoor.quality.variants import Variant

OF_A_TASK = (
    *("system", "temperature", "top_p", "max_output_tokens", "seed", "stop", "reasoning", "options"),
    *("prompt", "guard", "repair", "verify", "abort"),
)
OF_A_MODEL = ("name", "lab", "context", "reasoning", "options", "max_output", "system")
OF_A_PROVIDER = ("kind", "base_url", "function", "seed", "structured")


def head(
    config: Config,
    variants: Sequence[Variant],
    *,
    name: str,
    task: str,
    judge: Reviewer | None,
    cached: bool,
    at: float,
) -> Head:
    """What a new comparison begins its file with."""
    stamp = f"{at:.3f}"
    return Head(
        format=FORMAT,
        name=name,
        run=f"compare {name} {stamp}",
        begun=at,
        task=task,
        variants={variant.name: _variant(variant, config) for variant in variants},
        settings={
            "settings": _plain(config.settings(task), OF_A_TASK),
            "contract": _contract(config.contracts.get(task)),
            "models": {variant.model: _model(config, variant.model) for variant in variants},
            "judge": _judge(config, judge),
            "cached": cached,
        },
    )


def capped(config: Config, run: str, nano_usd: int | None) -> Config:
    """The configuration with this run, under a cap that is never overspent."""
    budgets = [] if nano_usd is None else [Budget(usd=max(1, nano_usd) / 1e9, per="run", strict=True)]
    return msgspec.structs.replace(config, runs={**config.runs, run: Run(budgets=budgets)})


def _variant(variant: Variant, config: Config) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(variant)
    if variant.template:
        told["template"] = config.templates[variant.template].label
    return told


def _plain(table: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: msgspec.to_builtins(getattr(table, name)) for name in names}


def _model(config: Config, name: str) -> dict[str, Any]:
    model = config.models[name]
    provider = config.providers[model.provider]
    return {**_plain(model, OF_A_MODEL), "provider": {"id": model.provider, **_plain(provider, OF_A_PROVIDER)}}


def _contract(contract: Contract | None) -> object:
    if contract is None:
        return None
    return {
        "schema": contract.schema,
        "choices": list(contract.choices),
        "pattern": contract.pattern.pattern if contract.pattern else "",
        "required": list(contract.required),
        "checks": [[check.name, check.rule, check.path] for check in contract.checks],
    }


def _judge(config: Config, judge: Reviewer | None) -> object:
    if judge is None:
        return None
    return {**msgspec.to_builtins(judge), "models": config.tasks[judge.task].models}
