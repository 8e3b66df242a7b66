"""The simulator's wire: the OpenAI-compatible dialect, as a pure function from a request to a script."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from onedoor.sim.completion import Completion
from onedoor.sim.dice import Dice
from onedoor.sim.envelope import FINGERPRINT, Fields, refusal, whole
from onedoor.sim.profiles import CONTEXT, PROFILES, Profile
from onedoor.sim.request import Chat, Embed, Request, Tokenize
from onedoor.sim.script import Script
from onedoor.sim.tokens import count, split
from onedoor.sim.vectors import DIMENSIONS, embed
from onedoor.sim.write import write


def answer(request: Request, *, seen: int, seed: int) -> Script:
    """What happens to this request when the same was asked `seen` times before."""
    route = _ROUTES.get((request.method, request.path))
    if route is None:
        return refusal(404, "not_found", f"no {request.method} {request.path}; there is {_list(_ROUTES)}")
    try:
        return route(request, seen, Dice(f"{seed}/{request.key}"))
    except msgspec.ValidationError as error:
        return refusal(400, "invalid_request_error", str(error))


def _chat(request: Request, seen: int, dice: Dice) -> Script:
    chat = request.read(Chat)
    profile = _profile(chat.model, embeds=False)
    if isinstance(profile, Script):
        return profile
    prompt = count(chat.messages)
    if prompt > CONTEXT:
        why = f"the prompt's {prompt} tokens are more than the {CONTEXT} of {profile.name}"
        return refusal(400, "context_length_exceeded", why)
    return _fault(profile, seen, dice) or _completion(chat, profile, prompt, dice)


def _completion(chat: Chat, profile: Profile, prompt: int, dice: Dice) -> Script:
    completion = Completion(write(chat, profile, dice), profile, prompt, dice.mark("id"))
    return completion.streamed(include_usage=chat.include_usage) if chat.stream else completion.plain()


def _embeddings(request: Request, seen: int, dice: Dice) -> Script:
    asked = request.read(Embed)
    profile = _profile(asked.model, embeds=True)
    if isinstance(profile, Script):
        return profile
    used = sum(len(split(text)) for text in asked.texts)
    data = [_embedding(asked, place, text) for place, text in enumerate(asked.texts)]
    usage = {"prompt_tokens": used, "total_tokens": used}
    body = {"object": "list", "model": asked.model, "data": data, "usage": usage}
    return replace(whole(body, delay=profile.first_token), input=used, price=profile.price)


def _tokenize(request: Request, seen: int, dice: Dice) -> Script:
    asked = request.read(Tokenize)
    return whole({"count": len(split(asked.content)), "max_model_len": CONTEXT})


def _models(request: Request, seen: int, dice: Dice) -> Script:
    about = {"object": "model", "created": 0, "owned_by": FINGERPRINT, "context_length": CONTEXT}
    return whole({"object": "list", "data": [{"id": name, **about} for name in PROFILES]})


_ROUTES: Mapping[tuple[str, str], Callable[[Request, int, Dice], Script]] = {
    ("POST", "/chat/completions"): _chat,
    ("POST", "/embeddings"): _embeddings,
    ("POST", "/tokenize"): _tokenize,
    ("GET", "/models"): _models,
}


def _list(routes: Mapping[tuple[str, str], object]) -> str:
    return ", ".join(" ".join(route) for route in routes)


def _profile(name: str, *, embeds: bool) -> Profile | Script:
    profile = PROFILES.get(name)
    if profile is None:
        return refusal(404, "model_not_found", f"no model {name!r}; there is {', '.join(PROFILES)}")
    if profile.embeds != embeds:
        does = "makes embeddings, it doesn't chat" if profile.embeds else "chats, it makes no embeddings"
        return refusal(400, "invalid_request_error", f"the model {name} {does}")
    return profile


def _fault(profile: Profile, seen: int, dice: Dice) -> Script | None:
    rule = profile.faults
    if rule is None or seen >= rule.tries or dice.roll("fault") >= rule.share:
        return None
    status = rule.statuses[seen % len(rule.statuses)]
    code = "rate_limit_exceeded" if status == 429 else "server_error"
    headers = {} if rule.retry_after is None else {"retry-after": str(rule.retry_after)}
    return refusal(status, code, f"{profile.name} fails on purpose", delay=profile.first_token, headers=headers)


def _embedding(asked: Embed, place: int, text: str) -> Fields:
    vector: list[float] | str = embed(text, asked.dimensions or DIMENSIONS)
    if asked.encoding_format == "base64":
        vector = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return {"object": "embedding", "index": place, "embedding": vector}
