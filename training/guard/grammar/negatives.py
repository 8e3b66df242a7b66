"""Harmless texts in the shapes of attacks: chat formats in documentation, transcripts, code, shell, quotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from training.guard.grammar.negative_texts import CODE, FORMATS, MENTIONS, SHELL
from training.guard.grammar.speaker import Speaker

Shaped = Callable[[Speaker], str]


def plain(speaker: Speaker) -> str:
    """Something harmless in words, of any family the language has."""
    return speaker.say(speaker.pick(speaker.grammar.benign))


def template_docs(speaker: Speaker) -> str:
    before, after = speaker.rng.choice(FORMATS)
    lead = speaker.pick(
        (
            "The chat template looks like this:",
            "The tokenizer renders the messages as",
            "Models of this family expect the format",
            "Prompt format:",
            "Expected output of apply_chat_template:",
            "In the docs I found this, what do the tokens mean?",
        )
    )
    return f"{lead}\n\n```\n{before}{speaker.say('system')}{after}\n```\n"


def api_call(speaker: Speaker) -> str:
    body = {
        "model": speaker.pick(("small-1", "example-7b", "gpt-x")),
        "messages": [
            {"role": speaker.pick(("system", "developer")), "content": speaker.say("system")},
            {"role": "user", "content": speaker.say("question")},
        ],
    }
    lead = speaker.pick(("Send a request:\n\n", "", "curl -d '", "Example body\n", "messages = "))
    return lead + json.dumps(body, ensure_ascii=False, indent=speaker.rng.choice((None, 2)))


def system_prompt(speaker: Speaker) -> str:
    lead = speaker.pick(
        ("", "", "Review this prompt of our bot:\n", 'SYSTEM = """', "Improve the following system prompt: ")
    )
    return f"{lead}{speaker.say('system')} {speaker.say('system')}"


def conversation(speaker: Speaker) -> str:
    asks, answers = speaker.rng.choice((("User", "Assistant"), ("Human", "AI"), ("Q", "A"), ("user", "model")))
    turns = (f"{asks}: {speaker.say('question')}\n{answers}: {speaker.say('s')}" for _ in range(speaker.number(6) + 1))
    return "\n".join(turns) + speaker.pick(("", f"\n{asks}: {plain(speaker)}\n{answers}:"))


def mention(speaker: Speaker) -> str:
    """An attack quoted for a report, a test or a lesson."""
    return speaker.pick(MENTIONS).format(speaker.say(speaker.pick(speaker.grammar.attacks))[:120])


def quoted_text(speaker: Speaker) -> str:
    ask = speaker.pick(
        (
            "Do what this note says: {}",
            "Translate this to English: {}",
            "What does this sentence mean? {}",
            "Read the following and correct the spelling. {}",
            "First translate, then shorten: {}",
            "My teacher wrote: {}",
        )
    )
    return ask.format(f'"{plain(speaker)}"')


def shell(speaker: Speaker) -> str:
    lines = "\n".join(speaker.rng.sample(SHELL, speaker.number(5)))
    return speaker.pick(("{}", "$ {}", "```sh\n{}\n```", "What does this do?\n{}")).format(lines)


def code(speaker: Speaker) -> str:
    return speaker.grammar.fill(speaker.rng, speaker.pick(CODE).replace("/", "\u2044")).replace("\u2044", "/")


def twice(speaker: Speaker) -> str:
    return f"{plain(speaker)}{speaker.pick((' ', chr(10), chr(10) * 2))}{plain(speaker)}"


def everyday(speaker: Speaker) -> str:
    """A long ordinary text with words of attacks here and there."""
    paragraphs = (
        f"{speaker.sentences(1, 4)} {plain(speaker)} {speaker.sentences(1, 3)}" for _ in range(2 + speaker.number(4))
    )
    return "\n\n".join(paragraphs)


SHAPED: Mapping[str, tuple[Shaped, float]] = {
    "template_docs": (template_docs, 0.5),
    "api_call": (api_call, 0.5),
    "system_prompt": (system_prompt, 0.7),
    "conversation": (conversation, 0.5),
    "mention": (mention, 0.25),
    "quoted_text": (quoted_text, 0.4),
    "shell": (shell, 0.3),
    "code": (code, 0.3),
    "everyday": (everyday, 1.0),
    "combined": (twice, 2.0),
}
