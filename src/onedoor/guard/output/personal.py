"""Personal numbers that prove themselves: payment cards by Luhn's sum and their issuer, accounts by their IBAN sum."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_letters, digits

from onedoor.guard.output.candidates import Head, Judged, Rule, part

_NUMBER = re.compile(r"[3-6]\d{13,15}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}")
_IN_WORD = frozenset(ascii_letters + digits)
_CARD = re.compile(r"[2-6](?=[0-9 -]{12})")
_ACCOUNT = re.compile(r"[A-Z]{2}(?=[0-9]{2}[A-Z0-9 ]{11})")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}"
)
_TEST_CARDS = re.compile(
    r"4111111111111111|4242424242424242|4012888888881881|4000056655665556|5555555555554444|5105105105105100|"
    r"2223003122003222|5200828282828210|378282246310005|371449635398431|6011111111111117|6011000990139424|"
    r"3056930009020004|30569309025904|38520000023237|3530111333300000|3566002020360505|6200000000000005"
)
_LENGTHS = {
    country: int(size)
    for size, countries in (
        ("15", "NO"),
        ("16", "BE"),
        ("18", "DK FI FO GL NL SD"),
        ("19", "MK SI"),
        ("20", "AT BA EE KZ LT LU XK"),
        ("21", "CH HR LI LV"),
        ("22", "BG BH CR DE GB GE IE ME RS VA"),
        ("23", "AE GI IL IQ OM TL"),
        ("24", "AD CZ ES MD PK RO SA SE SK TN VG"),
        ("25", "PT"),
        ("26", "IS TR"),
        ("27", "FR GR IT MC MR SM"),
        ("28", "AL AZ BY CY DO GT HU LB NI PL SV"),
        ("29", "BR EG PS QA UA"),
        ("30", "JO KW MU"),
        ("31", "MT SC"),
        ("32", "LC"),
        ("33", "RU"),
    )
    for country in countries.split()
}
_TEST_IBANS = re.compile(
    r"GB82WEST12345698765432|DE89370400440532013000|FR1420041010050500013M02606|NL91ABNA0417164300"
)


@cache
def personal_rules() -> tuple[Rule, ...]:
    """Cards and accounts."""
    card_parts = (part("0-9 -", 12, 24), part("A-Za-z_", 0, 1))
    account_parts = (part("0-9", 2, 2), part("A-Z0-9 ", 11, 42))
    return (
        Rule("secret", tuple("23456"), card_parts, _card, after=_IN_WORD | frozenset(".,-_+"), finder=_CARD),
        Rule("secret", tuple(_LENGTHS), account_parts, _account, after=_IN_WORD, finder=_ACCOUNT),
    )


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = sum(int(digit) for digit in number[-1::-2])
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])) % 10 == 0


def iban(account: str) -> bool:
    """Whether country, length and check digits agree."""
    if _LENGTHS.get(account[:2]) != len(account) or not account.isalnum():
        return False
    return int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97 == 1


def _card(head: Head) -> Judged | None:
    found = _NUMBER.match(head.text, head.start, head.end)
    if found is None or head.text[found.end() : head.end][:1].strip(" -"):
        return None
    number = re.sub(r"\D", "", found[0])
    if _TEST_CARDS.fullmatch(number) or not _ISSUERS.fullmatch(number) or not luhn(number):
        return None
    return Judged("secret.card", "high", head.start, found.end())


def _account(head: Head) -> Judged | None:
    """As many letters as the country's accounts have; what follows is another word."""
    size, at = _LENGTHS[head.part(0)], head.start
    while at < head.end and size:
        size -= head.text[at] != " "
        at += 1
    written = head.text[head.start : at].replace(" ", "")
    if _TEST_IBANS.fullmatch(written) or not iban(written) or head.text[at : head.end][:1].strip():
        return None
    return Judged("secret.iban", "high", head.start, at)
