"""`gateway ticket list` and `show`: what is where, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import acting, service, shapes
from gateway.cli.context import agent_of, desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import LARGEST, group
from gateway.cli.terminal import block, line, moment, print_json, print_json_list, print_table
from gateway.core.model import State, Ticket
from gateway.core.policy import Policy
from gateway.core.promises import Promise
from gateway.core.waiting import Waiting, next_turn

if TYPE_CHECKING:
    from gateway.store.entries import EntryRow

app = group("Look at tickets, and work on them.")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="a ticket's number, such as 7")]
_HEADINGS = (
    "number",
    "state",
    "priority",
    "queue",
    "assignee",
    "requester",
    "subject",
    "due",
    "updated",
)


app.command()(acting.new)
app.command()(acting.reply)
app.command()(acting.note)
app.command()(acting.do)
app.command()(acting.move)


@app.command("list")
def list_tickets(
    ctx: typer.Context,
    state: Annotated[State | None, typer.Option(help="only those in this state")] = None,
    queue: Annotated[
        str | None, typer.Option(metavar="QUEUE", help="only those of this queue")
    ] = None,
    assignee: Annotated[
        str | None, typer.Option(metavar="AGENT", help="only those of this agent")
    ] = None,
    search: Annotated[
        str | None, typer.Option(metavar="WORDS", help="only those with all of these words")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, max=LARGEST, help="the newest N")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List tickets, newest first.

    All of them, or with --search the newest 50, unless there is a --limit.
    """
    from gateway.store import tickets

    desk = desk_of(ctx)
    with desk.database() as database, database.read() as conn:
        found = tickets.listing(
            conn,
            state=state,
            queue=queue,
            assignee=_email(desk.policy, assignee),
            words=search,
            limit=limit,
        )
    now = datetime.now(UTC)
    if as_json:
        return print_json_list(shapes.ticket(one, desk.policy, now) for one in found)
    rows = (_cells(one, desk.policy, now) for one in found)
    return print_table(_HEADINGS, rows, "There are no such tickets.")


def _email(policy: Policy, wanted: str | None) -> str | None:
    """An agent who left the config may still have tickets: any address will do."""
    if wanted is None or "@" in wanted:
        return wanted.strip().lower() if wanted else None
    return agent_of(policy, wanted).email


def _cells(it: Ticket, policy: Policy, now: datetime) -> tuple[object, ...]:
    return (
        *(it.number, it.state.value, it.priority.value, it.queue),
        *(_assignee(it, policy), it.requester.shown, it.subject),
        service.next_due(it, policy, now),
        moment(it.updated_at, policy.timezone),
    )


def _assignee(it: Ticket, policy: Policy) -> str | None:
    known = policy.agents_by_email.get(it.assignee or "")
    return known.name if known else it.assignee


