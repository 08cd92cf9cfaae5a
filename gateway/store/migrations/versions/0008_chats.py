"""Several accounts of one person, codes that prove them, and words that were changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Utc, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three columns and two tables."""
    op.add_column("identity", sa.Column("linked", sa.Boolean(create_constraint=False)))
    op.add_column("body", sa.Column("edited_at", Utc()))
    op.add_column("body", sa.Column("deleted_at", Utc()))
    op.create_table(
        "revision",
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("html", Words()),
        sa.Column("erased_at", Utc()),
        sa.PrimaryKeyConstraint("entry", "position", name="pk_revision"),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name="fk_revision_entry"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", Words(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("address", Words(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name="pk_code"),
    )
