"""The ledger's rows, where the stores look for them."""

from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow, EventRow

__all__ = ["AttemptRow", "BodyRow", "CallRow", "EventRow"]
