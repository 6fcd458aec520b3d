"""What a person's page is read by."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_notes_author": ("notes", ["workspace", "author_id", "posted_at", "id"]),
    "ix_notes_saver": ("notes", ["workspace", "saved_by_id", "posted_at", "id"]),
    "ix_customers_owner": ("customers", ["workspace", "owner_id", "name_key"]),
    "ix_questions_person": ("questions", ["workspace", "asker_id", "asked_at"]),
}


def upgrade() -> None:
    """From a version that shows nobody a page of their own."""
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Slower, but the same."""
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
