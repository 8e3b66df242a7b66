"""Whether a model declined in place of answering.

Only asked of an answer that doesn't fulfil its contract, and only its first sentence is looked at: a wrong yes ends a
call, a wrong no costs one more attempt.
"""

from __future__ import annotations

import re

from onedoor.output.phrases import folded

LONGEST = 1500
"""A text longer than this is an answer of some kind."""
_HEAD = 250

# ruff: noqa: RUF001 - letters of other scripts are what this table is about
_OPENINGS = (
    # English
    r"(i'?m|i am|we'?re) ((very|so|really|truly) )?sorry,? (but )?(i|we)('m| am)? (can'?t|can ?not|unable|won'?t)",
    r"(sorry|i apologi[sz]e),? (but )?(i|we) (can'?t|cannot|can not|won'?t|(am|'m) (unable|not able))",
    r"(unfortunately,? )?(i|we) (can'?t|cannot|can not|won'?t|will not|must decline to|have to decline to) "
    r"(help|assist|provide|comply|fulfil|fulfill|answer|create|generate|continue|discuss|do th(at|is)|support|share)",
    r"(unfortunately,? )?i(am|'m| am) (unable|not able|not allowed|not permitted) to "
    r"(help|assist|provide|comply|fulfil|fulfill|answer|create|generate|continue|discuss|do|support|share)",
    r"(i'?m sorry, )?as an ai( language)?( model| assistant)?,? i (can'?t|cannot|don'?t|am not|'m not|do not)",
    r"i (must|have to) (respectfully )?(decline|refuse)",
    # German
    r"(es )?tut mir (sehr )?leid,? (aber )?(ich|dabei|das|bei)[^.!?]{0,60}(nicht|kein)",
    r"(leider )?(ich )?kann (ich )?(dir|ihnen|dabei|das|diese[rnsm]?)[^.!?]{0,60}(nicht|kein)",
    # French
    r"(je suis )?d[ée]sol[ée]e?,? (mais )?je ne (peux|suis|puis)",
    r"je ne (peux|puis) (pas|malheureusement pas) (vous |t')?(aider|r[ée]pondre|fournir|assister|cr[ée]er)",
    # Spanish, Portuguese, Italian
    r"lo siento,? (pero )?no (puedo|me es posible|podemos)",
    r"no puedo (ayudar|asistir|proporcionar|responder|cumplir|crear)",
    r"(desculpe|sinto muito|lamento),? (mas )?(eu )?n[ãa]o (posso|consigo)",
    r"(mi dispiace|spiacente),? (ma )?non (posso|sono in grado)",
    # Dutch, Polish, Russian
    r"(het )?spijt (me|mij),? (maar )?ik kan [^.!?]{0,60}(niet|geen)",
    r"(przykro mi|przepraszam),? (ale )?nie mog[ęe]",
    r"(извините|простите|к сожалению|мне жаль),? (но )?я не могу",
    # Chinese, Japanese, Korean
    r"(很?抱歉|对不起|對不起)[,，。]? ?(但是?)?我?(无法|不能|無法|没有办法)",
    r"(申し訳(ありません|ございません)|すみません|ごめんなさい)[^。]{0,40}(できません|できかねます|お答えできません|お手伝いできません)",
    r"(죄송합니다|죄송하지만|미안하지만)[^.]{0,40}(수 없습니다|수 없어요|어렵습니다)",
    # Arabic, Turkish, Hindi
    r"(عذرا|عذراً|آسف|أعتذر)[،,]? ?(لكن(ني|ي)? )?لا (يمكنني|أستطيع)",
    r"([üu]zg[üu]n[üu]m),? (ama |ancak )?[^.!?]{0,60}(yapamam|edemem|olamam|veremem)",
    r"(क्षमा करें|माफ़ कीजिए|मुझे खेद है)[^।]{0,60}नहीं",
)
_REFUSAL = re.compile(r"[\W_]*(" + "|".join(_OPENINGS) + ")")


def declines(text: str) -> bool:
    """Whether a text reads as a refusal: it begins like one, is short, and has no JSON in it."""
    if len(text) > LONGEST or "{" in text or "[" in text:
        return False
    return _REFUSAL.match(folded(text[:_HEAD])) is not None
