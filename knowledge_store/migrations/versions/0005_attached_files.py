"""Which file came with which messages."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From messages whose files were not read."""
    op.create_table(
        "attached_files",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "file_id", "conversation_id", "message_id", name="pk_attached_files"
        ),
    )


def downgrade() -> None:
    """To a version that knows no files."""
    op.drop_table("attached_files")
