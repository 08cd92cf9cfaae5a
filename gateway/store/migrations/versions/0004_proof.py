"""What is known of the sender of a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column."""
    op.add_column("entry", sa.Column("proof", Json(), nullable=True))
