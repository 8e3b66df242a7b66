"""The rails, one file each. `standard.py` puts them in order."""
