"""An answer while it is being written: the value so far, whether it can still come right, whether it runs away."""
