"""Which vocabulary a model reads with, by the name its provider serves it under."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Named = Literal["o200k", "cl100k"]
NAMED: Mapping[str, Named] = {"o200k": "o200k", "cl100k": "cl100k"}

_O200K = re.compile(
    r"(?:chatgpt|gpt)-?(?:4o|4\.1|4\.5|[5-9]|oss|image|audio|realtime)(?![0-9])|o[1-9](?![0-9a-z])|codex-mini|computer-use"
)
_CL100K = re.compile(r"gpt-(?:4|3\.5|35)(?![0-9o.])|text-embedding-(?:3-|ada-002)")


@lru_cache(maxsize=256)
def vocabulary_of(served: str) -> Named | None:
    """The public vocabulary of a served model; None where none is known.

    What stands before the name (`openai/`, `azure/`, `ft:`) is passed over, and so is what follows it. Source:
    openai/tiktoken, tiktoken/model.py. That later GPTs and o-models read with o200k too, and the image, audio, codex
    and computer-use models, is a judgement: the table doesn't name them.
    """
    name = served.lower().rpartition("/")[2].removeprefix("ft:")
    if _CL100K.match(name):
        return "cl100k"
    return "o200k" if _O200K.match(name) else None
