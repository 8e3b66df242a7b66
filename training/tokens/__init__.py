"""Fits and measures the token bound: `python -m training.tokens.fit`, `python -m training.tokens.measure`."""
