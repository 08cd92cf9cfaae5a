"""Cards of tickets in rooms of agents, and what a network said when it took a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json, Words

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table, and one more column of the outbox."""
    op.add_column("outbox", sa.Column("receipt", Json()))
    op.create_table(
        "card",
        sa.Column("ticket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("keys", Json(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("outbox", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "channel", "address", name="pk_card"),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name="fk_card_ticket"),
        sqlite_with_rowid=False,
    )
