"""Who got the last ticket of a queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table."""
    op.create_table(
        "rotation",
        sa.Column("queue", Words(), nullable=False),
        sa.Column("agent", Words(), nullable=False),
        sa.PrimaryKeyConstraint("queue", name="pk_rotation"),
    )
