"""`gateway contact`: one person, and what the desk keeps of them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.context import desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import group
from gateway.cli.terminal import print_json, say
from gateway.core.commands import address_of
from gateway.core.model import Party

app = group("One person, and what the desk keeps of them.")


@app.callback()
def _contact() -> None:
    """One person, and what the desk keeps of them."""


@app.command()
def erase(
    ctx: typer.Context,
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="whose words: a mail address, or an account such as telegram:4711",
        ),
    ],
    sure: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Erase what somebody wrote: words, files and raw mails. It cannot be undone.

    That there was something stays: entries, numbers, dates and reasons. What others wrote stays,
    too, also where it repeats their words.
    """
    from gateway.runtime.erasing import erase_person

    whose = address_of(address) or _account(address)
    if whose is None:
        expected = "expected a mail address such as ada@example.org, or telegram:4711"
        raise RefusedError(f'"{address}": {expected}')
    desk = desk_of(ctx)
    channel, _, id = whose.partition(":")
    if whose in desk.policy.agents_by_email or desk.policy.agent_of(
        Party(channel=channel, address=id)
    ):
        raise RefusedError(f"{whose} is an agent: their answers belong to other people's tickets")
    if not sure:
        typer.confirm(f"Erase everything that {whose} wrote, for good?", abort=True, err=True)
    with desk.database() as database:
        done = erase_person(database, desk.policy, whose, lambda: datetime.now(UTC))
    if as_json:
        return print_json({"address": whose, **dataclasses.asdict(done)})
    if not done.any:
        return say(f"There is nothing of {whose}.")
    return say(
        f"Erased of {whose}: {done.entries} entries, {done.subjects} subjects of tickets, "
        f"{done.arrivals} mails that were on no ticket."
    )


def _account(given: str) -> str | None:
    """Somebody in a chat, as ``channel:id``; None for anything else."""
    channel, colon, id = given.strip().partition(":")
    return f"{channel}:{id}" if colon and channel.isalpha() and id.isalnum() else None
