"""`onedoor check`: reach every provider, name what is wrong and what mends it."""

from __future__ import annotations

import asyncio

import click

from onedoor.checkup import Finding, checkup
from onedoor.cli import out
from onedoor.cli.options import common, examples
from onedoor.opening import open_async

EPILOG = examples(
    "onedoor check",
    "onedoor check -c staging.toml && ./deploy",
    "onedoor check --json | python3 -m json.tool",
)


@click.command("check", epilog=EPILOG)
@common
def command(config: str | None, as_json: bool) -> None:
    """Reach every provider and say what is wrong and what mends it.

    No model is asked, nothing is spent. Ends with 1 when anything is wrong.
    """
    findings = asyncio.run(_check(config))
    if as_json:
        out.pretty_json(findings)
    else:
        for finding in findings:
            _print(finding)
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(1)


async def _check(config: str | None) -> tuple[Finding, ...]:
    async with open_async(config) as door:
        return await checkup(door)


def _print(finding: Finding) -> None:
    mark, colour = ("ok ", None) if finding.ok else ("BAD", "red")
    out.line(f"{mark} {finding.subject}: {finding.message}", colour=colour)
    if finding.fix:
        out.line(f"    mend it: {finding.fix}", colour="yellow")
