"""The network behind the built-in semantic detector: text to tokens, tokens to pieces, pieces to a probability."""
