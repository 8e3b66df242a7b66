"""Rows to write into a state's file: the ledger tests' own."""

from ..ledger.book import NOON, attempt, body, call, failed, verdict, write  # noqa: TID252 - one set of rows for both

__all__ = ["NOON", "attempt", "body", "call", "failed", "verdict", "write"]
