"""What each kind of server takes of JSON Schema: the table the dialects are written from.

Sources: the servers' own documentation and the errors they give. OpenAI: Structured Outputs, supported schemas.
Anthropic: structured outputs, JSON Schema limitations. llama.cpp: grammars/README.md, which Ollama's runner shares.
vLLM: the xgrammar backend's list of what it can't do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Target = Literal["openai_strict", "anthropic", "ollama", "llama_cpp", "vllm", "json_object"]

NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}  # OpenAI's nine
)
_ANY_PATTERN = re.compile("")
_NO_LOOKING = re.compile(r"(?!.*(\(\?[=!<]|\\[bB1-9]))", re.S)
_ANCHORED = re.compile(r"(?!.*(\(\?|\\[A-Za-z0-9]|[*+?}][?+]|\||.(?<!\[)\^|\$.))\^.*(?<!\\)\$$", re.S)
"""llama.cpp: `^…$` around the whole, no groups but plain ones, none of the classes (\\d, \\w, \\s) its grammars don't
know. Alternatives are left out: it reads `^a|b$` as `^(a|b)$`."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One row: what a kind of server takes.

    keeps         the keywords it understands beside the structural ones (type, properties, items, anyOf, $ref, enum …)
    formats       the formats among them
    patterns      what a pattern must look like to be taken
    prefix_items  it knows prefixItems
    closed        it wants `additionalProperties: false` on every object, and no free values
    all_required  it wants every key in `required`
    root_object   the root must be an object
    recursive     definitions may refer to themselves
    strict        it has a strict mode, and this is it
    lenient       a schema it can't be strict about may be sent all the same
    shown         it shows the schema to the model
    sent          it takes a schema at all
    real_bounds   minimum and maximum hold for numbers, not for integers only
    pattern_first beside a pattern or format, lengths are ignored
    least_items   largest minItems it takes
    limits        sizes it refuses above
    """

    keeps: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    patterns: re.Pattern[str] = _ANY_PATTERN
    prefix_items: bool = True
    closed: bool = False
    all_required: bool = False
    root_object: bool = False
    recursive: bool = True
    strict: bool = False
    lenient: bool = False
    shown: bool = False
    sent: bool = True
    real_bounds: bool = True
    pattern_first: bool = False
    least_items: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


_LLAMA = Rules(
    keeps=NUMBERS | {"minItems", "maxItems", "minLength", "maxLength", "pattern", "format"},
    formats=frozenset({"date", "time", "date-time", "uuid"}),
    patterns=_ANCHORED,
    real_bounds=False,
    pattern_first=True,
)

RULES: Mapping[Target, Rules] = {
    "openai_strict": Rules(
        keeps=NUMBERS | {"multipleOf", "minItems", "maxItems", "pattern", "format"},
        formats=_FORMATS,
        patterns=_NO_LOOKING,
        prefix_items=False,
        closed=True,
        all_required=True,
        root_object=True,
        strict=True,
        lenient=True,
        shown=True,
        limits={"properties": 5000, "depth": 10, "enum": 1000, "characters": 120_000},
    ),
    "anthropic": Rules(
        keeps=frozenset({"minItems", "pattern", "format"}),
        formats=_FORMATS | {"uri"},
        patterns=_NO_LOOKING,
        prefix_items=False,
        closed=True,
        root_object=True,
        recursive=False,
        shown=True,
        least_items=1,
    ),
    "ollama": _LLAMA,
    "llama_cpp": _LLAMA,
    "vllm": Rules(
        keeps=NUMBERS | {"minItems", "maxItems", "minLength", "maxLength", "pattern", "format"},
        formats=_FORMATS | {"uri"},
        patterns=_NO_LOOKING,
        pattern_first=True,
    ),
    "json_object": Rules(sent=False, root_object=True),
}

ANNOTATIONS = frozenset({"title", "description"})
"""Kept everywhere: models read them."""
SILENT = frozenset(
    {"$schema", "$id", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly", "discriminator"}
)
"""Left out without a word: they allow and forbid nothing."""
ASSERTIONS = (
    NUMBERS
    | {"multipleOf", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"}
    | {"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"}
    | {"minProperties", "maxProperties", "propertyNames", "patternProperties", "dependencies"}
    | {"dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems"}
    | {"additionalItems", "not", "if", "then", "else", "$dynamicRef", "$recursiveRef"}
)
TYPES: Mapping[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties", "patternProperties", "minProperties"})
    | {"maxProperties", "propertyNames", "dependentRequired", "dependentSchemas", "unevaluatedProperties"},
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "additionalItems"})
    | {"minContains", "maxContains", "unevaluatedItems"},
    "string": frozenset({"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"}),
    "number": NUMBERS | {"multipleOf"},
}
"""The keywords that speak of one type only."""
