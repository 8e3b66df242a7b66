"""What is wrong with a text that goes to a model, or comes from one."""

from __future__ import annotations

from onedoor.guard.inspection import OWASP, Family, Finding, Inspection, Kind, Severity
from onedoor.guard.look import inspect
from onedoor.guard.semantic import SemanticDetector, builtin

__all__ = ["OWASP", "Family", "Finding", "Inspection", "Kind", "SemanticDetector", "Severity", "builtin", "inspect"]