@app.command()
def show(ctx: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """One ticket with its whole history, and why each entry stands there."""
    from gateway.store import entries, ledger, tickets

    desk = desk_of(ctx)
    wanted = number_of(number)
    with desk.database() as database, database.read() as conn:
        found = tickets.load(conn, wanted)
        if found is None:
            raise RefusedError(f"there is no ticket {wanted}")
        history = entries.history(conn, wanted)
        marks = ledger.of_ticket(conn, wanted)
    now = datetime.now(UTC)
    if as_json:
        return print_json(shapes.ticket_with_history(found, history, marks, desk.policy, now))
    told = (*_story(found, desk.policy, now), *service.story(found, marks, desk.policy, now))
    return print("\n".join((*told, *_entries(history, desk.policy))))


def number_of(given: str) -> int:
    """A ticket's number, with or without its #. Raises RefusedError."""
    digits = given.strip().removeprefix("#")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise RefusedError(f'found "{line(given)}", expected the number of a ticket, such as 7')
    return int(digits)


def _waiting(it: Ticket, waiting: Waiting, policy: Policy) -> str:
    said = f"for the requester since {moment(waiting.since, policy.timezone)}"
    said += f", reminders past: {waiting.reminded}"
    turn = next_turn(waiting, policy.patience_for(it), policy.hours_for(it))
    if turn is None:
        return said
    what = "resolved" if turn.resolves else "reminded"
    return f"{said}, {what} on {moment(turn.due_at, policy.timezone)}"


def _promise(made: Promise, policy: Policy, now: datetime) -> str:
    known = policy.agents_by_email.get(made.by)
    who = line(known.name if known else made.by)
    said = f"{who}, an answer by {moment(made.due_at, policy.timezone)}"
    if made.kept_at is not None:
        late = " late" if made.kept_at > made.due_at else ""
        return f"{said}, kept{late} at {moment(made.kept_at, policy.timezone)}"
    return said + (", late" if made.due_at < now else "")


def _story(it: Ticket, policy: Policy, now: datetime) -> Iterator[str]:
    yield f"#{it.number} {line(it.subject)}"
    yield f"{it.state.value}, {it.priority.value}, queue {line(it.queue)}, tier {it.tier}" + (
        f", tags {line(', '.join(it.tags))}" if it.tags else ""
    )
    yield f"requester: {_named(it.requester.name, it.requester.address)}"
    if it.participants:
        people = "; ".join(_named(p.name, p.address) for p in it.participants)
        yield f"participants: {people}"
    yield f"assignee: {line(_assignee(it, policy) or 'nobody')}"
    if it.waiting is not None:
        yield f"waiting: {_waiting(it, it.waiting, policy)}"
    if it.rating is not None:
        yield f"rated: {it.rating} of 5 stars"
    if it.promise is not None:
        yield f"promise: {_promise(it.promise, policy, now)}"


def _entries(history: Sequence[EntryRow], policy: Policy) -> Iterator[str]:
    for row in history:
        yield ""
        yield from _entry(row, policy.timezone)


def _value(of: Any) -> str:
    """What something was or became, for people: a word, a person, some of them, or nothing."""
    if isinstance(of, list):
        return ", ".join(_value(one) for one in of) or "nothing"
    if isinstance(of, dict) and "due" in of:
        return f"an answer of {of['by']} by {of['due']}" + (", kept" if of["kept"] else "")
    if isinstance(of, dict):
        return _named(str(of.get("name") or ""), str(of.get("address") or ""))
    return "nothing" if of is None else line(str(of))


def _named(name: str, address: str) -> str:
    return line(f"{name} <{address}>" if name else address)


def _changed(row: EntryRow, zone: str) -> Iterator[str]:
    """What its author changed or took away, and what it was before."""
    for earlier in row.revisions:
        yield f"    before it was changed ({moment(earlier.at, zone)}):"
        for words in block(earlier.text).splitlines():
            yield f"    < {words}"
    if row.edited_at:
        yield f"    changed at {moment(row.edited_at, zone)}"
    if row.deleted_at:
        yield f"    deleted by its author at {moment(row.deleted_at, zone)}"


def _entry(row: EntryRow, zone: str) -> Iterator[str]:
    what = f"{row.visibility.value} {row.kind.value}"
    who = line(row.author.shown)
    yield f"[{row.id}] {moment(row.at, zone)}  {what} by {who} ({row.author.role.value})"
    yield f"    because: {line(row.because)}"
    if proven := shapes.proof_words(row.proof, row.author.address):
        yield f"    sender: {line(proven)}"
    if row.change:
        old, new = (_value(row.change.get(key)) for key in ("old", "new"))
        yield f"    {line(str(row.change.get('what')))}: {old} → {new}"
    for file in row.files:
        kept = f", kept away: {line(file.infected)}" if file.infected else ""
        yield f"    attached: {line(file.name)} ({file.type}, {file.size} octets{kept})"
    for one in row.wanted:
        if one.state != "fetched" or one.problem:
            problem = f": {line(one.problem)}" if one.problem else ""
            yield f"    file {line(one.name)}: {one.state.value}{problem}"
    for remark in row.body.remarks if row.body else ():
        yield f"    {remark.kind.value}: {line(remark.about)}".rstrip(": ")
    for sent in row.delivery:
        yield f"    to {line(sent.to)}: {sent.state}" + (
            f", {line(sent.error)}" if sent.error else ""
        )
    yield from _changed(row, zone)
    for words in block(row.body.text).splitlines() if row.body else ():
        yield f"    | {words}"
