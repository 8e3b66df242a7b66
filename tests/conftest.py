"""No test touches the state of whoever runs it; one that needs a file names its own."""

from __future__ import annotations

import os

os.environ["ONEDOOR_STATE"] = "memory"
