"""How the input guard's model is trained (`python -m training.guard.train`) and measured (`… .evaluate`)."""
