"""The words by which a text is known to be plain language, or to speak to a model."""

from __future__ import annotations

import re

_STOP = """
a about after all also an and any are as at be because been but by can could did do does don't each even every few for
from get give had has have he her him his how i i'm if in into is it it's its just know like make many may me more
most must my need no not now of on one only or other our out over please same say see she should so some such take
tell than that the their them then there these they this those to too two up us use very want was way we were what
when where which while who why will with would yes you your aber alle als auch auf aus bei bin bis da das dass dein
deine dem den der des die dir du ein eine einen einer es für haben ich ihr im ist kann mein mich mir mit muss nach
nicht noch nun nur oder sein sich sie sind über um und uns von vor war was wenn wie wir wird zu zum zur al como con
cuando de del donde el ella en era eres esta este hay la las lo los más mi muy ni nos para pero por porque que quien
se ser si sin sobre son su sus también te tiene todo todos tu un una y ya au aux avec ce ces cette comme dans des deux
elle est et être il ils je le les leur lui mais moi mon ne notre nous ont ou où par pas plus pour qui sa ses son sont
sur tes ton tous tout toutes une vos votre vous che chi cosa dei della delle di gli ha hai ho il io loro ma nel nella
non perché più quale questa questo sei sono sua suo tua tue tuo tutte tutti uno voi ao com da das do dos ele em essa
esse foi isso mais mas meu minha muito na nas no nos não o os ou pela pelo quando sem seu sua são tem uma você
"""
_TRIGGERS = """
ignore ignores ignored ignoring disregard disregarding forget forgets forgetting override overrides overriding bypass
bypassing discard neglect overlook skip previous previously preceding prior above earlier former foregoing instruction
instructions directive directives command commands guideline guidelines rule rules prompt prompts system initial
original hidden secret secrets confidential developer reveal reveals revealing print display output repeat show
disclose expose leak translate summarize summarise respond answer reply follow following everything anything nothing
restrictions restriction restricted limitations filters filter safety policy policies ethical unrestricted uncensored
jailbreak jailbroken pretend roleplay persona assistant chatbot password passwords credentials token tokens admin
administrator mode debug execute delete transfer context conversation message messages text told begin start stop
instead new task tasks ignoriere vergiss anweisungen anweisung befehle vorherigen obigen bisherigen zeige verrate
regeln geheim ignora olvida instrucciones anteriores reglas muestra revela secreto ignorez oublie oubliez consignes
précédentes précédent règles révèle affiche istruzioni precedenti dimentica regole mostra rivela instruções esqueça
anterior regras revele
"""

STOP_WORDS: frozenset[str] = frozenset(_STOP.split())
TRIGGERS: frozenset[str] = frozenset(_TRIGGERS.split())
PLAIN: frozenset[str] = STOP_WORDS | TRIGGERS
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def plainness(text: str) -> float:
    """The share of a text's letters that are in stop words or trigger words, 0 to 1."""
    found = words(text)
    letters = sum(map(len, found))
    return sum(len(word) for word in found if word in PLAIN) / letters if letters else 0.0
