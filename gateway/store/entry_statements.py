"""The statements of the history. Conditions of partial indexes are as the index has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    text,
    update,
)

from gateway.store.schema import attachment, body, entry, outbox, raw, thread_key, wanted
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import BODIES, ENTRIES, FILES, Kind

LONGEST_FACT = 20_000  # characters of an entry's text that decisions look at

NEW = Kind(ENTRIES, InsertRows(entry).do)
NEW_BODY = Kind(BODIES, InsertRows(body).do)
NEW_FILES = Kind(FILES, InsertRows(attachment).do)


def _facts() -> Select[Any]:
    return select(
        entry.c.id,
        entry.c.ticket,
        entry.c.kind,
        entry.c.visibility,
        entry.c.at,
        entry.c.author_address,
        entry.c.author_name,
        entry.c.author_role,
        entry.c.author_channel,
        entry.c.reply_visibility,
        # Dozens of them may be looked at for one message, and a text may hold 25 MB.
        func.substr(body.c.text, literal_column("1"), literal_column(str(LONGEST_FACT))),
        entry.c.change,
    ).join_from(entry, body, isouter=True)


_PUBLIC_MESSAGE = text("entry.kind = 'message' AND entry.visibility = 'public'")
_ONE: ColumnElement[int] = literal_column("1")
FACT = Prepared(_facts().where(entry.c.id == bindparam("b_id")))
FACTS_AFTER = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.id > bindparam("b_after"),
        _PUBLIC_MESSAGE,
    )
    .order_by(entry.c.id)
)
LAST_WORDS = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.kind == "message",
        entry.c.visibility == "public",
        entry.c.direction == "in",
    )
    .order_by(entry.c.id.desc())
    .limit(1)
)
LAST_PUBLIC = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.kind == "message",
        entry.c.visibility == "public",
    )
    .order_by(entry.c.id.desc())
    .limit(1)
)
LAST_ANSWER = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.kind == "message",
        entry.c.visibility == "public",
        entry.c.direction == "out",
    )
    .order_by(entry.c.id.desc())
    .limit(1)
)
RECENT = Prepared(
    _facts()
    .where(entry.c.ticket == bindparam("b_ticket"))
    .order_by(entry.c.id.desc())
    .limit(bindparam("b_limit"))
)
PACE = Prepared(
    select(entry.c.at)
    .where(entry.c.ticket == bindparam("b_ticket"), text("entry.kind IN ('message', 'note')"))
    .order_by(entry.c.id.desc())
    .limit(bindparam("b_limit"))
)
HELD_OF = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        text("entry.held IS NOT NULL"),
        entry.c.author_address == bindparam("b_agent"),
    )
    .order_by(entry.c.id.desc())
    .limit(_ONE)
)
SETTLE = Prepared(
    update(entry)
    .where(entry.c.id == bindparam("b_id"), entry.c.held.is_not(None))
    .values(held=null())
)
CHANGED_FOR = Prepared(
    lambda dialect: (
        select(entry.c.change)
        .where(
            entry.c.ticket == bindparam("b_ticket"),
            text("entry.kind = 'change'"),
            among(dialect, entry.c.because, "b_reasons"),
        )
        .order_by(entry.c.id.desc())
    )
)
PROOF = Prepared(select(entry.c.proof).where(entry.c.id == bindparam("b_id")))
MOVES = [
    Prepared(update(table).where(where == bindparam("b_id")).values(ticket=bindparam("b_to")))
    for table, where in (
        (entry, entry.c.id),
        (thread_key, thread_key.c.entry),
        (outbox, outbox.c.entry),
    )
]
SHOW = Prepared(
    update(entry)
    .where(entry.c.id == bindparam("b_id"), entry.c.visibility == bindparam("b_old"))
    .values(visibility=bindparam("b_new"))
)
WORDS = Prepared(
    select(body.c.title, body.c.text)
    .join_from(body, entry)
    .where(
        body.c.entry == bindparam("b_id"),
        body.c.erased_at.is_(None),
        text("entry.kind IN ('message', 'note')"),
    )
)
BODY = Prepared(
    select(body.c.text, body.c.full_text, body.c.html, body.c.remarks).where(
        body.c.entry == bindparam("b_id")
    )
)
PLACE = Prepared(
    select(entry.c.visibility, entry.c.inbox, entry.c.ticket).where(entry.c.id == bindparam("b_id"))
)
NOTICES = Prepared(
    select(entry.c.id, entry.c.visibility).where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.inbox == bindparam("b_inbox"),
        text("entry.kind = 'notice'"),
    )
)
ERASE_OUTBOX = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.entry, "b_ids"), text("outbox.entry IS NOT NULL"))
        .values(
            message=bindparam("b_message"),
            state=case((text("outbox.state = 'queued'"), "cancelled"), else_=outbox.c.state),
        )
    )
)
ERASE_BODY = Prepared(
    update(body)
    .where(body.c.entry == bindparam("b_id"), body.c.erased_at.is_(None))
    .values(
        title=literal_column("''"),
        text=literal_column("''"),
        full_text=literal_column("''"),
        html=null(),
        remarks=null(),
        erased_at=bindparam("b_now"),
    )
)
ERASE_WANTED = Prepared(delete(wanted).where(wanted.c.entry == bindparam("b_id")))
ERASE_FILES = Prepared(
    delete(attachment).where(attachment.c.entry == bindparam("b_id")).returning(attachment.c.digest)
)
ERASE_RAW = Prepared(delete(raw).where(raw.c.inbox == bindparam("b_inbox")).returning(raw.c.digest))
HISTORY = Prepared(
    select(
        *entry.columns,
        body.c.text,
        body.c.full_text,
        body.c.html,
        body.c.remarks,
        body.c.erased_at,
        body.c.edited_at,
        body.c.deleted_at,
    )
    .join_from(entry, body, isouter=True)
    .where(entry.c.ticket == bindparam("b_ticket"))
    .order_by(entry.c.id)
)
HISTORY_FILES = Prepared(
    lambda dialect: (
        select(
            attachment.c.entry,
            attachment.c.name,
            attachment.c.type,
            attachment.c.size,
            attachment.c.digest,
            attachment.c.inline,
            attachment.c.cid,
            attachment.c.infected,
        )
        .where(among(dialect, attachment.c.entry, "b_ids"))
        .order_by(attachment.c.entry, attachment.c.position)
    )
)
HISTORY_DELIVERY = Prepared(
    lambda dialect: (
        select(
            outbox.c.entry,
            outbox.c.id,
            outbox.c.to_address,
            outbox.c.kind,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.error,
        )
        .where(among(dialect, outbox.c.entry, "b_ids"), text("outbox.entry IS NOT NULL"))
        .order_by(outbox.c.id)
    )
)
