"""One call in words: what it came to, its rails as a waterfall, its attempts, what was asked and answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import convert

from onedoor.cli.table import table
from onedoor.cli.times import shown
from onedoor.ledger.ledger import Story
from onedoor.ledger.verdicts import holding
from onedoor.output.words import one_line
from onedoor.policy.ledger import AttemptRow, BodyRow, CallRow
from onedoor.prompt.trimmed import Trimmed
from onedoor.trail import Found

WIDTH = 32
REASON, NAME = 1_000, 80
ATTEMPTS = ("#", "MODEL", "PROVIDER", "OUTCOME", "STATUS", "WAITED", "SECONDS", "FIRST", "IN", "OUT", "COST", "PRICE")


def lines(story: Story) -> Iterator[str]:
    """Everything that is known, in the order one asks for it."""
    yield f"call {story.id}"
    if story.call is None:
        yield "  its process died before the call was written down; what is known are its attempts"
    else:
        yield from _summary(story.call)
        yield from _verdicts(story)
        yield from ("", "rails:", *waterfall(story.call.trail))
    if story.attempts:
        yield from ("", "attempts:", *(f"  {line}" for line in table(_attempts(story.attempts), head=ATTEMPTS)))
    if story.body is not None:
        yield from _body(story.body)


def money(nano_usd: int | None) -> str:
    """Dollars, or that they aren't known."""
    return "unknown" if nano_usd is None else f"${nano_usd / 1e9:.6f}"


def outcome(row: CallRow | AttemptRow) -> str:
    """How it ended, with the error's code."""
    return f"{row.outcome}: {row.error}" if row.error and row.error != row.outcome else row.outcome


def waterfall(trail: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rails, nested as they were passed, each with a bar where it lay in the call's time."""
    whole = max((note["at"] + note["seconds"] for note in trail), default=0.0)
    return [
        f"  {_name(note):<30}{note['seconds'] * 1000:>10.1f} ms  {_bar(note, whole)}  {_did(note)}" for note in trail
    ]


def _name(note: Mapping[str, Any]) -> str:
    candidate = f" {note['candidate']}" if note["candidate"] else ""
    return f"{'  ' * note['depth']}{note['rail']}{candidate}"


def _did(note: Mapping[str, Any]) -> str:
    error = f": {note['error']}" if note["error"] else ""
    remark = f" ({note['remark']})" if note["remark"] else ""
    return f"{note['outcome']}{error}{remark}"


def _bar(note: Mapping[str, Any], whole: float) -> str:
    """Never empty, however short."""
    scale = WIDTH / whole if whole else 0.0
    begin = min(WIDTH - 1, int(note["at"] * scale))
    length = max(1, min(WIDTH - begin, round(note["seconds"] * scale)))
    return f"{' ' * begin}{'█' * length}".ljust(WIDTH)


def _summary(call: CallRow) -> Iterator[str]:
    """A line each for what there is to say."""
    told = {
        "when": f"{shown(call.at)}, {call.seconds:.3f} s{_first(call.first_token)}",
        "outcome": f"{outcome(call)}{f' — {call.message}' if call.message else ''}",
        "task": call.task,
        "caller": call.caller,
        "user": call.user,
        "run": call.run,
        "for": call.parent,
        "template": call.template,
        "model": f"{call.model} ({call.served or '-'} at {call.provider})" if call.model else "",
        "finish": call.finish_reason,
        "tokens": f"{'~' if call.estimated else ''}{call.input} in ({call.cached_input} cached), {call.output} out",
        "cost": f"{money(call.nano_usd)}{f' ({call.price_source})' if call.price_source else ''}",
        "cached": "yes" if call.cached else "",
        "metadata": msgspec.json.encode(call.metadata).decode() if call.metadata else "",
    }
    yield from (f"  {name:<9} {value}" for name, value in told.items() if value)
    for reason in call.degraded:
        yield f"  degraded  {reason['kind']}: {reason['candidate']}: {reason['message']}"
    for found in call.found:
        yield f"  guard     {convert(found, Found)}"
    for trimmed in call.trimmed:
        yield f"  trimmed   {convert(trimmed, Trimmed)}"


def _verdicts(story: Story) -> Iterator[str]:
    """The verdict that holds on each model's answer, and who said what when."""
    for model, verdict in holding(story.verdicts).items():
        yield f"  verdict   {verdict} holds on the answer of {model or '-'}"
    for row in story.verdicts:
        about = f" on {row.model}" if row.model and story.call and row.model != story.call.model else ""
        score = "" if row.score is None else f" ({row.score:.2f})"
        reason = f": {one_line(row.reason, REASON)}" if row.reason else ""
        says = f"{row.kind} {one_line(row.by, NAME)} says {row.verdict}{about}{score}{reason}"
        yield f"            {shown(row.at)}  {says}"


def _first(seconds: float | None) -> str:
    return "" if seconds is None else f", first token after {seconds:.3f} s"


def _attempts(attempts: Sequence[AttemptRow]) -> list[tuple[object, ...]]:
    return [
        (
            row.number,
            row.model,
            row.provider,
            outcome(row),
            row.status or "-",
            f"{row.waited:.3f} s",
            f"{row.seconds:.3f} s",
            "-" if row.first_token is None else f"{row.first_token:.3f} s",
            f"{'~' if row.estimated else ''}{row.input}",
            row.output,
            money(row.nano_usd),
            row.price_source or "-",
        )
        for row in attempts
    ]


def _body(body: BodyRow) -> Iterator[str]:
    asked = msgspec.json.decode(body.request)
    for turn in asked["messages"]:
        yield from ("", f"{turn['role']}:", _words(turn.get("parts", ())))
    for document in asked["context"]:
        yield from ("", f"document {document['name']}:".replace(" :", ":"), document["text"])
    if body.reply:
        reply = msgspec.json.decode(body.reply)
        yield from ("", "answer:", reply["text"])
        yield from (f"{tool['name']}({tool['arguments']})" for tool in reply["tool_calls"])


def _words(parts: Sequence[Mapping[str, Any]]) -> str:
    return "".join(part.get("text", "[picture]") for part in parts)
