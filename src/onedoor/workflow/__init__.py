"""Steps around the door, connected by what they need, over many items."""

from onedoor.workflow.workflow import Workflow as Workflow
