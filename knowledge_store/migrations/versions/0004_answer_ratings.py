"""Whether answers were of use to those who asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From answers that nobody could rate."""
    op.create_table(
        "answer_ratings",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "question_id", "person_id", name="pk_answer_ratings"),
    )


def downgrade() -> None:
    """To a version that knows no ratings."""
    op.drop_table("answer_ratings")
