"""What channels remember for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Sorted = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notebook",
        sa.Column("book", Sorted, nullable=False),
        sa.Column("key", Sorted, nullable=False),
        sa.Column("note", Json(), nullable=False),
        sa.PrimaryKeyConstraint("book", "key", name=op.f("pk_notebook")),
        sqlite_with_rowid=False,
    )
