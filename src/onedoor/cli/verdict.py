"""`onedoor verdict`: what you think of an answer, written down beside its call."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import click

from onedoor.cli import kept, out
from onedoor.cli.options import common, examples
from onedoor.errors import UnknownCall
from onedoor.ledger.ledger import Ledger
from onedoor.ledger.verdicts import holding, opinions
from onedoor.places import user_name
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.engine import Called
from onedoor.trail import Opinion
from onedoor.types import Verdict

VERDICTS: tuple[tuple[str, Verdict], ...] = (("accept", "accepted"), ("reject", "rejected"), ("unknown", "unknown"))
_LOOKS_LIKE_A_CALL = re.compile(r"-|last|[0-9a-f]{8}-[0-9a-f-]*")

EPILOG = examples(
    "onedoor verdict last --accept                               the latest answer was right",
    "onedoor verdict 019aa1c2-4f --reject 'the city is wrong'    this one wasn't, and why",
    "onedoor verdict last --unknown                              you can't tell: takes nothing back",
    "cut -f1 wrong.tsv | onedoor verdict - --reject              one id a line",
)


@click.command("verdict", epilog=EPILOG)
@click.argument("calls", metavar="ID|last|-…", nargs=-1)
@click.option("--accept", metavar="[REASON]", is_flag=False, flag_value="", help="It was right.")
@click.option("--reject", metavar="[REASON]", is_flag=False, flag_value="", help="It was wrong.")
@click.option("--unknown", metavar="[REASON]", is_flag=False, flag_value="", help="You can't tell.")
@click.option("--by", default=user_name, show_default="user@host", help="Who says so, for the ledger.")
@common
def command(
    calls: tuple[str, ...],
    accept: str | None,
    reject: str | None,
    unknown: str | None,
    by: str,
    config: str | None,
    as_json: bool,
) -> None:
    """Write down what you think of the answers of calls.

    ID may be the beginning of one; `last` is the latest call, - reads ids from stdin, one a line. Nothing is written
    unless every id is known. Nothing is ever overwritten either: the latest verdict of a person holds.
    """
    opinion = _opinion((accept, reject, unknown), by)
    table, path = kept.state_table(config), kept.file_of(config)
    with Ledger(path) as ledger:
        ids = list(dict.fromkeys(_known(ledger, start) for start in _named(calls)))
        found = kept.with_state(path, lambda state: _say(state, ids, opinion), durability=table.durability)
        lines = [_data(ledger, call, opinion) for call in found]
    if as_json:
        out.pretty_json(lines)
    else:
        for line in lines:
            out.say(f"{line['id']} ({line['model'] or '-'}) is {line['holds']}")


def _opinion(reasons: Sequence[str | None], by: str) -> Opinion:
    """The one verdict that was given, as a person's."""
    given = [(verdict, reason) for (_, verdict), reason in zip(VERDICTS, reasons, strict=True) if reason is not None]
    if len(given) != 1:
        raise click.UsageError("say one of --accept, --reject and --unknown")
    verdict, reason = given[0]
    if _LOOKS_LIKE_A_CALL.fullmatch(reason):
        raise click.UsageError(
            f"{reason!r} is no reason; name the calls before the verdict: onedoor verdict ID --accept"
        )
    return Opinion(verdict, "person", by, reason)


def _named(calls: Sequence[str]) -> list[str]:
    """The ids given, those on stdin in place of each -, each once."""
    named = list(dict.fromkeys(_each(calls)))
    if not named:
        raise click.UsageError("name a call: its id, the beginning of it, `last`, or - for a list on stdin")
    return named


def _each(calls: Sequence[str]) -> Iterator[str]:
    for call in calls:
        if call == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield call


def _known(ledger: Ledger, start: str) -> str:
    """The id of a call that has an answer to judge. Raises UnknownCall."""
    story = ledger.show(start)
    if story.call is None:
        raise UnknownCall(f"call {story.id} has no answer: its process died before it was written down")
    return story.id


async def _say(state: State, ids: Sequence[str], opinion: Opinion) -> list[Called]:
    ledger = StateLedger(state)
    return [await ledger.judge(call, opinion, time.time()) for call in ids]


def _data(ledger: Ledger, call: Called, opinion: Opinion) -> dict[str, Any]:
    """What was said, and what holds of all that was ever said."""
    said = opinions(ledger.reader.query, call.id)
    holds = holding(said).get(call.model, "unknown")
    told = {"verdict": opinion.verdict, "by": opinion.by, "reason": opinion.reason}
    return {"id": call.id, "model": call.model, **told, "holds": holds, "opinions": len(said)}
