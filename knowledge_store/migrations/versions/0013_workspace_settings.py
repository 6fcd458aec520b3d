"""What was decided for a whole workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From a version in which the environment decided for all workspaces alike."""
    op.create_table(
        "workspace_settings",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("model_use", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("workspace", name="pk_workspace_settings"),
    )


def downgrade() -> None:
    """What was decided is forgotten."""
    op.drop_table("workspace_settings")
