"""A prompt with named gaps: the caller's own words go into them, documents never do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from onedoor.errors import InvalidCall
from onedoor.shape import nearest
from onedoor.types import Document, replace

Value = str | int | float | bool | Document

LONGEST_NAME = 80
_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_LEAD = re.compile(r"(?:[ \t]|>|(?:[-*+•]|\d{1,3}[.)])(?=[ \t]))*")
_UNSAFE = re.compile(r"[\[\]\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its gaps filled: the text, which template it was, and the documents it refers to."""

    text: str
    template: str
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """A place for a value; `margin` is what each further line of it begins with."""

    name: str
    margin: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text with gaps written `{name}`; braces themselves are written `{{` and `}}`.

    `variables` are the gaps in the order of the text. Given, they declare them: a gap that is not declared and a
    declaration without a gap are errors. With `paths` a gap may also be `{name.inner}`, filled under that name.
    `version` is twelve hex digits that change with the text.
    """

    text: str
    name: str = ""
    variables: tuple[str, ...] = field(default=(), kw_only=True)
    paths: bool = field(default=False, kw_only=True)
    version: str = field(default="", init=False, repr=False, compare=False)
    _parts: tuple[str | _Gap, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = tuple(_parsed(self.text, paths=self.paths))
        found = tuple(dict.fromkeys(part.name for part in parts if isinstance(part, _Gap)))
        if self.variables:
            _agree(found, self.variables)
        object.__setattr__(self, "_parts", parts)
        object.__setattr__(self, "variables", found)
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        object.__setattr__(self, "version", digest[:12])

    @property
    def label(self) -> str:
        """What the ledger calls it: `name@version`."""
        return f"{self.name}@{self.version}"

    def fill(self, /, **values: Value) -> Filled:
        """The text with every gap filled.

        A text, number or truth value stands where its gap is, indented like it. A document doesn't: its gap gets
        `[document: its name]`, and it is handed on beside the text, so that what others wrote is never an order.
        """
        _complete(self.label, self.variables, values)
        documents = _named({name: value for name, value in values.items() if isinstance(value, Document)})
        said = {name: f"[document: {document.name}]" for name, document in documents.items()}
        said |= {name: _said(name, value) for name, value in values.items() if name not in documents}
        text = "".join(
            part if isinstance(part, str) else _indented(said[part.name], part.margin) for part in self._parts
        )
        return Filled(text, self.label, tuple(documents[name] for name in self.variables if name in documents))


def _parsed(text: str, *, paths: bool) -> Iterator[str | _Gap]:
    at = 0
    for token in _TOKEN.finditer(text):
        yield text[at : token.start()]
        at = token.end()
        if token[0] in {"{{", "}}"}:
            yield token[0][0]
        elif token["name"] is not None and _named_so(token["name"], paths=paths):
            yield _Gap(token["name"], _margin(text, token.start()))
        else:
            raise InvalidCall(_malformed(text, token))
    yield text[at:]


def _named_so(name: str, *, paths: bool) -> bool:
    return name.isidentifier() or (paths and all(part.isidentifier() for part in name.split(".")))


def _malformed(text: str, token: re.Match[str]) -> str:
    line = text.count("\n", 0, token.start()) + 1
    if token["name"] is None:
        return f"line {line} of the template has a single {token[0]!r}: write {token[0] * 2!r} for a brace"
    plain = re.split(r"[^\w]", token["name"].strip())[0]
    fix = f"write {{{plain}}} and give the finished value" if plain.isidentifier() else "a gap is {name}"
    return f"line {line} of the template has {token[0]!r}: {fix}, or write {{{{ and }}}} for braces"


def _margin(text: str, at: int) -> str:
    """What a further line of a value here begins with: the indentation, blanks below a bullet, the sign of a quote."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return re.sub(r"[^\s>]", " ", before) if _LEAD.fullmatch(before) else ""


def _indented(value: str, margin: str) -> str:
    if not margin or "\n" not in value:
        return value
    first, *others = value.split("\n")
    return "\n".join([first, *((margin + line if line.strip() else margin.rstrip()) for line in others)])


def _agree(found: Collection[str], declared: Sequence[str]) -> None:
    for name in found:
        if name not in declared:
            raise InvalidCall(f"the template has the gap {{{name}}}, which is not declared; {nearest(name, declared)}")
    for name in declared:
        if name not in found:
            raise InvalidCall(f"{name!r} is declared and the template has no such gap; {nearest(name, found)}")


def _complete(label: str, names: Collection[str], values: Collection[str]) -> None:
    unknown = [f"no gap {name!r} ({nearest(name, names)})" for name in values if name not in names]
    missing = [name for name in names if name not in values]
    wrong = unknown + ([f"no value for {', '.join(missing)}"] if missing else [])
    if wrong:
        raise InvalidCall(f"template {label}: {'; '.join(wrong)}")


def _said(name: str, value: Value) -> str:
    if isinstance(value, str | int | float):
        return str(value)
    kind = type(value).__name__
    raise InvalidCall(f"{name} must be a text, a number, true or false, or a Document, not {kind}: {value!r:.60}")


def _named(documents: dict[str, Document]) -> dict[str, Document]:
    """Each document under a name of one line that no other one has."""
    named: dict[str, Document] = {}
    taken: set[str] = set()
    for variable, document in documents.items():
        plain = _UNSAFE.sub(" ", document.name)[:LONGEST_NAME].strip() or variable
        name = next(one for one in _numbered(plain) if one not in taken)
        taken.add(name)
        named[variable] = replace(document, name=name)
    return named


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in range(2, 10**6):
        yield f"{name} {number}"
