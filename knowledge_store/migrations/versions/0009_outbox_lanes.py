"""In which order replies to one thread leave."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From a version where each reply goes for itself; so do those that wait already."""
    op.add_column("outbox", sa.Column("lane", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("put_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_outbox_lane", "outbox", ["lane", "number"])
    op.create_index("ix_outbox_number", "outbox", ["number"])


def downgrade() -> None:
    """They go for themselves again; each that waits has, or gets, a job."""
    op.drop_index("ix_outbox_number", "outbox")
    op.drop_index("ix_outbox_lane", "outbox")
    for column in ("number", "put_at", "lane"):
        op.drop_column("outbox", column)
