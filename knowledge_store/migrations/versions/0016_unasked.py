"""What is done and said unasked: what is due, what people chose, moments, and uses."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_VALUE = sa.String(length=32)


def upgrade() -> None:
    """From a version that speaks only when it is spoken to."""
    op.add_column("outbox", sa.Column("key", sa.Text()))
    op.create_index("ix_outbox_key", "outbox", ["workspace", "key"], unique=True)
    op.add_column("notes", sa.Column("changed_at", _TIME))
    _what_is_due()
    _what_people_chose()
    _moments()
    _uses()
    op.create_index("ix_stage_events_at", "stage_events", ["at"])


def _what_is_due() -> None:
    op.create_table(
        "due_work",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", _VALUE, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("state", _VALUE, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_due_work"),
        sa.UniqueConstraint("workspace", "key", name="uq_due_work_workspace_key"),
    )
    op.create_index("ix_due_work_due", "due_work", ["state", "due_at"])
    op.create_index("ix_due_work_subject", "due_work", ["workspace", "kind", "subject", "due_at"])


def _what_people_chose() -> None:
    op.create_table(
        "person_settings",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest_on", sa.Boolean()),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from_minute", sa.Integer()),
        sa.Column("quiet_to_minute", sa.Integer()),
        sa.Column("loop_on", sa.Boolean(), nullable=False),
        sa.Column("loop_paused_until", _TIME),
        sa.PrimaryKeyConstraint("workspace", "person_id", name="pk_person_settings"),
    )


def _moments() -> None:
    op.create_table(
        "moments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", _VALUE, nullable=False),
        sa.Column("state", _VALUE, nullable=False),
        sa.Column("found_at", _TIME, nullable=False),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("assigned_to", sa.Text()),
        sa.Column("assigned_by", sa.Text()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("outcome", _VALUE),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
    )
    op.create_index("ix_moments_customer", "moments", ["workspace", "customer_id", "kind"])
    op.create_table(
        "moment_insights",
        sa.Column("moment_id", sa.Text(), nullable=False),
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["moment_id"], ["moments.id"], ondelete="CASCADE", name="fk_moment_insights_moment_id"
        ),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            ondelete="CASCADE",
            name="fk_moment_insights_insight_id",
        ),
        sa.PrimaryKeyConstraint("moment_id", "insight_id", name="pk_moment_insights"),
    )
    op.create_index("ix_moment_insights_insight_id", "moment_insights", ["insight_id"])


def _uses() -> None:
    op.create_table(
        "uses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("press_key", sa.Text(), nullable=False),
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", _VALUE, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], ondelete="CASCADE", name="fk_uses_note_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_uses"),
        sa.UniqueConstraint("press_key", "insight_id", name="uq_uses_press_key_insight_id"),
    )
    op.create_index("ix_uses_note", "uses", ["note_id", "at"])


def downgrade() -> None:
    """What was to be done and said unasked is forgotten, and what came of knowledge."""
    op.drop_index("ix_stage_events_at", table_name="stage_events")
    for table in ("uses", "moment_insights", "moments", "person_settings", "due_work"):
        op.drop_table(table)
    op.drop_column("notes", "changed_at")
    op.drop_index("ix_outbox_key", table_name="outbox")
    op.drop_column("outbox", "key")
