"""Everything that the first version keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Triggers keep the index in step within whatever transaction changes an insight. The index holds
# no text of its own; with `secure-delete` it keeps no trace of a text that is gone, either.
_INDEX_OF_WORDS = (
    """
    CREATE VIRTUAL TABLE insight_words USING fts5 (
        search_text, tags, content = 'insights', content_rowid = 'number',
        tokenize = 'porter unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO insight_words (insight_words, rank) VALUES ('secure-delete', 1)",
    """
    CREATE TRIGGER insights_added AFTER INSERT ON insights BEGIN
        INSERT INTO insight_words (rowid, search_text, tags)
        VALUES (new.number, new.search_text, new.tags);
    END
    """,
    """
    CREATE TRIGGER insights_removed AFTER DELETE ON insights BEGIN
        INSERT INTO insight_words (insight_words, rowid, search_text, tags)
        VALUES ('delete', old.number, old.search_text, old.tags);
    END
    """,
    """
    CREATE TRIGGER insights_changed AFTER UPDATE OF search_text, tags ON insights BEGIN
        INSERT INTO insight_words (insight_words, rowid, search_text, tags)
        VALUES ('delete', old.number, old.search_text, old.tags);
        INSERT INTO insight_words (rowid, search_text, tags)
        VALUES (new.number, new.search_text, new.tags);
    END
    """,
)

_TABLES = (
    "platform_references",
    "insight_vectors",
    "insight_relations",
    "insight_readings",
    "insight_customers",
    "stage_events",
    "note_revisions",
    "members",
    "insights",
    "corrections",
    "contacts",
    "questions",
    "people",
    "outbox",
    "notes",
    "needs",
    "listening",
    "hidden_messages",
    "deliveries",
    "customers",
    "customer_registers",
    "conversations",
)


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "conversations",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("members_known", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_conversations"),
    )
    op.create_table(
        "customer_registers",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_customer_registers"),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text()),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("workspace", "name_key", name="uq_customers_workspace_name_key"),
    )
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("delivery_key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("payload", sa.Text()),
        sa.PrimaryKeyConstraint("number", name="pk_deliveries"),
        sa.UniqueConstraint("delivery_key", name="uq_deliveries_delivery_key"),
        sa.UniqueConstraint("id", name="uq_deliveries_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_finished_at", "deliveries", ["finished_at"])
    op.create_table(
        "hidden_messages",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_reason", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "conversation_id", "message_id", name="pk_hidden_messages"
        ),
    )
    op.create_table(
        "listening",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "conversation_id", name="pk_listening"),
    )
    op.create_table(
        "needs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asker_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_ids", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_needs"),
        sa.UniqueConstraint("question_id", name="uq_needs_question_id"),
    )
    op.create_index("ix_needs_asker", "needs", ["workspace", "asker_id", "asked_at"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thread_id", sa.Text()),
        sa.Column("permalink", sa.Text()),
        sa.Column("saved_by_id", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("hidden_at", sa.DateTime(timezone=True)),
        sa.Column("hidden_reason", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.UniqueConstraint(
            "workspace",
            "conversation_id",
            "message_id",
            name="uq_notes_workspace_conversation_id_message_id",
        ),
    )
    op.create_index("ix_notes_thread", "notes", ["workspace", "conversation_id", "thread_id"])
    op.create_index("ix_notes_time", "notes", ["workspace", "posted_at", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("payload", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_delivery_id", "outbox", ["delivery_id"])
    op.create_index("ix_outbox_settled_at", "outbox", ["settled_at"])
    op.create_table(
        "people",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_people"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text()),
        sa.Column("asker_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("customer_ids", sa.Text(), nullable=False),
        sa.Column("cited_insight_ids", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index(
        "ix_questions_asker", "questions", ["workspace", "conversation_id", "asker_id", "asked_at"]
    )
    op.create_table(
        "contacts",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_contacts_customer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "name_key", name="pk_contacts"),
    )
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("classified_by", sa.Text(), nullable=False),
        sa.Column("old_facets", sa.Text(), nullable=False),
        sa.Column("new_facets", sa.Text(), nullable=False),
        sa.Column("old_customer_ids", sa.Text(), nullable=False),
        sa.Column("new_customer_ids", sa.Text(), nullable=False),
        sa.Column("by_person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name="fk_corrections_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_corrections"),
    )
    op.create_index("ix_corrections_note_id", "corrections", ["note_id"])
    op.create_table(
        "insights",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("knowledge_type", sa.String(length=32), nullable=False),
        sa.Column("process_stage", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("use_kind", sa.String(length=32)),
        sa.Column("signal", sa.String(length=32)),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("moment", sa.String(length=32)),
        sa.Column("moment_direction", sa.String(length=32)),
        sa.Column("certainty", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("weak_signal", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("dates", sa.Text(), nullable=False),
        sa.Column("classified_by", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double()),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("customers_by_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name="fk_insights_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_insights"),
        sa.UniqueConstraint("id", name="uq_insights_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_insights_note_id", "insights", ["note_id"])
    op.create_table(
        "members",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "conversation_id"],
            ["conversations.workspace", "conversations.id"],
            name="fk_members_workspace_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "conversation_id", "person_id", name="pk_members"),
    )
    op.create_index("ix_members_person", "members", ["workspace", "person_id"])
    op.create_table(
        "note_revisions",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("insights", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name="fk_note_revisions_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("note_id", "version", name="pk_note_revisions"),
    )
    op.create_table(
        "stage_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name="fk_stage_events_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_stage_events"),
        sa.UniqueConstraint(
            "insight_id", "stage", "evidence", name="uq_stage_events_insight_id_stage_evidence"
        ),
    )
    op.create_index("ix_stage_events_note_id", "stage_events", ["note_id"])
    op.create_table(
        "insight_customers",
        sa.Column("insight_number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_insight_customers_customer_id"
        ),
        sa.ForeignKeyConstraint(
            ["insight_number"],
            ["insights.number"],
            name="fk_insight_customers_insight_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("insight_number", "customer_id", name="pk_insight_customers"),
    )
    op.create_index("ix_insight_customers_customer_id", "insight_customers", ["customer_id"])
    op.create_table(
        "insight_readings",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("classified_by", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name="fk_insight_readings_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_insight_readings"),
    )
    op.create_index("ix_insight_readings_note_id", "insight_readings", ["note_id"])
    op.create_table(
        "insight_relations",
        sa.Column("insight_id", sa.Text(), nullable=False),
        sa.Column("earlier_insight_id", sa.Text(), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["earlier_insight_id"],
            ["insights.id"],
            name="fk_insight_relations_earlier_insight_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            name="fk_insight_relations_insight_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "insight_id", "earlier_insight_id", "relation", name="pk_insight_relations"
        ),
    )
    op.create_index(
        "ix_insight_relations_earlier_insight_id", "insight_relations", ["earlier_insight_id"]
    )
    op.create_table(
        "insight_vectors",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("insight_number", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_number"],
            ["insights.number"],
            name="fk_insight_vectors_insight_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_insight_vectors"),
        sa.UniqueConstraint(
            "insight_number", "space", name="uq_insight_vectors_insight_number_space"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "platform_references",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_platform_references"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _INDEX_OF_WORDS:
            op.execute(statement)


def downgrade() -> None:
    """To nothing."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE insight_words")
    for table in _TABLES:
        op.drop_table(table)
