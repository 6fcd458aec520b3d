"""Search on PostgreSQL: an index of words kept by triggers, and vectors that an index can order.

SQLite has both since the first revision. The names of all that Alembic sees begin with `search_`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC

revision = "0011"
down_revision = "0012"
branch_labels = None
depends_on = None

# Of the encoder that comes with the product, and of others that are offered by servers of models.
# Vectors of another length are compared one by one.
_LENGTHS = (384, 512, 768, 1024, 1536, 3072)
_ROWS_AT_ONCE = 1_000

_Kind: TypeAlias = sa.types.TypeEngine[Any]

# The stems are those of SQLite's index, so that both find the same; the few stop words that matter
# are left out of questions. A tag begins with a sign that no word has, so that no word finds it.
_INDEX_OF_WORDS = (
    "CREATE TEXT SEARCH DICTIONARY search_stems (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION search_words (PARSER = default)",
    """
    ALTER TEXT SEARCH CONFIGURATION search_words
    ADD MAPPING FOR asciiword, word, numword, int, uint, float, sfloat, version WITH search_stems
    """,
    r"""
    CREATE FUNCTION search_words_of(said text) RETURNS tsvector
    LANGUAGE sql STABLE PARALLEL SAFE RETURN to_tsvector(
        'search_words',
        regexp_replace(
            regexp_replace(normalize(said, NFD), '[\u0300-\u036f]+', '', 'g'), '\W+', ' ', 'g'
        )
    )
    """,
    """
    CREATE TABLE insight_words (
        insight_number integer PRIMARY KEY REFERENCES insights (number) ON DELETE CASCADE,
        note_id text NOT NULL,
        words tsvector NOT NULL
    )
    """,
    """
    CREATE FUNCTION search_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO insight_words (insight_number, note_id, words) VALUES (
            new.number,
            new.note_id,
            search_words_of(new.search_text)
                || array_to_tsvector(
                    array(SELECT '#' || tag FROM string_to_table(new.tags, ' ') tag WHERE tag <> '')
                )
        )
        ON CONFLICT (insight_number) DO UPDATE SET words = excluded.words;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER search_insights_written AFTER INSERT OR UPDATE OF search_text, tags ON insights
    FOR EACH ROW EXECUTE FUNCTION search_keep_words()
    """,
    "UPDATE insights SET tags = tags",
    # A list of what is still to be indexed would be read by every search.
    "CREATE INDEX search_words ON insight_words USING gin (words) WITH (fastupdate = off)",
)

_NO_INDEX_OF_WORDS = (
    "DROP TRIGGER search_insights_written ON insights",
    "DROP FUNCTION search_keep_words",
    "DROP TABLE insight_words",
    "DROP FUNCTION search_words_of",
    "DROP TEXT SEARCH CONFIGURATION search_words",
    "DROP TEXT SEARCH DICTIONARY search_stems",
)


def upgrade() -> None:
    """From vectors that are bytes, and no index of words."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    for statement in _INDEX_OF_WORDS:
        op.execute(statement)
    _turn_vectors(sa.LargeBinary(), HALFVEC(), lambda old: np.frombuffer(old, dtype="<f2"))
    op.execute("CREATE INDEX search_vectors_of ON insight_vectors (workspace, space)")
    for length in _LENGTHS:
        op.execute(
            f"CREATE INDEX search_vectors_{length} ON insight_vectors "
            f"USING hnsw ((vector::halfvec({length})) halfvec_ip_ops) "
            f"WHERE vector_dims(vector) = {length}"
        )


def downgrade() -> None:
    """To no search on PostgreSQL."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for name in (*(f"search_vectors_{length}" for length in _LENGTHS), "search_vectors_of"):
        op.drop_index(name, "insight_vectors")
    _turn_vectors(HALFVEC(), sa.LargeBinary(), lambda old: np.array(old, dtype="<f2").tobytes())
    for statement in _NO_INDEX_OF_WORDS:
        op.execute(statement)


def _turn_vectors(old_kind: _Kind, new_kind: _Kind, turn: Callable[[Any], object]) -> None:
    """Row by row, since no function of the server knows both kinds."""
    op.alter_column("insight_vectors", "vector", new_column_name="old_vector")
    op.add_column("insight_vectors", sa.Column("vector", new_kind))
    rows = sa.table(
        "insight_vectors",
        sa.column("number", sa.Integer),
        sa.column("old_vector", old_kind),
        sa.column("vector", new_kind),
    )
    some = (
        sa.select(rows.c.number, rows.c.old_vector)
        .where(rows.c.number > sa.bindparam("last"))
        .order_by(rows.c.number)
        .limit(_ROWS_AT_ONCE)
    )
    turned = (
        sa.update(rows).where(rows.c.number == sa.bindparam("n")).values(vector=sa.bindparam("v"))
    )
    connection = op.get_bind()
    found = connection.execute(some, {"last": 0}).all()
    while found:
        connection.execute(turned, [{"n": number, "v": turn(old)} for number, old in found])
        found = connection.execute(some, {"last": found[-1][0]}).all()
    op.drop_column("insight_vectors", "old_vector")
    op.alter_column("insight_vectors", "vector", nullable=False)
