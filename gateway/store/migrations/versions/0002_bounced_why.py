"""Why mail to somebody came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column."""
    op.add_column("identity", sa.Column("bounced_why", Words(), nullable=True))
