"""Does an answer fulfil its contract? If so its value, if not what is wrong. Nothing here asks a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onedoor.errors import Unrecoverable
from onedoor.output.bare import may_go_on, readings
from onedoor.output.checks import Outcome, outcomes
from onedoor.output.contract import Contract, Diagnosis, Failure, Unfit
from onedoor.output.diagnose import broken, cut, declined, malformed, misshapen, stopped, truncated
from onedoor.output.dialects import Dialect
from onedoor.output.faults import compiled
from onedoor.output.pointers import MISSING, at, parts
from onedoor.output.reading import NotJson, read
from onedoor.output.recovered import Edit, Recovered
from onedoor.output.score import weighted
from onedoor.output.words import kind, one_line, quote
from onedoor.types import FinishReason

Recover = Callable[[str, Mapping[str, Any] | None], Recovered]


@dataclass(frozen=True, slots=True)
class Valid:
    """An answer that fulfils its contract.

    data         what the caller gets
    value        the JSON value it was built from, or the text
    edits        what had to be done to the answer; empty for one that was right as it came
    score_parts  what each check said
    """

    data: Any
    value: Any
    edits: tuple[Edit, ...] = ()
    score_parts: tuple[Outcome, ...] = ()

    @property
    def score(self) -> float:
        """How good the answer is, from 0 to 1."""
        return weighted(self.score_parts)


def validate(
    contract: Contract,
    text: str,
    recover: Recover | None,
    *,
    finish_reason: FinishReason = "stop",
    capped: bool = False,
    runaway: str = "",
    dialect: Dialect | None = None,
) -> Valid | Diagnosis:
    """Strictly first; then what can be recovered; then why not.

    recover        reads a damaged text by a schema or raises Unrecoverable; None for none
    finish_reason  why the model stopped
    capped         whether it used up its output tokens, whatever it says
    runaway        what a detector said about it, empty if nothing
    dialect        the form the schema was sent in, to be undone
    """
    ended = stopped(text, finish_reason, runaway=runaway, capped=capped)
    if ended is not None:
        return ended
    strict = _strict(contract, text, dialect)
    if isinstance(strict, Valid) and not (cut(finish_reason, capped) and _open_ended(contract, strict, text)):
        return strict
    refusal = None if isinstance(strict, Valid) else declined(contract, text)
    if refusal is not None:
        return refusal
    if isinstance(strict, Valid) or cut(finish_reason, capped):
        return truncated(text)
    found = None if recover is None else _recovered(contract, text, recover, dialect)
    return found if isinstance(found, Valid) else _telling(strict, found)


def diagnose(
    contract: Contract, text: str, finish_reason: FinishReason = "stop", *, capped: bool = False, runaway: str = ""
) -> Diagnosis | None:
    """What is wrong with an answer as it stands, None if nothing."""
    found = validate(contract, text, None, finish_reason=finish_reason, capped=capped, runaway=runaway)
    return found if isinstance(found, Diagnosis) else None


def _strict(contract: Contract, text: str, dialect: Dialect | None) -> Valid | Diagnosis:
    if contract.bare or contract.schema is None:
        return _best(fitted(contract, value, text, edits) for value, edits in readings(contract, text))
    try:
        value = read(text)
    except NotJson as error:
        return malformed(text, error)
    return _best(fitted(contract, form, text) for form in _forms(value, dialect))


def _forms(value: Any, dialect: Dialect | None) -> Iterator[Any]:
    """A value as the caller's schema has it; a model may also have answered by that schema at once."""
    undone = value if dialect is None else dialect.undo(value)
    yield undone
    if undone != value:
        yield value


def _best(found: Iterator[Valid | Diagnosis]) -> Valid | Diagnosis:
    """The first that is valid, or what is wrong with the first that has the right shape, or with the first."""
    tried = []
    for one in found:
        if isinstance(one, Valid):
            return one
        tried.append(one)
    return next((one for one in tried if one.mode == "constraint"), tried[0])


def fitted(contract: Contract, value: Any, text: str, edits: tuple[Edit, ...] = ()) -> Valid | Diagnosis:
    """A JSON value (or the text) held against its contract: schema, required keys, build, checks."""
    wrong = misfits(contract, value)
    if wrong:
        return misshapen(wrong)
    try:
        data = value if contract.build is None else contract.build(value)
    except Unfit as error:
        return broken(error.failures)
    except ValueError as error:
        return broken((Failure("", f"breaks a rule: {one_line(str(error), 200)}", kind(value), quote(value)),))
    said = outcomes(contract, value, data, text)
    failures = [outcome.failure for outcome in said if outcome.failure]
    return broken(failures) if failures else Valid(data, value, edits, said)


def misfits(contract: Contract, value: Any) -> tuple[Failure, ...]:
    """What is wrong with the shape of a value."""
    if contract.pattern is not None and not (isinstance(value, str) and contract.pattern.fullmatch(value)):
        rule = f"must match the pattern {one_line(contract.pattern.pattern, 100)} as a whole"
        return (Failure("", rule, kind(value), quote(value)),)
    if contract.schema is None:
        return ()
    judge = contract.judge or compiled(contract.schema, formats=contract.build is None)
    return judge(value) or tuple(_lacking(contract, value))


def _lacking(contract: Contract, value: Any) -> Iterator[Failure]:
    for path in contract.required:
        for where, found in at(value, parts(path)):
            if found is MISSING or found is None:
                yield Failure(where, "must be there and not null", "nothing" if found is MISSING else "null")


def _open_ended(contract: Contract, found: Valid, text: str) -> bool:
    """Whether the cap may have cut off part of an answer that looks whole: a text or a number can always go on."""
    if contract.bare or contract.schema is None:
        quoted = any(edit.kind in {"unquoted", "unwrapped"} for edit in found.edits)
        return not quoted and may_go_on(contract, found.value)
    return text.rstrip()[-1:].isdigit()


def _recovered(
    contract: Contract,
    text: str,
    recover: Recover,
    dialect: Dialect | None,
) -> Valid | Diagnosis | None:
    """The answer as recovery reads it, by the caller's schema or by the one that was sent."""
    if contract.schema is None or (contract.bare and not contract.choices):
        return None
    found: Valid | Diagnosis | None = None
    for schema in _schemas(contract, dialect):
        try:
            read_out = recover(text, schema)
        except Unrecoverable:
            continue
        value = read_out.value if dialect is None or schema is contract.schema else dialect.undo(read_out.value)
        found = fitted(contract, value, text, read_out.edits)
        if isinstance(found, Valid):
            return found
    return found


def _schemas(contract: Contract, dialect: Dialect | None) -> Iterator[Mapping[str, Any]]:
    if contract.schema is not None:
        yield contract.schema
    if dialect is not None and dialect.schema is not None and dialect.changes and not contract.bare:
        yield dialect.schema


def _telling(strict: Valid | Diagnosis, recovered: Valid | Diagnosis | None) -> Diagnosis:
    """What recovery found wrong says more than that the text wasn't JSON."""
    for one in (recovered, strict):
        if isinstance(one, Diagnosis):
            return one
    raise AssertionError("a valid answer needs no diagnosis")
