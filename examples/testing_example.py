"""How to test code that asks a model: pytest finds these tests, and the file runs by itself too."""

import onedoor
from onedoor.testing import FakeClock, Scripted, assert_trail

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"hosted": {"kind": "openai"}},
    "models": {name: {"provider": "hosted", "name": name} for name in ("first", "second")},
    "tasks": {"label": {"models": ["first", "second"]}},
}


async def label(door: onedoor.AsyncDoor, text: str) -> str:
    """The code under test: an answer that isn't the first choice's is not trusted."""
    reply = await door.ask(f"Label this: {text}", task="label")
    return "unsure" if reply.degraded else reply.text.strip().lower()


def run(script: Scripted, clock: FakeClock) -> tuple[str, onedoor.Reply]:
    """The label and the reply it was made of, in the clock's time."""

    async def main() -> tuple[str, onedoor.Reply]:
        async with onedoor.open_async(CONFIG, providers={"hosted": script}) as door:
            return await label(door, "I was charged twice"), next(iter(door.ledger)).reply

    return clock.run(main())


def test_a_second_choice_is_not_trusted() -> None:
    said, reply = run(Scripted([onedoor.ModelNotFound("gone"), "billing"]), FakeClock())
    assert said == "unsure"
    assert_trail(reply, fallback="repeated")


def test_a_busy_provider_is_asked_again_half_a_minute_later() -> None:
    clock = FakeClock()
    said, reply = run(Scripted([onedoor.Throttled("busy", retry_after=30), " Billing\n"]), clock)
    assert (said, reply.retries) == ("billing", 1)
    assert clock() >= 30
    assert_trail(reply, retry="repeated")


if __name__ == "__main__":
    tests = [test for name, test in list(globals().items()) if name.startswith("test_")]
    print(len([test() for test in tests]), "tests passed in no time")
