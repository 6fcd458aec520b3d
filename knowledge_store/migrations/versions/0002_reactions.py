"""Whose reaction stands on which message."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From notes that only their authors and savers take back."""
    op.create_table(
        "reactions",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_note", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "conversation_id", "message_id", "person_id", name="pk_reactions"
        ),
    )


def downgrade() -> None:
    """To a version that knows no reactions."""
    op.drop_table("reactions")
