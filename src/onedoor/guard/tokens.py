"""The tokens that chat templates are made of, and how to break them in a text of others."""

from __future__ import annotations

import re

_NAMES = r"start_of_turn|end_of_turn|start_of_image|end_of_image|BOS_TOKEN|EOS_TOKEN|sop|eop|unused[0-9]{1,3}"
_BRACKETS = r"INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|gMASK|sMASK"
_PIPED = r"<[|\uff5c](?!>)[^\s|\uff5c<>]{1,64}[|\uff5c]>"

TEMPLATE_TOKEN = re.compile(rf"{_PIPED}|<</?SYS>>|</?(?:{_NAMES})>|\[/?(?:{_BRACKETS})\]", re.I)
"""A token of a chat template that means nothing else: `<|im_start|>`, `<start_of_turn>`, `[INST]`, `<<SYS>>` …"""

_ALSO_MARKUP = r"</?(?:s|bos|eos|pad|think|tool_call|tool_response|tools|function_calls|invoke)>|\[/?(?:IMG|THINK)\]"
_BREAKABLE = re.compile(rf"{TEMPLATE_TOKEN.pattern}|{_ALSO_MARKUP}", re.I)
_WORD_JOINER = "\u2060"


def neutralised(text: str) -> str:
    """The text with its chat-template tokens broken: it looks the same, and no tokenizer reads a turn into it."""
    if "<" not in text and "[" not in text:
        return text
    return _BREAKABLE.sub(_broken, text)


def _broken(token: re.Match[str]) -> str:
    return token[0][0] + _WORD_JOINER + token[0][1:]
