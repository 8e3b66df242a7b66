"""Whether answers are right: drafts reviewed by another model, candidates compared on cases, the best one moved to."""
