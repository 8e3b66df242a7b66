"""How many tokens a prompt has: exact where a vocabulary is at hand, else bounded from above."""

from __future__ import annotations

from onedoor.prompt.tokens.count import Count, How
from onedoor.prompt.tokens.counter import Counter, Counters
from onedoor.prompt.tokens.learnt import Learnt
from onedoor.prompt.tokens.models import vocabulary_of
from onedoor.prompt.tokens.upper import certain, upper
from onedoor.prompt.tokens.vocabularies import Vocabularies

__all__ = ["Count", "Counter", "Counters", "How", "Learnt", "Vocabularies", "certain", "upper", "vocabulary_of"]
