"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json, Utc, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make every table."""
    _blob()
    _inbox()
    _raw()
    _ticket()
    _entry()
    _body()
    _attachment()
    _thread_key()
    _contact()
    _identity()
    _deadline()
    _outbox()
    _tally()
    _away()
    _meta()
    if op.get_bind().dialect.name == "sqlite":
        _search_sqlite()
    else:
        _search_postgresql()
        _queues_postgresql()


def _blob() -> None:
    op.create_table(
        "blob",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("file", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("erased_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blob")),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external_id", Words(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("envelope", Json(), nullable=False),
        sa.Column("lane", Words(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason", Words(), nullable=True),
        sa.Column("error", Words(), nullable=True),
        sa.Column("ticket", Id, nullable=True),
        sa.Column("entry", Id, nullable=True),
        sa.Column("handled_at", Utc(), nullable=True),
        sa.Column("released_by", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_inbox_channel_external_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_new", "inbox", ["id"], unique=False, **_where("state = 'new'"))
    op.create_index(
        "ix_inbox_new_lane",
        "inbox",
        ["lane", "id"],
        unique=False,
        **_where("state = 'new' AND lane <> ''"),
    )
    op.create_index(
        "ix_inbox_odd",
        "inbox",
        ["state", "id"],
        unique=False,
        **_where("state IN ('held', 'failed', 'dropped')"),
    )


def _raw() -> None:
    op.create_table(
        "raw",
        sa.Column("inbox", Id, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"], name=op.f("fk_raw_digest")),
        sa.ForeignKeyConstraint(["inbox"], ["inbox.id"], name=op.f("fk_raw_inbox")),
        sa.PrimaryKeyConstraint("inbox", name=op.f("pk_raw")),
    )
    op.create_index(
        "ix_raw_digest", "raw", ["digest"], unique=False, **_where("digest IS NOT NULL")
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("number", Id, nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("requester_address", Words(), nullable=False),
        sa.Column("requester_name", Words(), nullable=False),
        sa.Column("requester_channel", sa.String(), nullable=False),
        sa.Column("queue", Words(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("assignee", Words(), nullable=True),
        sa.Column("language", Words(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("root", Words(), nullable=True),
        sa.Column("previous", Id, nullable=True),
        sa.Column("merged_into", Id, nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("more", Json(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ticket")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ticket_assignee",
        "ticket",
        ["assignee", "number"],
        unique=False,
        **_where("assignee IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_load",
        "ticket",
        ["assignee"],
        unique=False,
        **_where("assignee IS NOT NULL AND state IN ('new', 'open', 'pending', 'on_hold')"),
    )
    op.create_index("ix_ticket_queue", "ticket", ["queue", "number"], unique=False)
    op.create_index("ix_ticket_requester", "ticket", ["requester_address", "number"], unique=False)
    op.create_index("ix_ticket_state", "ticket", ["state", "number"], unique=False)


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket", Id, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("author_address", Words(), nullable=False),
        sa.Column("author_name", Words(), nullable=False),
        sa.Column("author_role", sa.String(), nullable=False),
        sa.Column("author_channel", sa.String(), nullable=False),
        sa.Column("because", Words(), nullable=False),
        sa.Column("because_code", sa.String(), nullable=False),
        sa.Column("change", Json(), nullable=True),
        sa.Column("message_id", Words(), nullable=True),
        sa.Column("held", sa.String(), nullable=True),
        sa.Column("reply_visibility", sa.String(), nullable=True),
        sa.Column("inbox", Id, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_entry_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_entry_held", "entry", ["ticket"], unique=False, **_where("held IS NOT NULL")
    )
    op.create_index("ix_entry_ticket", "entry", ["ticket", "id"], unique=False)


def _body() -> None:
    op.create_table(
        "body",
        sa.Column("entry", Id, nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("full_text", Words(), nullable=False),
        sa.Column("html", Words(), nullable=True),
        sa.Column("erased_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_body_entry")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_body")),
    )


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("entry", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("type", Words(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("cid", Words(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["blob.digest"], name=op.f("fk_attachment_digest")),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_attachment_entry")),
        sa.PrimaryKeyConstraint("entry", "position", name=op.f("pk_attachment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_attachment_digest", "attachment", ["digest"], unique=False)


def _thread_key() -> None:
    op.create_table(
        "thread_key",
        sa.Column("key", Words(), nullable=False),
        sa.Column("ticket", Id, nullable=False),
        sa.Column("entry", Id, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_thread_key_ticket")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_thread_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_thread_key_entry", "thread_key", ["entry"], unique=False)
    op.create_index("ix_thread_key_ticket", "thread_key", ["ticket", "entry"], unique=False)


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("contact", Id, nullable=False),
        sa.Column("language", Words(), nullable=True),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.Column("verified_at", Utc(), nullable=True),
        sa.Column("bounced_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_identity_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_identity_channel_address")),
    )
    op.create_index("ix_identity_contact", "identity", ["contact"], unique=False)


def _deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket", Id, nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("because", Words(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_deadline_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("ticket", "target", name=op.f("uq_deadline_ticket_target")),
    )
    op.create_index(
        "ix_deadline_due_at",
        "deadline",
        ["due_at", "id"],
        unique=False,
        **_where("state = 'running'"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket", Id, nullable=True),
        sa.Column("entry", Id, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("to_address", Words(), nullable=False),
        sa.Column("to_name", Words(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lane", Words(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("leased_by", Words(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("error", Words(), nullable=True),
        sa.Column("message", Json(), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("answer_of", Words(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_outbox_entry")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_outbox_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_answer",
        "outbox",
        ["ticket"],
        unique=False,
        **_where("state = 'queued' AND answer_of IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_entry", "outbox", ["entry"], unique=False, **_where("entry IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_lane",
        "outbox",
        ["lane", "id"],
        unique=False,
        **_where("state IN ('queued', 'sending') AND lane <> ''"),
    )
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"], unique=False)
    op.create_index(
        "ix_outbox_odd",
        "outbox",
        ["state", "id"],
        unique=False,
        **_where("state IN ('failed', 'unknown', 'bounced')"),
    )
    op.create_index(
        "ix_outbox_queued", "outbox", ["due_at", "id"], unique=False, **_where("state = 'queued'")
    )
    op.create_index(
        "ix_outbox_sending", "outbox", ["leased_until"], unique=False, **_where("state = 'sending'")
    )


def _tally() -> None:
    op.create_table(
        "tally",
        sa.Column("key", Words(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "scope", "hour", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_hour", "tally", ["hour"], unique=False)


def _away() -> None:
    op.create_table(
        "away",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_away")),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )


def _search_sqlite() -> None:
    for place in ("public", "internal"):
        # It is given words that are folded already, each once, and says which rows hold them all:
        # no text of its own, no positions, no sizes.
        op.execute(
            f"CREATE VIRTUAL TABLE search_{place} USING fts5(words, content='', "
            "columnsize=0, detail=none, tokenize='ascii')"
        )


def _search_postgresql() -> None:
    for place in ("public", "internal"):
        op.execute(
            f"CREATE TABLE search_{place} (entry bigint PRIMARY KEY, words tsvector NOT NULL)"
        )
        # A short pending list: whoever searches reads through it.
        op.execute(
            f"CREATE INDEX ix_search_{place} ON search_{place} USING gin (words) "
            "WITH (gin_pending_list_limit = 512)"
        )


def _queues_postgresql() -> None:
    """Rows of the queues change several times each: vacuum by count, not by share."""
    for table in ("inbox", "outbox"):
        op.execute(
            f"ALTER TABLE {table} SET "
            "(autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
        )
