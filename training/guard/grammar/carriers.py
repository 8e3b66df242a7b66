"""Where a phrase can stand: alone, around a question, or inside a document. Both labels use the same ones."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping

from training.guard.grammar.speaker import Speaker

Carrier = Callable[[str, Speaker], str]


def alone(core: str, around: Speaker) -> str:
    return core


def after_question(core: str, around: Speaker) -> str:
    return f"{around.say('question')}{around.pick((' ', chr(10), ' ... ', chr(10) * 2))}{core}"


def before_question(core: str, around: Speaker) -> str:
    return f"{core}{around.pick((' ', chr(10), ' - ', chr(10) * 2))}{around.say('question')}"


def after_prose(core: str, around: Speaker) -> str:
    return f"{around.sentences(1, 5)} {core}"


def before_prose(core: str, around: Speaker) -> str:
    return f"{core} {around.sentences(1, 5)}"


def in_prose(core: str, around: Speaker) -> str:
    return f"{around.sentences(1, 6)} {core} {around.sentences(1, 6)}"


def in_long_prose(core: str, around: Speaker) -> str:
    before = "\n\n".join(around.sentences(3, 7) for _ in range(around.number(4)))
    return f"{before}\n\n{core}\n\n{around.sentences(3, 9)}"


def request_with_text(core: str, around: Speaker) -> str:
    ask = around.pick(("Summarize this:", "Text:", "tl;dr", "Please translate the text below.", "Input:", "Context:"))
    return f"{ask}\n{around.pick(('', '---', chr(34) * 3))}\n{around.sentences(1, 4)} {core}"


def labelled(core: str, around: Speaker) -> str:
    turn = around.pick(("User", "Human", "Question", "Q", "Customer", "Message", "Query", "Prompt", "user"))
    return f"{turn}: {core}"


def mail(core: str, around: Speaker) -> str:
    subject = around.say("s").rstrip(".")[:40]
    head = (
        f"From: {around.term('mail')}\nTo: {around.term('mail')}\nSubject: {subject}\n\n" if around.chance(0.6) else ""
    )
    return f"{head}{around.say('greet')}\n\n{around.sentences(1, 3)}\n{core}\n\n{around.say('bye')}"


def readme(core: str, around: Speaker) -> str:
    title = around.pick(("blue-kite", "pathfinder", "csv-tools", "Installation", "Usage", "Notes"))
    return f"# {title}\n\n{around.sentences(1, 2)}\n\n```sh\npip install {title}\n```\n\n## FAQ\n\n- {core}\n"


def wire(core: str, around: Speaker) -> str:
    body = {
        "id": around.number(9999),
        "status": around.pick(("ok", "open", "200")),
        around.pick(("body", "text", "content", "description", "result")): f"{around.sentences(0, 2)} {core}".strip(),
    }
    return json.dumps(body, ensure_ascii=around.chance(0.1), indent=around.rng.choice((None, 2)))


def page(core: str, around: Speaker) -> str:
    said = html.escape(core, quote=around.chance(0.5))
    hidden = (
        f"<!-- {core} -->",
        f'<div style="display:none">{said}</div>',
        f'<span style="font-size:0">{said}</span>',
        f'<img src="/img/{around.number()}.png" alt="{html.escape(core)}">',
        f"<p>{said}</p>",
        f'<meta name="description" content="{html.escape(core)}">',
        f"<li>{said}</li>",
        f'<p style="color:#fff;background:#fff">{said}</p>',
    )
    return f"<html><body><h1>{around.say('s')}</h1><p>{around.sentences(1, 3)}</p>{around.pick(hidden)}</body></html>"


def markdown_comment(core: str, around: Speaker) -> str:
    hidden = around.pick((f"[//]: # ({core})", f"<!--\n{core}\n-->", f"> {core}", f"[^1]: {core}"))
    return f"{around.sentences(1, 3)}\n\n{hidden}\n\n{around.sentences(1, 2)}"


def log(core: str, around: Speaker) -> str:
    day = f"2026-0{around.number(10)}-1{around.number(10)}"
    return (
        f"{day} 10:0{around.number(10)}:12 INFO  worker started\n"
        f"{day} 10:1{around.number(10)}:40 {around.pick(('WARN', 'ERROR', 'INFO'))}  message={core!r}\n"
        f"{day} 10:2{around.number(10)}:03 INFO  request done in {around.number(900)} ms"
    )


def review(core: str, around: Speaker) -> str:
    stars = "★" * around.number(6)
    return f"{stars} {around.term('name')}\n{around.sentences(1, 3)} {core}"


def table(core: str, around: Speaker) -> str:
    rows = [around.say("s"), core, around.say("s")]
    around.rng.shuffle(rows)
    return "| id | note |\n|---|---|\n" + "\n".join(f"| {at} | {row} |" for at, row in enumerate(rows, 1))


def sheet(core: str, around: Speaker) -> str:
    rows = (f"{at},{around.term('name')},{json.dumps(said, ensure_ascii=False)}" for at, said in _rows(core, around))
    return "id,name,comment\n" + "\n".join(rows)


def _rows(core: str, around: Speaker) -> tuple[tuple[int, str], ...]:
    return (1, around.say("s")), (2, core), (3, around.say("s"))


def code_comment(core: str, around: Speaker) -> str:
    mark = around.pick(("#", "//", "--", "# TODO:", "/*"))
    end = " */" if mark == "/*" else ""
    line = " ".join(core.split())
    return f"def total(items):\n    {mark} {line}{end}\n    return sum(item.price for item in items)\n"


def tool_result(core: str, around: Speaker) -> str:
    shape = around.pick(
        (
            "Observation: {0} {1}",
            "<tool_result>\n{0}\n{1}\n</tool_result>",
            "Search result 1: {0}\nSearch result 2: {1}",
        )
    )
    return shape.format(around.say("s"), core)


def ticket(core: str, around: Speaker) -> str:
    state = around.pick(("open", "resolved", "new"))
    return (
        f"Ticket #{around.number(9999)}\nStatus: {state}\nCustomer: {around.term('name')}\n\n{around.say('s')} {core}"
    )


def appointment(core: str, around: Speaker) -> str:
    start = f"2026121{around.number(10)}T0900"
    return f"BEGIN:VEVENT\nSUMMARY:{around.say('s')[:50]}\nDTSTART:{start}\nDESCRIPTION:{core}\nEND:VEVENT"


def resume(core: str, around: Speaker) -> str:
    past = f"- {around.say('s')}\n- {around.say('s')}"
    return f"{around.term('name')}\n{around.term('mail')}\n\nExperience\n{past}\n\n{core}"


def settings(core: str, around: Speaker) -> str:
    return f"name: {around.term('name')}\ndescription: >\n  {around.say('s')}\n  {' '.join(core.split())}\nretries: 3\n"


def transcript(core: str, around: Speaker) -> str:
    asks, answers = around.rng.choice((("User", "Assistant"), ("Customer", "Agent"), ("Q", "A"), ("Human", "AI")))
    return f"{asks}: {around.say('question')}\n{answers}: {around.say('s')}\n{asks}: {core}"


def quoted(core: str, around: Speaker) -> str:
    left, right = around.rng.choice((('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("„", "“"), ("`", "`")))
    return f"{left}{core}{right}"


CHATTED: Mapping[Carrier, int] = {
    alone: 24,
    after_question: 6,
    before_question: 4,
    after_prose: 4,
    before_prose: 3,
    request_with_text: 2,
    labelled: 2,
    transcript: 2,
    quoted: 1,
}
WRITTEN: Mapping[Carrier, int] = {
    alone: 6,
    after_prose: 2,
    in_prose: 4,
    in_long_prose: 3,
    request_with_text: 2,
    mail: 4,
    readme: 2,
    wire: 3,
    page: 5,
    markdown_comment: 2,
    log: 1,
    review: 2,
    table: 1,
    sheet: 1,
    code_comment: 2,
    tool_result: 3,
    ticket: 2,
    appointment: 1,
    resume: 1,
    settings: 1,
}
