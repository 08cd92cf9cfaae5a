"""Files that lie with a chat network until they are fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Utc, Words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('waiting', 'fetching')")


def upgrade() -> None:
    """One more table, and one more column of the outbox."""
    op.add_column(
        "outbox", sa.Column("awaits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
    )
    waits = sa.text("state = 'queued' AND awaits IS NOT NULL")
    op.create_index(
        "ix_outbox_awaits", "outbox", ["awaits"], sqlite_where=waits, postgresql_where=waits
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "wanted",
        sa.Column("id", number, nullable=False),
        sa.Column("entry", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ref", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("type", Words(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("inline", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("leased_until", Utc()),
        sa.Column("leased_by", Words()),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("problem", Words()),
        sa.PrimaryKeyConstraint("id", name="pk_wanted"),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name="fk_wanted_entry"),
        sa.UniqueConstraint("entry", "position", name="uq_wanted_entry_position"),
    )
    op.create_index(
        "ix_wanted_due",
        "wanted",
        ["due_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
