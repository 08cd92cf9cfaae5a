"""`gateway ticket new, reply, note, do, move`: what an agent can do by mail, from a shell."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.context import Desk, agent_of, desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.terminal import line, print_json, say
from gateway.core.commands import address_of, parse_words
from gateway.core.commands import number_of as number_of_words

if TYPE_CHECKING:
    from gateway.core.events import AgentActed, TicketAsked
    from gateway.runtime.applying import Applied

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="a ticket's number, such as 7")]
As = Annotated[
    str, typer.Option("--as", metavar="AGENT", help="who does it: an address or a unique name")
]
Text = Annotated[
    str, typer.Option("--text", metavar="TEXT", help="the words; - for standard input")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]


def new(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ctx: typer.Context,
    requester: Annotated[str, typer.Option("--for", metavar="ADDRESS", help="whose request it is")],
    subject: Annotated[str, typer.Option("--subject", metavar="TEXT", help="what it is about")],
    text: Text,
    channel: Annotated[
        str, typer.Option("--channel", metavar="WORD", help="how it reached you")
    ] = "phone",
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="the requester's name")] = "",
    by: Annotated[str | None, typer.Option("--as", metavar="AGENT", help="who took it")] = None,
    as_json: AsJson = False,
) -> None:
    """A call or a visit becomes a ticket."""
    from gateway.core.events import TicketAsked
    from gateway.core.model import Party

    desk = desk_of(ctx)
    address = address_of(requester)
    if address is None:
        raise RefusedError(f'--for: found "{line(requester)}", expected a mail address')
    if not line(subject):
        raise RefusedError("--subject: found nothing, expected what it is about")
    words = _words(text)
    event = TicketAsked(
        requester=Party(address=address, name=line(name)),
        subject=line(subject)[:500],
        text=words,
        channel=line(channel)[:30],
        agent=agent_of(desk.policy, by).email if by else None,
        at=_now(),
    )
    _tell(_do(desk, event), f"opened for {address}", as_json=as_json)


def reply(ctx: typer.Context, number: Number, by: As, text: Text, as_json: AsJson = False) -> None:
    """Answer the requester; commands may stand at the top of the text."""
    _say_words(ctx, number, by, _words(text), public=True, as_json=as_json)


def note(ctx: typer.Context, number: Number, by: As, text: Text, as_json: AsJson = False) -> None:
    """Write a note that stays inside the team."""
    _say_words(ctx, number, by, _words(text), public=False, as_json=as_json)


def _say_words(
    ctx: typer.Context, number: str, by: str, text: str, *, public: bool, as_json: bool
) -> None:
    from gateway.core.commands import parse

    parsed = parse(text)
    commands = tuple(c.line for c in parsed.commands) + tuple(f.line for f in parsed.faults)
    applied = _act(ctx, number, by, commands, text=parsed.rest, public=public)
    _tell(applied, "answered" if public else "noted", as_json=as_json)


def do(
    ctx: typer.Context,
    number: Number,
    commands: Annotated[
        list[str], typer.Argument(metavar="COMMAND...", help='such as "priority high" or take')
    ],
    by: As,
    as_json: AsJson = False,
) -> None:
    """Do what the commands say; each is one argument, its # optional."""
    faults = parse_words(tuple(commands)).faults
    if faults:
        raise RefusedError("; ".join(_fault(f.line, f.expected, f.meant) for f in faults))
    _tell(_act(ctx, number, by, tuple(commands)), "done", as_json=as_json)


def move(
    ctx: typer.Context,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="an entry's id (ticket show)")],
    to: Annotated[str, typer.Argument(metavar="TO", help="the ticket it belongs to")],
    by: Annotated[
        str | None,
        typer.Option("--as", metavar="AGENT", help="who does it; else the operator"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put an entry on the ticket that it belongs to; moving it back undoes that."""
    from gateway.cli.ticket import number_of
    from gateway.core.events import AgentActed

    desk = desk_of(ctx)
    id, target = _entry_id(entry), number_of(to)
    agent = agent_of(desk.policy, by).email if by is not None else ""
    event = AgentActed(
        agent=agent,
        ticket=_ticket_of(desk, id),
        at=_now(),
        commands=(f"move {id} to {target}",),
    )
    applied = _do(desk, event)
    _tell(applied, f"entry {id} is on ticket {target} now", as_json=as_json)


def _entry_id(given: str) -> int:
    id = number_of_words(given.strip())
    if not id:
        raise RefusedError(f'found "{line(given)}", expected the id of an entry, such as 31')
    return id


def _ticket_of(desk: Desk, entry: int) -> int:
    from gateway.store import entries

    with desk.database() as database, database.read() as conn:
        found = entries.fact(conn, entry)
    if found is None:
        raise RefusedError(f"there is no entry {entry}")
    return found.ticket


def _fault(found: str, expected: str, meant: str | None) -> str:
    hint = f" (did you mean {meant}?)" if meant and not expected.startswith(meant) else ""
    return f'found "{found}", expected {expected}{hint}'


def _act(
    ctx: typer.Context,
    number: str,
    by: str,
    commands: tuple[str, ...],
    *,
    text: str = "",
    public: bool = True,
) -> Applied:
    from gateway.cli.ticket import number_of
    from gateway.core.events import AgentActed

    desk = desk_of(ctx)
    event = AgentActed(
        agent=agent_of(desk.policy, by).email,
        ticket=number_of(number),
        at=_now(),
        commands=commands,
        text=text,
        public=public,
    )
    return _do(desk, event)


def _do(desk: Desk, event: AgentActed | TicketAsked) -> Applied:
    from gateway.app import App
    from gateway.runtime.actions import RefusedActionError
    from gateway.runtime.actions import do as carry_out

    built = App(loaded=desk.loaded)
    try:
        with desk.database() as database:
            return carry_out(database, built.handler, event, built.now)
    except RefusedActionError as refused:
        raise RefusedError(str(refused)) from None


def _tell(applied: Applied, done: str, *, as_json: bool) -> None:
    if as_json:
        return print_json({"ticket": applied.ticket, "entry": applied.entry})
    return say(f"#{applied.ticket}: {done}")


def _words(given: str) -> str:
    text = sys.stdin.read() if given == "-" else given
    if not line(text):
        raise RefusedError("--text: found nothing, expected some words")
    return text


def _now() -> datetime:
    from gateway.app import utc_now

    return utc_now()
