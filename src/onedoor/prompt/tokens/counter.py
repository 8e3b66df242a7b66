"""The tokens of a prompt for one model, and the book of what every model has reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onedoor.prompt.tokens.count import Count
from onedoor.prompt.tokens.learnt import NOTHING, Learnt
from onedoor.prompt.tokens.models import NAMED, Named, vocabulary_of
from onedoor.prompt.tokens.prompts import PICTURE, Prompt, is_wide, prompt_of
from onedoor.prompt.tokens.upper import upper
from onedoor.prompt.tokens.vocabularies import Vocabularies, Words, check
from onedoor.types import Candidate, Message, Tool, Usage

LONGEST = 100_000
"""Characters of a text that are counted exactly, which takes some milliseconds; a longer one is estimated."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts for one model as well as can be at this moment; never waits.

    words   how to count exactly, None where the vocabulary isn't there
    named   the public vocabulary the model reads with, which makes an estimate narrower
    learnt  what its reports have told of prompts in ASCII, or nearly; `wide` of those in other scripts: a bound by
            kinds of characters lies closer to the one than to the other
    """

    words: Words | None = None
    named: Named | None = None
    learnt: Learnt = NOTHING
    wide: Learnt = NOTHING

    def count(self, text: str) -> Count:
        """The tokens of a text by itself."""
        if self._exact(text):
            return Count(self._sized(text), "exact")
        return self.told(text).count(upper(text, self.named or "any"))

    def count_messages(
        self,
        messages: Sequence[Message],
        tools: Sequence[Tool] = (),
        *,
        schema: Mapping[str, object] | None = None,
    ) -> Count:
        """The tokens of a whole prompt at most. Never "exact": what a server writes around the words isn't known.

        What is learnt is not applied to pictures, which come at a flat bound each.
        """
        prompt = prompt_of(messages, tools, schema=schema)
        told = self.told(*prompt.texts).count(self.estimate(prompt), messages=prompt.messages)
        return Count(told.tokens + PICTURE * prompt.pictures, told.how)

    def estimate(self, prompt: Prompt) -> int:
        """A prompt's tokens before anything learnt is applied, pictures left out."""
        return prompt.around + sum(map(self._sized, prompt.texts))

    def told(self, *texts: str) -> Learnt:
        """What is known of prompts like this one."""
        return self.wide if is_wide(*texts) else self.learnt

    def _sized(self, text: str) -> int:
        if self.words is not None and len(text) <= LONGEST:
            return self.words(text)
        return upper(text, self.named or "any")

    def _exact(self, text: str) -> bool:
        return self.words is not None and len(text) <= LONGEST


@dataclass(slots=True)
class Counters:
    """A door's own book: a counter for every model, and what each has reported, by its name.

    Reports are kept apart for prompts counted with and without the vocabulary, and by script: they say other things.
    """

    vocabularies: Vocabularies = field(default_factory=Vocabularies)
    _learnt: dict[tuple[str, bool, bool], Learnt] = field(default_factory=dict)

    def open(self, candidates: Sequence[Candidate]) -> None:
        """Begin to load what these candidates need. Raises ConfigError where a configured tokenizer can't be used."""
        for candidate in candidates:
            if candidate.tokenizer:
                check(candidate.tokenizer)
        for candidate in candidates:
            self._words(candidate)

    def counter(self, candidate: Candidate) -> Counter:
        """How to count for a candidate now."""
        words = self._words(candidate)
        learnt, wide = (
            self._learnt.get((candidate.name, words is not None, scripts), NOTHING) for scripts in (False, True)
        )
        return Counter(words, _named(candidate), learnt, wide)

    def loaded(self, candidate: Candidate) -> Counter:
        """The same, after its vocabulary has been loaded: waits, so it is not for the loop's thread."""
        tokenizer = self.tokenizer(candidate)
        if tokenizer:
            self.vocabularies.wait(tokenizer)
        return self.counter(candidate)

    def seen(
        self,
        candidate: Candidate,
        messages: Sequence[Message],
        *,
        usage: Usage,
        tools: Sequence[Tool] = (),
        schema: Mapping[str, object] | None = None,
    ) -> None:
        """Book what a provider reported for a prompt. Prompts with pictures and estimated usage tell nothing."""
        prompt = prompt_of(messages, tools, schema=schema)
        if usage.estimated or prompt.pictures:
            return
        counter = self.counter(candidate)
        key = candidate.name, counter.words is not None, is_wide(*prompt.texts)
        self._learnt[key] = counter.told(*prompt.texts).seen(
            estimated=counter.estimate(prompt), real=usage.input, messages=prompt.messages
        )

    def tokenizer(self, candidate: Candidate) -> str:
        """What a candidate's vocabulary is loaded by, empty where none is known."""
        return candidate.tokenizer or vocabulary_of(candidate.served) or ""

    def _words(self, candidate: Candidate) -> Words | None:
        tokenizer = self.tokenizer(candidate)
        return self.vocabularies.get(tokenizer) if tokenizer else None


def _named(candidate: Candidate) -> Named | None:
    """The public vocabulary of a candidate; what is configured comes before what its name says."""
    if candidate.tokenizer:
        return NAMED.get(candidate.tokenizer)
    return vocabulary_of(candidate.served)
