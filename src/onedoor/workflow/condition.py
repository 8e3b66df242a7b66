"""The conditions of a workflow's file: comparisons of what there is, and nothing that could do anything."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.output.score import plain
from onedoor.shape import nearest
from onedoor.workflow.step import DOOR, Need, Part

ALLOWED = (
    'steps and fields by their names, what is in them as extract.urgency or extract["a b"], texts, numbers, true, '
    "false, null, lists of these, == != < <= > >= in, not in, and, or, not, parentheses, len(…) and lower(…)"
)
LONGEST = 1000
"""Characters of a condition; longer ones are programs, and belong into a function."""

_CONSTANTS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_KINDS = (("a text", str), ("a number", (int, float)), ("a list", list))
_AS_JSON = (str, int, float, list, dict)
_ORDERS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

Values = Mapping[str, object]
"""What there is of an item, by name."""

Reading = Callable[[Values], object]
"""A part of a condition: what it comes to for an item."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether something is so, called with what its names stand for."""

    text: str
    reading: Reading

    def __call__(self, **values: object) -> bool:
        """Raises InvalidCall where the values are such that nobody can say."""
        try:
            return _truth(self.reading(values), "it")
        except InvalidCall as error:
            raise InvalidCall(f"{self.text}: {error}") from error


def condition(text: str, what: str) -> Part:
    """The condition a text says; `what` it is, for messages. Raises InvalidCall, which shows what is allowed."""
    source = " ".join(text.split("\n")).strip()
    try:
        tree = _parsed(source)
        reading = _read(tree, source)
    except InvalidCall as error:
        raise InvalidCall(f"{what}: {error}; a condition may have {ALLOWED}") from error
    except RecursionError as error:
        raise InvalidCall(f"{what}: {_shown(source)} goes too deep: make it a function") from error
    names = dict.fromkeys(_names(tree))
    if not names:
        raise InvalidCall(f"{what}: {source} names no step and no field, so it would be the same for every item")
    return Part(Condition(source, reading), tuple(Need(name, or_field=True) for name in names))


def _names(tree: ast.expr) -> Iterator[str]:
    """What it names, functions left out."""
    found = list(ast.walk(tree))
    functions = [each.func for each in found if isinstance(each, ast.Call)]
    for each in found:
        if isinstance(each, ast.Name) and each.id not in _CONSTANTS and each not in functions:
            yield each.id


def _parsed(source: str) -> ast.expr:
    if len(source) > LONGEST:
        raise InvalidCall(f"it has {len(source)} characters, and may have {LONGEST}: make it a function")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise InvalidCall(f"{_shown(source)} can't be read at character {error.offset or 1}: {error.msg}") from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise InvalidCall(f"{_shown(source)} can't be read") from error


@singledispatch
def _read(node: ast.AST, source: str) -> Reading:
    raise _refused(node, source)


@_read.register
def _constant(node: ast.Constant, source: str) -> Reading:
    if not isinstance(node.value, str | int | float | None):
        raise _refused(node, source)
    return lambda values: node.value


@_read.register
def _name(node: ast.Name, source: str) -> Reading:
    if node.id in _CONSTANTS:
        return lambda values: _CONSTANTS[node.id]
    if node.id == DOOR:
        raise _refused(node, source, "a condition asks nothing")
    return lambda values: _found(values, node.id, "it")


@_read.register(ast.List)
@_read.register(ast.Tuple)
def _list(node: ast.List | ast.Tuple, source: str) -> Reading:
    constants = [_value(each, source) for each in node.elts]
    return lambda values: constants


@_read.register
def _attribute(node: ast.Attribute, source: str) -> Reading:
    whole, of = _read(node.value, source), _segment(node.value, source)
    return lambda values: _found(whole(values), node.attr, of)


@_read.register
def _subscript(node: ast.Subscript, source: str) -> Reading:
    whole, of, key = _read(node.value, source), _segment(node.value, source), _value(node.slice, source)
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise _refused(node.slice, source)
    return lambda values: _found(whole(values), key, of)


@_read.register
def _call(node: ast.Call, source: str) -> Reading:
    function = _FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if function is None or len(node.args) != 1 or node.keywords:
        raise _refused(node, source)
    argument, of = _read(node.args[0], source), _segment(node.args[0], source)
    return lambda values: function(argument(values), of)


@_read.register
def _sign(node: ast.UnaryOp, source: str) -> Reading:
    if isinstance(node.op, ast.Not):
        part, of = _read(node.operand, source), _segment(node.operand, source)
        return lambda values: not _truth(part(values), of)
    number = _value(node, source)
    return lambda values: number


