"""What was erased, how long things are kept, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0009"
branch_labels = None
depends_on = None

_REFUSED = "the audit log is only added to"
_SQLITE = tuple(
    f"CREATE TRIGGER audit_log_no_{name} BEFORE {name} ON audit_log "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for name in ("update", "delete")
)
_POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$
    """,
    """
    CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)


def upgrade() -> None:
    """From a version that erases nothing for good, and tells nobody who was shown what."""
    op.create_table(
        "erasures",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "kind", "subject_id", name="pk_erasures"),
    )
    op.create_index(
        "ix_erasures_message", "erasures", ["workspace", "conversation_id", "message_id"]
    )
    op.create_table(
        "retention",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_retention"),
    )
    op.create_table(
        "audit_log",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "position", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_actor", "audit_log", ["workspace", "actor_id", "position"])
    op.create_table(
        "audit_heads",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_audit_heads"),
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """What was erased stays so in this file; the log and the term of keeping are forgotten."""
    for table in ("audit_heads", "audit_log", "retention", "erasures"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
