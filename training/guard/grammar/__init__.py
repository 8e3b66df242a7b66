"""Rows for the guard's models, from an authored phrase grammar: attacks, and harmless texts that look like them."""

from __future__ import annotations

from training.guard.grammar.engine import Example, generate

__all__ = ["Example", "generate"]
