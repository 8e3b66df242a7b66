"""The classes of words that rules are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Term = Literal[
    "ignore",  # ignore, disregard, forget
    "unfollow",  # do not follow
    "cancel",  # delete, override, reset: also said of files and settings
    "follow",  # follow, obey
    "negation",  # not, never, stop
    "prior",  # previous, above
    "all",
    "everything",
    "instruction",  # instructions, rules, guidelines
    "duty",  # tasks, orders, objectives: also what people are given
    "prompt",  # prompt, system message
    "text",  # text, message, words
    "your",
    "your_last",  # your, where it may stand after its noun
    "you",
    "told",  # told, given, learned
    "own",  # my, mine: of the one who asks
    "other",  # what is harmlessly ignored: typos, warnings
    "unimportant",  # doesn't matter, was a lie
    "above",  # above, before this
    "praise",  # well done
    "only",
    "strict",
    "superseded",  # void, obsolete, no longer applies
    "new",
    "task",
    "end",  # ends here, is over
    "now",
    "you_are",
    "denied",  # do not reveal, must not be shown
    "maker",  # OpenAI, Anthropic
    "unbound",  # isn't bound by, doesn't have to
    "if_you",  # if you are
    "note_to",  # attention, dear
    "read",
    "immediately",
    "show",  # show, reveal, tell
    "repeat",  # repeat, print, recite
    "show_last",  # show, where the verb may stand last
    "give",  # give, write, provide: also asked of anybody
    "encode",  # translate, encode
    "secret",  # system, hidden, initial
    "exact",  # exact, full, own
    "verbatim",  # word for word, exactly
    "what",
    "began",  # begins with, starts with
    "conversation",
    "persona",  # act as, pretend, you are now
    "without",  # no, without, free of
    "without_last",  # without, where it may stand last
    "limit",  # restrictions, filters, ethics
    "continue",  # complete this sentence
    "learned",  # training, programming
    "disabled",  # none, disabled, off
    "despite",  # despite, contrary to
    "unlimited",  # uncensored, jailbroken
    "mode",
    "mode_name",  # developer, debug, maintenance
    "mode_wild",  # jailbreak, god, unfiltered
    "enabled",
    "dual",  # two answers, one of them
    "fiction",
    "harm",  # illegal, immoral, dangerous
    "comply",  # answer, comply, obey in any case
    "always",
    "refuse",  # refuse, decline, apologise
    "excuse",  # sorry, I can't, disclaimers
    "opening",  # start your answer with
    "character",  # stay in character
    "model",  # assistant, language model
    "must",
    "reply",  # say, answer, write
    "send",
    "quiet",  # don't tell, secretly
    "user",
    "private",  # conversation history, personal data
    "credential",  # password, key
    "address",  # link, e-mail, webhook
    "image",
    "every",  # at the end of every reply
    "authority",  # administrator, developer
    "claim",  # I am, authorised
    "privileged",  # transfer, delete, grant
    "check",  # confirmation, approval
    "about",  # explain, classify: what mentions but doesn't use
    "topic",  # attack, injection, for example
    "told_you",  # you were told, they gave you
    "handed",  # you were given, you operate under: of orders
    "sysprompt",  # system prompt, developer message: nobody else's
    "brief",  # instructions, guidelines: as a model has them, not the rules of a game
    "first_words",  # the first message
    "chat_here",  # this conversation, your context
    "howto",  # how do I
    "forbidden",  # not to say, forbidden to mention
    "hoard",  # the secret word, the password
    "kept",  # of a secret: policy, manager, reset
    "clue",  # hint, rhyme, spell backwards, first letter
    "settings",  # your configuration
    "fresh",  # new session, begin new instructions
    "prompt_ends",  # end of the system prompt
    "points",  # tokens, lives
    "loss",  # lose, deduct
    "freed",  # you have been freed
    "machine",  # AI, language model: nothing else
    "address_machine",  # if you are, note to, dear
    "bid",  # forward, recommend, answer: what a machine is bidden
    "tool",  # before using this tool
    "passed",  # pass its content as a parameter
    "candidate",  # this candidate, this résumé
    "top",  # first, highest score
    "note_model",  # note to the model
    "leak",  # reveal, tell me: nobody shows a button so
    "output_ban",  # do not mention, do not write
    "judge",  # rank, rate, hire
]

Lexicon = Mapping[Term, str]
"""Words by class: separated by blanks, `ignor*` any word that begins so, `bo_qua` two words in a row."""

BIT: Mapping[Term, int] = {term: 1 << place for place, term in enumerate(get_args(Term))}


def bits(*terms: Term) -> int:
    """The mask of several classes."""
    mask = 0
    for term in terms:
        mask |= BIT[term]
    return mask
