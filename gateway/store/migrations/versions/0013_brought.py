"""What stood on another ticket before two were joined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "brought",
        sa.Column("entry", number, nullable=False),
        sa.Column("source", number, nullable=False),
        sa.Column("target", number, nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "source", name="pk_brought"),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name="fk_brought_entry"),
        sa.ForeignKeyConstraint(["source"], ["ticket.number"], name="fk_brought_source"),
        sa.ForeignKeyConstraint(["target"], ["ticket.number"], name="fk_brought_target"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_brought_source", "brought", ["source", "target"])
