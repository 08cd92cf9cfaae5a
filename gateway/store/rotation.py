"""Whose turn it is, and who has how much: what the desk looks at when it assigns tickets."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select, text, update

from gateway.store.schema import rotation, ticket
from gateway.store.statements import InsertRows, Prepared, among


def last_given(conn: Connection, queues: Iterable[str]) -> dict[str, str]:
    """Who got the last ticket of each of these queues, if anybody did."""
    return dict(_LAST.all(conn, b_queues=list(queues)))


def give(conn: Connection, queue: str, before: str | None, agent: str) -> bool:
    """An agent got a queue's ticket after ``before``; False where somebody was faster."""
    if before is None:
        return bool(_FIRST.back(conn, [{"queue": queue, "agent": agent}]))
    return bool(_NEXT.do(conn, b_queue=queue, b_before=before, b_agent=agent))


def loads(conn: Connection, agents: Iterable[str]) -> dict[str, int]:
    """How many tickets that are not closed or resolved each of these agents has, if any."""
    return dict(_LOADS.all(conn, b_agents=list(agents)))


_LAST = Prepared(
    lambda dialect: select(rotation.c.queue, rotation.c.agent).where(
        among(dialect, rotation.c.queue, "b_queues")
    )
)
_FIRST = InsertRows(rotation, unless_there=("queue",), returning=("queue",))
_NEXT = Prepared(
    update(rotation)
    .where(rotation.c.queue == bindparam("b_queue"), rotation.c.agent == bindparam("b_before"))
    .values(agent=bindparam("b_agent"))
)
_LOADS = Prepared(
    lambda dialect: (
        select(ticket.c.assignee, func.count())
        .where(
            among(dialect, ticket.c.assignee, "b_agents"),
            # As the index has it, word by word.
            text("assignee IS NOT NULL AND state IN ('new', 'open', 'pending', 'on_hold')"),
        )
        .group_by(ticket.c.assignee)
        # Without statistics SQLite would rather look at each open ticket.
        .with_hint(ticket, "INDEXED BY ix_ticket_load", "sqlite")
    )
)
