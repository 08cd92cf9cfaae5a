"""How much agents were told lately, and what is kept for their summaries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json, Utc, Words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two more tables."""
    op.create_table(
        "burst",
        sa.Column("agent", Words(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("due_at", Utc()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "sort", name="pk_burst"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kept",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent", Words(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entry", _ID),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_kept_ticket"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_agent", "kept", ["agent", "sort", "id"])