@_read.register
def _joined(node: ast.BoolOp, source: str) -> Reading:
    parts = [(_read(each, source), _segment(each, source)) for each in node.values]
    decides = isinstance(node.op, ast.Or)

    def read(values: Values) -> bool:
        return decides if any(_truth(part(values), of) is decides for part, of in parts) else not decides

    return read


@_read.register
def _comparison(node: ast.Compare, source: str) -> Reading:
    terms = (node.left, *node.comparators)
    parts = [_read(each, source) for each in terms]
    shown = [_segment(each, source) for each in terms]
    for op in node.ops:
        if isinstance(op, ast.Is | ast.IsNot):
            raise _refused(node, source, "write == or != in place of is")

    def read(values: Values) -> bool:
        left = parts[0](values)
        for place, op in enumerate(node.ops):
            right = parts[place + 1](values)
            if not _holds(op, left, right, shown[place : place + 2]):
                return False
            left = right
        return True

    return read


def _holds(op: ast.cmpop, left: object, right: object, shown: list[str]) -> bool:
    """Whether a comparison holds. Raises InvalidCall where the two can't be compared."""
    if isinstance(op, ast.In | ast.NotIn):
        return _among(left, right, shown) is isinstance(op, ast.In)
    kinds = _kind(left), _kind(right)
    order = _ORDERS.get(type(op))
    if order is None:
        if kinds[0] != kinds[1] and None not in (left, right):
            raise _incomparable(kinds, shown)
        return (left == right) is isinstance(op, ast.Eq)
    if kinds[0] != kinds[1] or kinds[0] not in {"a text", "a number"}:
        raise _incomparable(kinds, shown)
    return order(left, right)


def _among(one: object, many: object, shown: list[str]) -> bool:
    """Whether a text holds a text, a list something like this, or a mapping a key."""
    if isinstance(many, list):
        return any(_kind(each) == _kind(one) and each == one for each in map(_plain, many))
    if not isinstance(many, str | Mapping):
        raise InvalidCall(f"nothing is in {shown[1]}, which is {_kind(many)}")
    if not isinstance(one, str):
        raise _incomparable((_kind(one), _kind(many)), shown)
    return one in many


def _found(whole: object, key: str | int, of: str) -> object:
    """What is in a mapping under a key, or at a place of a list."""
    if isinstance(whole, Mapping) and isinstance(key, str):
        if key not in whole:
            raise InvalidCall(f"{of} has no {key!r}; {nearest(key, map(str, whole))}")
        return _plain(whole[key])
    if isinstance(whole, list) and isinstance(key, int):
        if not -len(whole) <= key < len(whole):
            raise InvalidCall(f"{of} has no [{key}]; it has {len(whole)}")
        return _plain(whole[key])
    raise InvalidCall(f"{of} has no {key!r}: it is {_kind(whole)}")


def _plain(value: object) -> object:
    """A value as JSON has it; what is in it is looked at when it is spoken of."""
    return value if value is None or isinstance(value, _AS_JSON) else plain(value)


def _truth(value: object, of: str) -> bool:
    """Only true and false are: a text "no" isn't empty, and would else count as yes."""
    if isinstance(value, bool):
        return value
    raise InvalidCall(f"{of} is {_kind(value)}, neither true nor false; compare it with something")


def _length(value: object, of: str) -> int:
    if isinstance(value, str | list | Mapping):
        return len(value)
    raise InvalidCall(f"{of} has no length: it is {_kind(value)}")


def _lower(value: object, of: str) -> str:
    if isinstance(value, str):
        return value.lower()
    raise InvalidCall(f"{of} has no small letters: it is {_kind(value)}")


_FUNCTIONS: Mapping[str, Callable[[object, str], object]] = {"len": _length, "lower": _lower}


def _value(node: ast.expr, source: str) -> object:
    """A constant."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        number = node.operand.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return -number
    if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in _CONSTANTS):
        return _read(node, source)({})
    raise _refused(node, source)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return next((name for name, kind in _KINDS if isinstance(value, kind)), "a table")


def _incomparable(kinds: tuple[str, str], shown: list[str]) -> InvalidCall:
    return InvalidCall(f"{shown[0]} is {kinds[0]} and {shown[1]} is {kinds[1]}, so they can't be compared")


def _refused(node: ast.AST, source: str, why: str = "that can't be said here") -> InvalidCall:
    at = len(source.encode()[: getattr(node, "col_offset", 0)].decode()) + 1
    return InvalidCall(f"{_segment(node, source)} at character {at} of {_shown(source)}: {why}")


def _segment(node: ast.AST, source: str) -> str:
    return ast.get_source_segment(source, node) or source


def _shown(source: str) -> str:
    return source if len(source) <= 80 else f"{source[:79]}…"
