"""The tables. Times are UTC; stored JSON carries its version as ``v``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from gateway.store.types import Json, Utc, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite fills in a row's number only for a primary key declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")

# Text in the order of its code points, whatever the database's language.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


blob = Table(
    "blob",
    metadata,
    Column("digest", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary),  # NULL: in a file, or erased
    Column("file", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("erased_at", Utc),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("envelope", Json, nullable=False),
    Column("lane", Words, nullable=False),
    Column("live", Boolean(create_constraint=False), nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason_code", String),
    Column("reason", Words),
    Column("error", Words),
    Column("ticket", Id),
    Column("entry", Id),
    Column("handled_at", Utc),
    Column("released_by", Words),
    UniqueConstraint("channel", "external_id"),
    # What waits is a handful among millions: finding it must not cost more as they grow.
    Index("ix_inbox_new", "id", **_where("state = 'new'")),
    Index("ix_inbox_new_lane", "lane", "id", **_where("state = 'new' AND lane <> ''")),
    Index("ix_inbox_odd", "state", "id", **_where("state IN ('held', 'failed', 'dropped')")),
    sqlite_autoincrement=True,
)

# Apart from the row, which changes several times, and not by digest: no two are the same, and an
# index of random digests would cost more than all the rest of accepting.
raw = Table(
    "raw",
    metadata,
    Column("inbox", ForeignKey("inbox.id"), primary_key=True),
    Column("data", LargeBinary),
    Column("digest", ForeignKey("blob.digest")),  # of a large one on SQLite, in a file
    Index("ix_raw_digest", "digest", **_where("digest IS NOT NULL")),
)

ticket = Table(
    "ticket",
    metadata,
    Column("number", Id, primary_key=True),
    Column("subject", Words, nullable=False),
    Column("requester_address", Words, nullable=False),
    Column("requester_name", Words, nullable=False),
    Column("requester_channel", String, nullable=False),
    Column("queue", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("state", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("assignee", Words),
    Column("language", Words, nullable=False),
    Column("channel", String, nullable=False),
    Column("root", Words),
    Column("previous", Id),
    Column("merged_into", Id),
    Column("generation", Integer, nullable=False),
    Column("resolved_at", Utc),
    Column("closed_at", Utc),
    Column("version", Integer, nullable=False),
    Column("more", Json, nullable=False),  # tags, participants, watchers, leaked
    Column("clocks", Json),  # of its service level, NULL without one
    Index("ix_ticket_state", "state", "number"),
    Index("ix_ticket_queue", "queue", "number"),
    Index("ix_ticket_assignee", "assignee", "number", **_where("assignee IS NOT NULL")),
    Index(
        "ix_ticket_load",
        "assignee",
        **_where("assignee IS NOT NULL AND state IN ('new', 'open', 'pending', 'on_hold')"),
    ),
    Index("ix_ticket_requester", "requester_address", "number"),
    sqlite_autoincrement=True,
)

entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("kind", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("direction", String),
    Column("channel", String, nullable=False),
    Column("author_address", Words, nullable=False),
    Column("author_name", Words, nullable=False),
    Column("author_role", String, nullable=False),
    Column("author_channel", String, nullable=False),
    Column("because", Words, nullable=False),
    Column("because_code", String, nullable=False),
    Column("change", Json),  # what, old, new
    Column("message_id", Words),
    Column("held", String),
    Column("reply_visibility", String),
    Column("inbox", Id),
    Column("proof", Json),  # verdicts on the sender: v, spf, dkim, dmarc
    Index("ix_entry_ticket", "ticket", "id"),
    Index("ix_entry_held", "ticket", **_where("held IS NOT NULL")),
    sqlite_autoincrement=True,
)

body = Table(
    "body",
    metadata,
    Column("entry", ForeignKey("entry.id"), primary_key=True),
    Column("title", Words, nullable=False),  # what it is found by beside its text
    Column("text", Words, nullable=False),
    Column("full_text", Words, nullable=False),
    Column("html", Words),
    Column("erased_at", Utc),
    Column("remarks", Json),  # what agents have to know of the message, NULL for nothing
    Column("edited_at", Utc),  # its author changed the words
    Column("deleted_at", Utc),  # its author took the message away
)

# What the words of an entry were before they were changed, oldest first.
revision = Table(
    "revision",
    metadata,
    Column("entry", ForeignKey("entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Utc, nullable=False),  # since when it had been so
    Column("text", Words, nullable=False),
    Column("html", Words),
    Column("erased_at", Utc),
    Column("inbox", Id),  # the arrival that changed it
    sqlite_with_rowid=False,
)

# Entries that came from another ticket when it was joined with theirs, so that it can be undone.
brought = Table(
    "brought",
    metadata,
    Column("entry", ForeignKey("entry.id"), primary_key=True),
    Column("source", ForeignKey("ticket.number"), primary_key=True),
    Column("target", ForeignKey("ticket.number"), nullable=False),
    Column("visibility", String, nullable=False),  # what it had there
    Index("ix_brought_source", "source", "target"),
    sqlite_with_rowid=False,
)

attachment = Table(
    "attachment",
    metadata,
    Column("entry", ForeignKey("entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("inline", Boolean(create_constraint=False), nullable=False),
    Column("cid", Words),
    Column("digest", ForeignKey("blob.digest"), nullable=False),
    Column("infected", Words),  # by what; such a file is handed on to nobody
    Index("ix_attachment_digest", "digest"),
    sqlite_with_rowid=False,
)

# Files that lie with a chat network until they are fetched.
wanted = Table(
    "wanted",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry", ForeignKey("entry.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("ref", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("size", BigInteger),
    Column("inline", Boolean(create_constraint=False), nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("leased_until", Utc),
    Column("leased_by", Words),
    Column("created_at", Utc, nullable=False),
    Column("problem", Words),
    UniqueConstraint("entry", "position"),
    Index("ix_wanted_due", "due_at", "id", **_where("state IN ('waiting', 'fetching')")),
)

thread_key = Table(
    "thread_key",
    metadata,
    Column("key", Words, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("entry", Id),
    Column("position", Integer, nullable=False),
    Column("sent", Boolean(create_constraint=False), nullable=False),
    Index("ix_thread_key_ticket", "ticket", "entry"),
    Index("ix_thread_key_entry", "entry"),
    sqlite_with_rowid=False,
)

contact = Table(
    "contact",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("address", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("contact", ForeignKey("contact.id"), nullable=False),
    Column("language", Words),
    Column("first_seen", Utc, nullable=False),
    Column("verified_at", Utc),
    Column("bounced_at", Utc),
    Column("bounced_why", Words),
    Column("linked", Boolean(create_constraint=False)),  # its contact has others, too
    UniqueConstraint("channel", "address"),
    Index("ix_identity_contact", "contact"),
)

# A code that was sent to a mail address, so that an account can prove that it is the same person's.
code = Table(
    "code",
    metadata,
    Column("channel", String, primary_key=True),
    Column("account", Words, primary_key=True),
    Column("place", Words, nullable=False),  # the chat where it has to come back
    Column("address", Words, nullable=False),
    Column("digest", String, nullable=False),
    Column("until", Utc, nullable=False),
    Column("tries", Integer, nullable=False),
)

deadline = Table(
    "deadline",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("target", String, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("because", Words, nullable=False),
    UniqueConstraint("ticket", "target"),
    Index("ix_deadline_due_at", "due_at", "id", **_where("state = 'running'")),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("target", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("what", String, nullable=False),
    Column("because_code", String, nullable=False),
    Column("because", Words, nullable=False),
    Column("due_at", Utc),
    Index("ix_ledger_ticket", "ticket", "id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", ForeignKey("ticket.number")),
    Column("entry", ForeignKey("entry.id")),
    Column("channel", String, nullable=False),
    Column("to_address", Words, nullable=False),
    Column("to_name", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("lane", Words, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("leased_until", Utc),
    Column("leased_by", Words),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("error", Words),
    Column("message", Json, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("answer_of", Words),
    Column("automatic", Boolean(create_constraint=False), nullable=False),
    Column("awaits", Id),  # the entry whose files it waits for
    Column("receipt", Json),  # keys that a chat gave: v, keys; by them it can be edited there
    Index("ix_outbox_queued", "due_at", "id", **_where("state = 'queued'")),
    Index("ix_outbox_sending", "leased_until", **_where("state = 'sending'")),
    Index(
        "ix_outbox_lane",
        "lane",
        "id",
        **_where("state IN ('queued', 'sending') AND lane <> ''"),
    ),
    Index("ix_outbox_odd", "state", "id", **_where("state IN ('failed', 'unknown', 'bounced')")),
    Index("ix_outbox_answer", "ticket", **_where("state = 'queued' AND answer_of IS NOT NULL")),
    Index("ix_outbox_entry", "entry", **_where("entry IS NOT NULL")),
    Index("ix_outbox_message_id", "message_id"),
    Index("ix_outbox_awaits", "awaits", **_where("state = 'queued' AND awaits IS NOT NULL")),
    sqlite_autoincrement=True,
)

# Where a ticket's card stands in a room of agents, and what it says there.
card = Table(
    "card",
    metadata,
    Column("ticket", ForeignKey("ticket.number"), primary_key=True),
    Column("channel", String, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("keys", Json, nullable=False),  # of its message, then of its thread or topic
    Column("digest", String, nullable=False),
    Column("outbox", Id, nullable=False),  # the row that posted or edited it last
    sqlite_with_rowid=False,
)

tally = Table(
    "tally",
    metadata,
    Column("key", Words, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("hour", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    Index("ix_tally_hour", "hour"),
    sqlite_with_rowid=False,
)

away = Table(
    "away",
    metadata,
    Column("agent", Words, primary_key=True),
    Column("until", Utc),
)

# Who got the last ticket of a queue that gives them out in turn.
rotation = Table(
    "rotation",
    metadata,
    Column("queue", Words, primary_key=True),
    Column("agent", Words, nullable=False),
)

# How much each agent was told lately.
burst = Table(
    "burst",
    metadata,
    Column("agent", Words, primary_key=True),
    Column("sort", String, primary_key=True),
    Column("told", Json, nullable=False),  # v, at: moments
    Column("due_at", Utc),  # of the summary; NULL: nothing is kept
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Notices that wait for a summary. Their words stand with the entries.
kept = Table(
    "kept",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", Words, nullable=False),
    Column("sort", String, nullable=False),
    Column("ticket", ForeignKey("ticket.number"), nullable=False),
    Column("kind", String, nullable=False),
    Column("entry", Id),
    Column("at", Utc, nullable=False),
    Index("ix_kept_agent", "agent", "sort", "id"),
    sqlite_autoincrement=True,
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Json, nullable=False),
)

notebook = Table(
    "notebook",
    metadata,
    Column("book", Sorted, primary_key=True),
    Column("key", Sorted, primary_key=True),
    Column("note", Json, nullable=False),
    sqlite_with_rowid=False,
)
