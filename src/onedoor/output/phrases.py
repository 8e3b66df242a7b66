"""Phrases found in a text: whole words, any case, in any script."""

from __future__ import annotations

import re
import unicodedata

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Letters of scripts that don't put spaces between words: there a phrase is found inside a run of letters, too."""
_WORD = f"[^\\W{_UNSPACED}]"


def phrase(words: str) -> re.Pattern[str]:
    """A pattern that finds these words in a folded text, not as parts of longer words."""
    parts = [re.escape(part) for part in folded(words).split()]
    inner = r"\s+".join(parts)
    first, last = folded(words).strip()[0], folded(words).strip()[-1]
    before = f"(?<!{_WORD})" if re.match(_WORD, first) else ""
    after = f"(?!{_WORD})" if re.match(_WORD, last) else ""
    return re.compile(before + inner + after)


def folded(text: str) -> str:
    """A text without differences of case and of how characters are composed."""
    return unicodedata.normalize("NFKC", text.casefold()).replace("\u2019", "'")


def bare_letters(text: str) -> str:
    """Only the letters and digits of a text, folded: what is compared where punctuation doesn't count."""
    return "".join(letter for letter in folded(text) if letter.isalnum())
