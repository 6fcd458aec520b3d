"""What customers are looked up by as somebody types a name, and which answers were shared."""

import json

import sqlalchemy as sa
from alembic import op

# What is looked up has to be folded as what is typed is.
from knowledge_store.customer_names import entries

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CUSTOMERS = sa.table(
    "customers", sa.column("id"), sa.column("workspace"), sa.column("name"), sa.column("aliases")
)


def upgrade() -> None:
    """From a version that knows customers by whole names only, and shares no answers."""
    names = op.create_table(
        "customer_names",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name="fk_customer_names_customer_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "part", "start", "customer_id", name="pk_customer_names"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shared_answers",
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("press_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_shared_answers"),
    )
    op.create_index("ix_customer_names_customer", "customer_names", ["customer_id"])
    rows = [
        {"workspace": row.workspace, "part": int(part), "start": start, "customer_id": row.id}
        for row in op.get_bind().execute(sa.select(_CUSTOMERS))
        for part, start in entries(row.name, json.loads(row.aliases))
    ]
    if rows:
        op.get_bind().execute(sa.insert(names), rows)


def downgrade() -> None:
    """The names are made of the customers again; who shared what is forgotten."""
    op.drop_table("shared_answers")
    op.drop_table("customer_names")
