"""A chat answer in the OpenAI-compatible dialect, whole or streamed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from onedoor.sim.envelope import MARK, Fields, event, whole
from onedoor.sim.profiles import Profile
from onedoor.sim.script import Piece, Script
from onedoor.sim.write import Written


@dataclass(frozen=True, slots=True)
class Completion:
    """What was written and how it is sent; `id` is a mark of its own, `prompt` the tokens of the question."""

    written: Written
    profile: Profile
    prompt: int
    id: str

    def plain(self) -> Script:
        """The answer in one piece, once its last token is written."""
        used = len(self.written.tokens)
        choice = {"index": 0, "message": self._message(), "finish_reason": self.written.finish}
        body = {**self._head("chat.completion"), "choices": [choice], "usage": self._usage()}
        return self._billed(whole(body, delay=self.profile.first_token + self.profile.per_token * used, tokens=used))

    def streamed(self, *, include_usage: bool) -> Script:
        """One event per token between a role and a finish."""
        delay = self.profile.per_token
        pieces = [
            self._chunk(self._opening(), delay=self.profile.first_token),
            *(self._chunk(self._delta(token), delay=delay, tokens=1) for token in self.written.tokens),
            self._chunk({}, finish=self.written.finish),
        ]
        if include_usage:
            pieces.append(event({**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage()}))
        pieces.append(Piece(0.0, b"data: [DONE]\n\n"))
        headers = {"content-type": "text/event-stream", "cache-control": "no-cache", **MARK}
        return self._billed(Script(200, headers, tuple(pieces)))

    def _billed(self, script: Script) -> Script:
        script = replace(script, input=self.prompt, price=self.profile.price)
        return _cut(script) if self.profile.damage == "cut" else script

    def _head(self, kind: str) -> Fields:
        return {"id": f"chatcmpl-sim-{self.id}", "object": kind, "created": 0, "model": self.profile.name}

    def _usage(self) -> Fields:
        used = len(self.written.tokens)
        return {"prompt_tokens": self.prompt, "completion_tokens": used, "total_tokens": self.prompt + used}

    def _message(self) -> Fields:
        if not self.written.tool:
            return {"role": "assistant", "content": self.written.text}
        return {"role": "assistant", "content": None, "tool_calls": [self._call(self.written.text)]}

    def _call(self, arguments: str) -> Fields:
        function = {"name": self.written.tool, "arguments": arguments}
        return {"id": f"call_{self.id}", "type": "function", "function": function}

    def _opening(self) -> Fields:
        if not self.written.tool:
            return {"role": "assistant", "content": ""}
        return {"role": "assistant", "content": None, "tool_calls": [{"index": 0, **self._call("")}]}

    def _delta(self, token: str) -> Fields:
        if not self.written.tool:
            return {"content": token}
        return {"tool_calls": [{"index": 0, "function": {"arguments": token}}]}

    def _chunk(self, delta: Fields, *, delay: float = 0.0, tokens: int = 0, finish: str | None = None) -> Piece:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({**self._head("chat.completion.chunk"), "choices": [choice]}, delay=delay, tokens=tokens)


def _cut(script: Script) -> Script:
    """The script up to its first third: of its pieces, or of its bytes where it is one piece."""
    pieces = script.pieces[: max(1, len(script.pieces) // 3)]
    if len(script.pieces) == 1:
        pieces = (replace(pieces[0], body=pieces[0].body[: len(pieces[0].body) // 3]),)
    return replace(script, pieces=pieces, cut=True)
