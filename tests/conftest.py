"""No test touches the state of whoever runs it; one that needs a file names its own.

Laws are tried on 40 examples, so that the suite stays quick, and on 200 with HYPOTHESIS_PROFILE=thorough. With CI set
they are the same examples every time.
"""

from __future__ import annotations

import os

from hypothesis import settings

os.environ["ONEDOOR_STATE"] = "memory"

settings.register_profile("quick", max_examples=40, deadline=None, derandomize="CI" in os.environ)
settings.register_profile("thorough", max_examples=200, deadline=None)
settings.load_profile("thorough" if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else "quick")
