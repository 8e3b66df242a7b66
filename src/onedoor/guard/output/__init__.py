"""What is wrong with what a model says."""

from onedoor.guard.output.canary import Canary, new_canary
from onedoor.guard.output.rules import OutputRules, inspect_output, redacted
from onedoor.guard.output.screen import HELD, Screen

__all__ = ["HELD", "Canary", "OutputRules", "Screen", "inspect_output", "new_canary", "redacted"]
