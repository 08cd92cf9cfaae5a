"""`gateway check`: what of the config works, and what does not."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from typing import Annotated

import typer

from gateway.cli.context import CHANNELS, Desk, desk_of
from gateway.cli.frame import single
from gateway.cli.terminal import line, print_json
from gateway.core.ports import Finding, Verdict

app = single()

_SIGNS = {Verdict.WORKS: "✓", Verdict.DOUBTFUL: "!", Verdict.BROKEN: "✗"}
_STYLES = {Verdict.WORKS: "green", Verdict.DOUBTFUL: "yellow", Verdict.BROKEN: "bold red"}


@app.command()
def check(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
    round_trip: Annotated[
        bool, typer.Option("--round-trip", help="send the desk a mail, and see it come back")
    ] = False,
    within: Annotated[
        int, typer.Option("--within", metavar="SECONDS", min=1, max=3_600, help="wait so long")
    ] = 60,
) -> None:
    """Read the config, connect to everything it names, say what works.

    Sends nothing, unless --round-trip asks for a mail to the desk's own reply addresses: that is
    how to see whether the provider delivers them. The daemon must be running for it.

    Exit status 0: all of it works (a ! is something to look at); 1: something does not.
    """
    desk = desk_of(ctx)
    found: list[Finding] = []
    for one in findings_of(desk, round_trip=within if round_trip else 0):
        found.append(one)
        if not as_json:
            _show(one)
    fine = all(one.verdict is not Verdict.BROKEN for one in found)
    if as_json:
        print_json({"ok": fine, "findings": [dataclasses.asdict(one) for one in found]})
    raise typer.Exit(0 if fine else 1)


def findings_of(desk: Desk, *, round_trip: int = 0) -> Iterator[Finding]:
    """Everything there is to say, one thing after the other.

    ``round_trip``: seconds to wait for a mail to the desk itself; 0: none is sent.
    """
    from gateway.cli import findings

    loaded, policy = desk.loaded, desk.policy
    yield from findings.of_config(loaded, policy)
    book, secret = findings.book_of(loaded)
    yield secret
    yield from findings.of_keys(loaded, CHANNELS, os.environ)
    yield from findings.of_database(desk)
    yield from findings.of_people(policy)
    yield from findings.of_addresses(policy, book)
    yield from findings.of_templates(desk)
    yield from findings.of_pages(loaded)
    yield from findings.of_channels(desk, book)
    if round_trip:
        from gateway.cli.round_trip import of_round_trip

        yield from of_round_trip(desk, book, round_trip)


def _show(one: Finding) -> None:
    from rich.console import Console
    from rich.text import Text

    row = Text.assemble(
        (f"{_SIGNS[one.verdict]} ", _STYLES[one.verdict]),
        (line(one.key).ljust(18), "bold"),
        f" {line(one.said)}",
    )
    # One line each, however long: a script may look for them.
    Console(highlight=False, soft_wrap=True).print(row)
