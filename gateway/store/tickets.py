"""Tickets as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, literal_column, not_, select, update

from gateway.core.clocks import NO_CLOCKS, from_json, to_json
from gateway.core.frozen import replace
from gateway.core.model import Party, Priority, State, Ticket, Visibility
from gateway.core.promises import Promise
from gateway.core.waiting import Waiting
from gateway.store import numbers, search, together
from gateway.store.errors import ConflictError
from gateway.store.schema import ticket
from gateway.store.statements import InsertRows, Prepared, Row, among
from gateway.store.together import UNKNOWN

_NOT_CLOSED = "ticket.state <> 'closed'"
MOST_FOUND = 50
OPEN_STATES = (State.NEW, State.OPEN, State.PENDING, State.ON_HOLD)
_OPEN_AT_ONCE = 1_000


def load(conn: Connection, number: int) -> Ticket | None:
    """One ticket, as it is: a merged one does not lead to the one it was merged into."""
    return load_many(conn, (number,)).get(number)


def load_many(conn: Connection, wanted: Iterable[int]) -> dict[int, Ticket]:
    """Tickets by number; those that do not exist are missing."""
    asked = list(wanted)
    found = {number: together.known(conn, _fact(number)) for number in asked}
    if UNKNOWN in found.values():
        numbers.forget(conn)
        rows = _LOAD_MANY.all(conn, b_numbers=asked)
        found = dict.fromkeys(asked) | {row[0]: _ticket(row) for row in rows}
        for number, ticket in found.items():
            together.learn_row(conn, _fact(number), ticket)
    return {number: ticket for number, ticket in found.items() if ticket is not None}


def _fact(number: int) -> tuple[str, int]:
    """A ticket as it stands, among what a batch knows."""
    return ("ticket", number)


def every_open(conn: Connection) -> Iterator[Ticket]:
    """All tickets that are neither resolved nor closed, in pages: there may be a great many."""
    for state in OPEN_STATES:
        after, most = 0, _OPEN_AT_ONCE
        while page := _OPEN_PAGE.all(conn, b_state=state.value, b_after=after, b_limit=most):
            yield from (_ticket(row) for row in page)
            after = page[-1][0]


def open_of_each(conn: Connection) -> list[Ticket]:
    """Of the tickets that are open one for each assignee and queue, and all with a promise.

    Enough to know for whom there is something in a list of all of them.
    """
    rows = _OPEN_OF_EACH.all(conn) + _OPEN_PROMISED.all(conn)
    return list(load_many(conn, [row[0] for row in rows]).values())


def asked_by(conn: Connection, who: Iterable[Party], limit: int) -> tuple[Ticket, ...]:
    """The tickets that somebody asked for by any of their accounts and that live, newest first."""
    parties = {(p.channel, p.address) for p in who}
    rows = _ASKED_BY.all(conn, b_addresses=[address for _, address in parties], b_limit=limit)
    them = (_ticket(row) for row in rows)
    return tuple(t for t in them if (t.requester.channel, t.requester.address) in parties)


def insert(conn: Connection, fresh: Ticket) -> int:
    """Write a new ticket; its number (the one in ``fresh`` is not looked at)."""
    (number,) = numbers.take(conn, "ticket")
    together.later(conn, _NEW, [{"number": number} | _columns(fresh) | {"clocks": _clocks(fresh)}])
    together.learn_row(conn, _fact(number), replace(fresh, number=number))
    return number


def save(conn: Connection, before: Ticket, after: Ticket) -> Ticket:
    """Write what differs between the two; the ticket with its new version.

    Raises ConflictError when somebody else wrote it after ``before`` was loaded.
    """
    if after == before:
        return after
    old, new = _columns(before), _columns(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    if after.clocks != before.clocks:
        changed["clocks"] = _clocks(after)
    names = tuple(sorted(changed.keys() - {"version"}))
    if not names:
        return after
    changed["version"] = before.version + 1
    values = {f"b_{name}": changed[name] for name in (*names, "version")}
    values |= {"b_number": before.number, "b_before": before.version}
    together.later(conn, _SAVED, [(_update(names), values)])
    saved = replace(after, version=before.version + 1)
    together.learn_row(conn, _fact(before.number), saved)
    return saved


def _save_all(conn: Connection, items: Sequence[tuple[Prepared, dict[str, Any]]]) -> None:
    """In the order given, for a ticket may be among them more than once."""
    for statement, group in groupby(items, key=lambda item: item[0]):
        rows = [values for _, values in group]
        if statement.each(conn, rows) < len(rows):
            shown = ", ".join(str(values["b_number"]) for values in rows)
            raise ConflictError(f"ticket {shown} was changed by somebody else meanwhile")


def listing(
    conn: Connection,
    *,
    state: State | str | None = None,
    queue: str | None = None,
    assignee: str | None = None,
    words: str | None = None,
    limit: int | None = None,
    audience: Visibility = Visibility.INTERNAL,
) -> list[Ticket]:
    """Tickets newest first; with ``words``, those that were written about last, 50 unless limited.

    ``audience`` public finds by public words only. Words without a letter or digit find nothing.
    """
    wanted = {"state": state, "queue": queue, "assignee": assignee}
    filters = {name: str(value) for name, value in wanted.items() if value is not None}
    if words is not None:
        return _found(conn, filters, words, limit or MOST_FOUND, audience)
    query = select(*ticket.columns).order_by(ticket.c.number.desc()).limit(limit)
    for name, value in filters.items():
        query = query.where(ticket.c[name] == value)
    return [_ticket(tuple(row)) for row in conn.execute(query)]


def _found(
    conn: Connection, filters: dict[str, str], words: str, limit: int, audience: Visibility
) -> list[Ticket]:
    found: dict[int, Ticket] = {}
    query = select(*ticket.columns).where(among(conn.dialect.name, ticket.c.number, "b_numbers"))
    for name, value in filters.items():
        # Not by the column's index: the tickets are known by number, and there are few of them.
        query = query.where(ticket.c[name].concat("") == value)
    for some in search.tickets(conn, words, audience=audience):
        fresh = [number for number in some if number not in found]
        rows = conn.execute(query, {"b_numbers": fresh})
        fitting = {row[0]: _ticket(tuple(row)) for row in rows}
        found |= {number: fitting[number] for number in fresh if number in fitting}
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def with_clocks(conn: Connection, states: Iterable[State], *, after: int, limit: int) -> list[int]:
    """Numbers of tickets in these states that have clocks, in order, from the one after."""
    found: list[int] = []
    for state in states:
        rows = _WITH_CLOCKS.all(conn, b_state=state.value, b_after=after, b_limit=limit)
        found += [row[0] for row in rows]
    return sorted(found)[:limit]


def _columns(given: Ticket) -> dict[str, Any]:
    return {
        "subject": given.subject,
        "requester_address": given.requester.address,
        "requester_name": given.requester.name,
        "requester_channel": given.requester.channel,
        "queue": given.queue,
        "created_at": given.created_at,
        "updated_at": given.updated_at,
        "state": given.state.value,
        "priority": given.priority.value,
        "tier": given.tier,
        "assignee": given.assignee,
        "language": given.language,
        "channel": given.channel,
        "root": given.root,
        "previous": given.previous,
        "merged_into": given.merged_into,
        "generation": given.generation,
        "resolved_at": given.resolved_at,
        "closed_at": given.closed_at,
        "version": given.version,
        "more": _more(given),
    }


def _clocks(given: Ticket) -> list[dict[str, Any]] | None:
    return to_json(given.clocks) if given.clocks.all else None


def _more(given: Ticket) -> dict[str, Any]:
    people = [{"a": p.address, "n": p.name, "c": p.channel} for p in given.participants]
    return {
        "v": 1,
        "tags": list(given.tags),
        "participants": people,
        "watchers": list(given.watchers),
        "leaked": list(given.leaked),
        "list_id": given.list_id,
        "place": given.place,
        "rating": given.rating,
        "sla": given.sla,
        **_seldom(given),
    }


def _seldom(given: Ticket) -> dict[str, Any]:
    """What few tickets have: nothing is written of it for the others."""
    silent = {"silent": True} if given.silent else {}
    waiting = {"waiting": given.waiting.to_json()} if given.waiting else {}
    promise = {"promise": given.promise.to_json()} if given.promise else {}
    return silent | waiting | promise


def _ticket(row: Row) -> Ticket:
    fields: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    more = fields.pop("more")
    people = (Party(address=p["a"], name=p["n"], channel=p["c"]) for p in more["participants"])
    return Ticket(
        requester=Party(
            address=fields.pop("requester_address"),
            name=fields.pop("requester_name"),
            channel=fields.pop("requester_channel"),
        ),
        state=State(fields.pop("state")),
        priority=Priority(fields.pop("priority")),
        tags=tuple(more["tags"]),
        participants=tuple(people),
        watchers=tuple(more["watchers"]),
        leaked=tuple(more["leaked"]),
        list_id=more.get("list_id", ""),
        place=more.get("place", ""),
        rating=more.get("rating"),
        sla=more.get("sla", ""),
        silent=more.get("silent", False),
        promise=Promise.from_json(promise) if (promise := more.get("promise")) else None,
        waiting=Waiting.from_json(waiting) if (waiting := more.get("waiting")) else None,
        clocks=from_json(clocks) if (clocks := fields.pop("clocks")) else NO_CLOCKS,
        **fields,
    )


def _update(names: tuple[str, ...]) -> Prepared:
    found = _UPDATES.get(names)
    if found is None:
        found = _UPDATES[names] = Prepared(
            update(ticket)
            .where(
                ticket.c.number == bindparam("b_number"), ticket.c.version == bindparam("b_before")
            )
            .values({name: bindparam(f"b_{name}") for name in (*names, "version")})
        )
    return found


_NAMES = [c.name for c in ticket.columns]
_UPDATES: dict[tuple[str, ...], Prepared] = {}
_OPEN_PAGE = Prepared(
    select(*ticket.columns)
    .where(ticket.c.state == bindparam("b_state"), ticket.c.number > bindparam("b_after"))
    .order_by(ticket.c.number)
    .limit(bindparam("b_limit"))
)
_OPEN = ticket.c.state.in_([literal_column(f"'{state.value}'") for state in OPEN_STATES])
_PROMISED = cast(ticket.c.more, Text).like(literal_column("""'%"promise"%'"""))
_OPEN_OF_EACH = Prepared(
    select(func.min(ticket.c.number))
    .where(_OPEN, not_(_PROMISED))
    .group_by(ticket.c.assignee, ticket.c.queue)
)
_OPEN_PROMISED = Prepared(select(ticket.c.number).where(_OPEN, _PROMISED))
_ASKED_BY = Prepared(
    lambda dialect: (
        select(*ticket.columns)
        .where(
            among(dialect, ticket.c.requester_address, "b_addresses"),
            ticket.c.state != State.CLOSED.value,
        )
        .order_by(ticket.c.number.desc())
        .limit(bindparam("b_limit"))
    )
)
_LOAD_MANY = Prepared(
    lambda dialect: select(*ticket.columns).where(among(dialect, ticket.c.number, "b_numbers"))
)
_NEW = together.Kind(together.TICKETS, InsertRows(ticket).do)
_SAVED = together.Kind(together.CHANGES, _save_all)
_WITH_CLOCKS = Prepared(
    select(ticket.c.number)
    .where(
        ticket.c.state == bindparam("b_state"),
        ticket.c.number > bindparam("b_after"),
        ticket.c.clocks.is_not(None),
    )
    .order_by(ticket.c.number)
    .limit(bindparam("b_limit"))
)
