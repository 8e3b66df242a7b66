"""Where calls are written down and answers are kept."""
