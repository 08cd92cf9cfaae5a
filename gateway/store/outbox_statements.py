"""The statements of the outbox. Conditions of partial indexes are written as the index has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    func,
    literal_column,
    null,
    select,
    text,
    update,
)

from gateway.store.schema import outbox
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import OUTBOX, Kind

ODD = "outbox.state IN ('failed', 'unknown', 'bounced')"
_QUEUED = text("outbox.state = 'queued'")
_NO_LEASE = {"leased_until": null(), "leased_by": null()}
_ONE: ColumnElement[int] = literal_column("1")


def _behind_another() -> ColumnElement[bool]:
    earlier = outbox.alias("earlier")
    before = select(_ONE).where(
        text("earlier.state IN ('queued', 'sending') AND earlier.lane <> ''"),
        earlier.c.lane == outbox.c.lane,
        earlier.c.id < outbox.c.id,
    )
    return (outbox.c.lane != literal_column("''")) & before.exists()


def _has_left() -> ColumnElement[bool]:
    """Another message of the same answer is on its way already, or has gone out.

    What agents are shown of it in their rooms is not the answer.
    """
    other = outbox.alias("other")
    gone = other.c.state.not_in([literal_column("'queued'"), literal_column("'cancelled'")])
    answer = other.c.answer_of.is_not(None)
    return select(_ONE).where(other.c.entry == outbox.c.entry, gone, answer).exists()


def _free() -> Any:
    return (
        select(outbox.c.id)
        .where(_QUEUED, outbox.c.due_at <= bindparam("b_now"), ~_behind_another())
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(bindparam("b_limit"))
        .with_for_update(skip_locked=True)
    )


def _is_free(dialect: str) -> ColumnElement[bool]:
    free = _free().correlate(None)
    if dialect == "postgresql":
        # An array is made once; IN may be planned as a join that asks, and locks, again and again.
        return outbox.c.id == func.any(func.array(free.scalar_subquery()))
    return outbox.c.id.in_(free)


INSERT = InsertRows(outbox, returning=("id",), leave_out=("id",))
NEW = Kind(OUTBOX, InsertRows(outbox, leave_out=("id",)).do)
CLAIM = Prepared(
    lambda dialect: (
        update(outbox)
        .where(_is_free(dialect))
        .values(
            state=literal_column("'sending'"),
            attempts=outbox.c.attempts + literal_column("1"),
            leased_by=bindparam("b_by"),
            leased_until=bindparam("b_until"),
        )
        .returning(*outbox.columns)
    )
)
SENT = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(
        state=literal_column("'sent'"),
        sent_at=bindparam("b_now"),
        receipt=bindparam("b_receipt"),
        error=null(),
        **_NO_LEASE,
    )
    .returning(outbox.c.ticket, outbox.c.entry)
)
MOVED = Prepared(
    update(outbox).where(outbox.c.id == bindparam("b_id")).values(receipt=bindparam("b_receipt"))
)
AGAIN = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(
        state=literal_column("'queued'"),
        due_at=bindparam("b_due_at"),
        error=bindparam("b_error"),
        **_NO_LEASE,
    )
)
END = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(state=bindparam("b_state"), error=bindparam("b_error"), **_NO_LEASE)
)
CANCEL = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.id, "b_ids"), _QUEUED)
        .values(state=literal_column("'cancelled'"))
        .returning(outbox.c.id)
    )
)
WAITING_ANSWER = Prepared(
    select(outbox.c.id, outbox.c.entry).where(
        text("outbox.state = 'queued' AND outbox.answer_of IS NOT NULL"),
        outbox.c.ticket == bindparam("b_ticket"),
        outbox.c.answer_of == bindparam("b_agent"),
        # The plus keeps SQLite from walking through every row that has an entry.
        text("+outbox.entry IS NOT NULL"),
        ~_has_left(),
    )
)
GIVE_BACK = Prepared(
    lambda dialect: (
        update(outbox)
        .where(
            text("outbox.state = 'sending'"),
            outbox.c.leased_by == bindparam("b_by"),
            ~among(dialect, outbox.c.id, "b_keep"),
        )
        .values(state=literal_column("'queued'"), **_NO_LEASE)
        .returning(outbox.c.id)
    )
)
RECOVER = Prepared(
    update(outbox)
    .where(text("outbox.state = 'sending'"), outbox.c.leased_until <= bindparam("b_leased_until"))
    .values(state=literal_column("'queued'"), due_at=bindparam("b_now"), **_NO_LEASE)
    .returning(outbox.c.id)
)
REPLACE = Prepared(
    update(outbox)
    .where(
        # As the index of lanes has it.
        text("outbox.state IN ('queued', 'sending') AND outbox.lane <> ''"),
        text("outbox.state = 'queued'"),
        outbox.c.lane == bindparam("b_lane"),
        outbox.c.kind == bindparam("b_kind"),
    )
    .values(
        message=bindparam("b_message"),
        # What was tried may be there: by these it is looked for before it is posted again.
        message_id=case(
            (outbox.c.attempts > 0, outbox.c.message_id), else_=bindparam("b_message_id")
        ),
        created_at=case(
            (outbox.c.attempts > 0, outbox.c.created_at), else_=bindparam("b_created_at")
        ),
    )
)
WORDS_OF_ENTRY = Prepared(
    select(*outbox.columns)
    .where(
        text("outbox.entry IS NOT NULL AND outbox.state IN ('queued', 'sending', 'sent')"),
        outbox.c.entry == bindparam("b_entry"),
    )
    .order_by(outbox.c.id)
)
REWRITE = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"), text("outbox.state = 'queued'"))
    .values(message=bindparam("b_message"))
)
HURRY = Prepared(
    update(outbox)
    .where(
        text("outbox.state = 'queued' AND outbox.awaits IS NOT NULL"),
        outbox.c.awaits == bindparam("b_entry"),
        outbox.c.kind != bindparam("b_patient"),
        outbox.c.attempts == literal_column("0"),
        outbox.c.due_at > bindparam("b_now"),
        outbox.c.answer_of.is_(None),
    )
    .values(due_at=bindparam("b_now"))
)
SENT_OF_ENTRY = Prepared(
    select(*outbox.columns)
    .where(
        text("outbox.entry IS NOT NULL AND outbox.state = 'sent'"),
        outbox.c.entry == bindparam("b_entry"),
        outbox.c.receipt.is_not(None),
    )
    .order_by(outbox.c.id)
)
RETRY = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.id, "b_ids"), text(ODD))
        .values(state=literal_column("'queued'"), due_at=bindparam("b_now"), error=null())
        .returning(outbox.c.id)
    )
)
GET = Prepared(select(*outbox.columns).where(outbox.c.id == bindparam("b_id")))
BY_MESSAGE_ID = Prepared(
    select(*outbox.columns)
    .where(outbox.c.message_id == bindparam("b_message_id"))
    .order_by(outbox.c.id)
    .limit(_ONE)
)
NEXT_DUE = Prepared(
    select(outbox.c.due_at)
    .where(_QUEUED, ~_behind_another())
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(_ONE)
)
RENEW = Prepared(
    lambda dialect: (
        update(outbox)
        .where(
            among(dialect, outbox.c.id, "b_ids"),
            text("outbox.state = 'sending'"),
            outbox.c.leased_by == bindparam("b_by"),
        )
        .values(leased_until=bindparam("b_until"))
    )
)
