"""What is wrong with an answer: contracts, recovery, diagnosis. Pure; nothing here asks a model."""
