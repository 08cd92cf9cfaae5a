"""By which arrival words were changed: what is erased goes from there, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("revision", sa.Column("inbox", number))
