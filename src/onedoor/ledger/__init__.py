"""The read side: what happened, what it came to, and how things stand."""
