"""Providers: one file per wire dialect, all behind one protocol."""
