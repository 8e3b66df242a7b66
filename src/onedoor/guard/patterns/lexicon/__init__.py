"""The words of each language, by class. A word may be of many classes, and a rule joins words of any languages."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.addressees import ENGLISH_ADDRESSES, MANY_ADDRESSES
from onedoor.guard.patterns.lexicon.askings import ASKINGS
from onedoor.guard.patterns.lexicon.east_asian import EAST_ASIAN
from onedoor.guard.patterns.lexicon.english import ENGLISH_ORDERS
from onedoor.guard.patterns.lexicon.english_probes import ENGLISH_PROBES
from onedoor.guard.patterns.lexicon.english_selves import ENGLISH_SELVES
from onedoor.guard.patterns.lexicon.germanic import GERMANIC
from onedoor.guard.patterns.lexicon.indic import INDIC
from onedoor.guard.patterns.lexicon.right_to_left import RIGHT_TO_LEFT
from onedoor.guard.patterns.lexicon.romance import ROMANCE
from onedoor.guard.patterns.lexicon.scattered import SCATTERED
from onedoor.guard.patterns.lexicon.slavic import SLAVIC
from onedoor.guard.patterns.lexicon.terms import Lexicon

LEXICONS: tuple[Lexicon, ...] = (
    ENGLISH_ORDERS,
    ENGLISH_SELVES,
    ENGLISH_PROBES,
    ENGLISH_ADDRESSES,
    MANY_ADDRESSES,
    ASKINGS,
    *GERMANIC,
    *ROMANCE,
    *SLAVIC,
    *SCATTERED,
    *RIGHT_TO_LEFT,
    *INDIC,
    *EAST_ASIAN,
)
