"""What agents have to know of a message, and which files are infected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.types import Json, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two more columns, empty for what came before."""
    op.add_column("body", sa.Column("remarks", Json(), nullable=True))
    op.add_column("attachment", sa.Column("infected", Words(), nullable=True))
