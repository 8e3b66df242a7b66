"""Asking a model server how many tokens a text has."""

from __future__ import annotations

import msgspec

from onedoor.errors import ProviderError, RequestRejected
from onedoor.providers.client import Client

CONNECT = 5.0
"""Seconds to connect within."""

MISSING = frozenset({404, 405, 501})
"""What servers answer that don't know a path."""


async def tokenized(root: Client, model: str, text: str) -> int:
    """The tokens of a text as a server counts that speaks OpenAI's dialect; `root` is the address beside /v1.

    `/tokenize` is llama.cpp's server and vLLM, which name the text differently; `/extras/tokenize/count` is
    llama-cpp-python, which counts the mark a prompt begins with, too. Raises RequestRejected where there is neither.
    """
    marks = {"add_special": False, "add_special_tokens": False}
    ways = (
        ("/tokenize", {"model": model, "content": text, "prompt": text, **marks}),
        ("/extras/tokenize/count", {"model": model, "input": text}),
    )
    for path, body in ways:
        try:
            return await _asked(root, path, body)
        except ProviderError as error:
            if error.status not in MISSING:
                raise
    raise RequestRejected(
        f"{root.provider} doesn't count tokens: it has no {' and no '.join(dict(ways))}", provider=root.provider
    )


async def _asked(root: Client, path: str, body: object) -> int:
    async with root.post(path, body, connect=CONNECT) as response:
        said = await response.read()
    answer = root.parse(said, _Tokens)
    if answer.count is not None:
        return answer.count
    if answer.tokens is None:
        raise root.not_ours(said)
    return len(answer.tokens)


class _Tokens(msgspec.Struct):
    count: int | None = None
    tokens: list[msgspec.Raw] | None = None
