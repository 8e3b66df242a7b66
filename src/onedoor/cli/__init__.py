"""The command line: one file per command. Answers go to stdout, everything else to stderr."""

from __future__ import annotations

from onedoor.cli.app import main

__all__ = ["main"]
