"""What a person is to the workspace, and who is let in to a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From a version that showed what is public to everybody: nobody is known until asked for."""
    op.add_column(
        "people",
        sa.Column("standing", sa.String(length=32), nullable=False, server_default="unknown"),
    )
    op.add_column("people", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "customer_walls",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        _of_customer("customer_walls"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_walls"),
    )
    op.create_index("ix_customer_walls_workspace", "customer_walls", ["workspace"])
    op.create_table(
        "wall_entries",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        _of_customer("wall_entries"),
        sa.PrimaryKeyConstraint("customer_id", "person_id", name="pk_wall_entries"),
    )
    op.create_index("ix_wall_entries_person", "wall_entries", ["workspace", "person_id"])
    op.create_table(
        "access_epochs",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_access_epochs"),
    )


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer_id"], ["customers.id"], name=f"fk_{table}_customer_id", ondelete="CASCADE"
    )


def downgrade() -> None:
    """Who was let in is forgotten, and what is public is everybody's again."""
    op.drop_table("access_epochs")
    op.drop_table("wall_entries")
    op.drop_table("customer_walls")
    op.drop_column("people", "checked_at")
    op.drop_column("people", "standing")
