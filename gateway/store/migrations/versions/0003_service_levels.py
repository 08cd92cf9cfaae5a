"""Service levels: the clocks of each ticket, and their ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json, Utc, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Clocks stand with the ticket, which is read and written with them anyway."""
    op.add_column("ticket", sa.Column("clocks", Json(), nullable=True))
    op.create_table(
        "ledger",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket", Id, nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("because_code", sa.String(), nullable=False),
        sa.Column("because", Words(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_ledger_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_ticket", "ledger", ["ticket", "id"], unique=False)
