"""`python -m onedoor` is the command line."""

from __future__ import annotations

from onedoor.cli import main

if __name__ == "__main__":
    main()
