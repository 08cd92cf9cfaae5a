"""The statements of the inbox. Conditions of partial indexes are written as the index has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    text,
    update,
)

from gateway.store.schema import inbox, raw
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import CHANGES, Kind

# Written out, so that the planner sees that a partial index will do.
_NEW = text("inbox.state = 'new'")


def _full() -> Select[Any]:
    return select(*inbox.columns, raw.c.data, raw.c.digest).join_from(inbox, raw, isouter=True)


_ONE: ColumnElement[int] = literal_column("1")


def _blocked(*, by_later_due: bool) -> ColumnElement[bool]:
    """An earlier row of the lane waits; or, if that is asked, waits and is not due yet."""
    earlier = inbox.alias("earlier")
    before = select(_ONE).where(
        text("earlier.state = 'new' AND earlier.lane <> ''"),
        earlier.c.lane == inbox.c.lane,
        earlier.c.id < inbox.c.id,
    )
    if by_later_due:
        before = before.where(earlier.c.due_at > bindparam("b_now", required=True))
    return (inbox.c.lane != literal_column("''")) & before.exists()


def _due(*, blocked: ColumnElement[bool]) -> Select[Any]:
    return _such_of(_full(), blocked=blocked)


def _such_of(rows: Select[Any], *, blocked: ColumnElement[bool]) -> Select[Any]:
    """Those of the rows that are due, in the order accepted."""
    return (
        rows.where(_NEW, inbox.c.due_at <= bindparam("b_now", required=True), ~blocked)
        .order_by(inbox.c.id)
        .limit(bindparam("b_limit"))
    )


ACCEPT = InsertRows(
    inbox,
    returning=("id", "channel", "external_id"),
    unless_there=("channel", "external_id"),
    leave_out=("id",),
)
ACCEPT_RAW = InsertRows(raw)
BY_EXTERNAL_ID = Prepared(
    select(inbox.c.id).where(
        inbox.c.channel == bindparam("b_channel"),
        inbox.c.external_id == bindparam("b_external_id"),
    )
)
# One writer at a time: a due row is free, and only one not due before it in its lane can block it.
CLAIM_SQLITE = Prepared(_due(blocked=_blocked(by_later_due=True)))
# The same, without what makes a row long.
CLAIM_AGAIN_SQLITE = Prepared(
    _such_of(
        select(inbox.c.id, inbox.c.attempts, inbox.c.due_at, inbox.c.released_by),
        blocked=_blocked(by_later_due=True),
    )
)
# Here another process may hold the row before: only the first of a lane is free for the taking.
CLAIM_HEADS = Prepared(
    _due(blocked=_blocked(by_later_due=False)).with_for_update(of=inbox, skip_locked=True)
)
CLAIM_FOLLOWERS = Prepared(
    lambda dialect: (
        _due(blocked=_blocked(by_later_due=True))
        .where(among(dialect, inbox.c.lane, "b_lanes"), ~among(dialect, inbox.c.id, "b_heads"))
        .with_for_update(of=inbox)
    )
)
FINISH = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        reason_code=bindparam("b_reason_code"),
        ticket=bindparam("b_ticket"),
        entry=bindparam("b_entry"),
        error=bindparam("b_error"),
        handled_at=bindparam("b_now"),
    )
)
FINISHED = Kind(CHANGES, FINISH.each)
ATTEMPT = Prepared(
    lambda dialect: (
        update(inbox)
        .where(among(dialect, inbox.c.id, "b_ids"))
        .values(attempts=inbox.c.attempts + literal_column("1"))
    )
)
LATER = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"), _NEW)
    .values(due_at=bindparam("b_due_at"), error=bindparam("b_error"))
)
GET = Prepared(_full().where(inbox.c.id == bindparam("b_id")))
AFTER = Prepared(
    _full()
    .where(inbox.c.id > bindparam("b_after"))
    .order_by(inbox.c.id)
    .limit(bindparam("b_limit"))
)
_SETTLED = ("done", "duplicate", "dropped", "ignored")
RETRY = Prepared(
    lambda dialect: (
        update(inbox)
        .where(
            among(dialect, inbox.c.id, "b_ids"),
            inbox.c.state.in_([literal_column(f"'{s}'") for s in ("failed", "dropped", "ignored")]),
        )
        .values(
            state=literal_column("'new'"),
            attempts=literal_column("0"),
            due_at=bindparam("b_now"),
            error=None,
            reason=None,
            reason_code=None,
            handled_at=None,
        )
        .returning(inbox.c.id)
    )
)
RELEASE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"), text("state = 'held'"))
    .values(
        state=literal_column("'new'"),
        released_by=bindparam("b_by"),
        due_at=bindparam("b_now"),
        handled_at=None,
    )
)
WAITING = Prepared(select(func.count()).select_from(inbox).where(_NEW))
NEXT_DUE = Prepared(select(inbox.c.due_at).where(_NEW).order_by(inbox.c.due_at).limit(_ONE))
# The oldest come first in `raw`, for what is erased is gone from it.
_OLDEST = (
    select(raw.c.inbox, raw.c.digest)
    .where(raw.c.inbox > bindparam("b_after"))
    .order_by(raw.c.inbox)
    .limit(bindparam("b_limit"))
).subquery("oldest")
OLDEST_RAW = Prepared(
    select(
        _OLDEST.c.inbox,
        _OLDEST.c.digest,
        inbox.c.received_at,
        (inbox.c.handled_at < bindparam("b_before"))
        & inbox.c.state.in_([literal_column(f"'{s}'") for s in _SETTLED]),
    )
    .join_from(_OLDEST, inbox, inbox.c.id == _OLDEST.c.inbox)
    .order_by(_OLDEST.c.inbox)
)
FORGET_RAW = Prepared(lambda dialect: delete(raw).where(among(dialect, raw.c.inbox, "b_ids")))
