"""How PostgreSQL finds insights: words by a GIN index, meaning by an HNSW index of `vector`."""

from collections.abc import Sequence

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from bot.domain.answer import Vector
from knowledge_store.insights import customer_tag
from knowledge_store.search_conditions import Number, Scope, on_customers
from knowledge_store.search_lexemes import LexemeStatistics, any_of, telling_of
from knowledge_store.search_ranking import CANDIDATES
from knowledge_store.tables import InsightRow, InsightVectorRow

_INDEX = table(
    "insight_words",
    column("insight_number"),
    column("note_id"),
    column("words", TSVECTOR),
)
_BY_LENGTH = 1
"""Of `ts_rank`: divided by 1 + the logarithm of a text's length."""
_MOST_RANKED = 10_000
_FEW = 20_000
"""Of so many insights on a customer each is compared: an index would walk past most others."""


class PostgresIndex:
    """Searches one PostgreSQL database."""

    def __init__(self) -> None:
        self._statistics = LexemeStatistics()

    def by_words(self, session: Session, words: Sequence[str], scope: Scope) -> dict[int, float]:
        """By `ts_rank` over those words that tell most."""
        asked = func.search_words_of(" ".join(words))
        lexemes = session.scalar(select(func.tsvector_to_array(asked), *_WALK_ON))
        if not lexemes:
            return {}
        tags = [_tag(customer_id) for customer_id in scope.query.customer_ids]
        known = self._statistics.of(session)
        telling = telling_of(lexemes, known, share=known.share_of_any(tags) if tags else 1.0)
        wanted = f"({telling.any}) & ({any_of(tags)})" if tags else telling.any
        number, words_there = _INDEX.c.insight_number, _INDEX.c.words
        score = func.ts_rank(words_there, cast(any_of(lexemes), TSQUERY), _BY_LENGTH, type_=Float)
        found = select(number, score.label("score")).where(
            words_there.op("@@")(cast(wanted, TSQUERY))
        )
        if telling.expected > _MOST_RANKED:
            found = found.where(_is_kept(number, scope)).limit(_MOST_RANKED)
        return _best_kept(session, found, scope)

    def by_meaning(self, session: Session, space: str, scope: Scope) -> dict[int, float]:
        """By the index where it finds enough that is visible and wanted, else by comparing each."""
        query = scope.query
        if query.vector is None:
            return {}
        tags = [_tag(customer_id) for customer_id in query.customer_ids]
        if not tags or self._statistics.of(session).expected_of_any(tags) > _FEW:
            found = _by_index(session, space, query.vector, scope)
            if len(found) >= CANDIDATES:
                return found
        return _best_kept(session, _near(space, query.vector, scope), scope)

    def cosines(
        self, session: Session, space: str, vector: Vector, numbers: Sequence[int]
    ) -> dict[int, float]:
        """Vectors are of unit length."""
        rows = session.execute(
            select(InsightVectorRow.insight_number, -_distance(vector)).where(
                InsightVectorRow.insight_number.in_(numbers), InsightVectorRow.space == space
            )
        )
        return dict(rows.all())


def _near(space: str, vector: Vector, scope: Scope) -> Select[int, float]:
    """What a vector compares with, and its cosine: the walls are not in it yet."""
    return select(InsightVectorRow.insight_number, (-_distance(vector)).label("score")).where(
        InsightVectorRow.workspace == scope.workspace,
        InsightVectorRow.space == space,
        # In figures, since the planner must see that it is what the index is of.
        literal_column(f"vector_dims(insight_vectors.vector) = {len(vector)}"),
        *on_customers(scope.query, InsightVectorRow.insight_number),
    )


def _by_index(session: Session, space: str, vector: Vector, scope: Scope) -> dict[int, float]:
    """Along the index, until enough of what it brings is kept or it has brought 20 000."""
    kept = _near(space, vector, scope).where(_is_kept(InsightVectorRow.insight_number, scope))
    nearest_first = kept.order_by(_distance(vector)).limit(CANDIDATES)
    return dict(session.execute(nearest_first).all())


def _best_kept(session: Session, found: Select[int, float], scope: Scope) -> dict[int, float]:
    """Down the ranking of all that was found, until enough of it is kept.

    Walls are asked of few so, and nothing behind them takes the place of anything before them.
    """
    # Of a sum, since no index is of that, with an offset, that the ranking is done first.
    ranked = found.subquery()
    falling = (ranked.c.score + 0.0).desc(), ranked.c[0].desc()
    ordered = select(ranked.c[0].label("number"), ranked.c.score).order_by(*falling)
    best = ordered.offset(literal_column("0")).subquery()
    kept = select(best.c.number, best.c.score).where(_is_kept(best.c.number, scope))
    return dict(session.execute(kept.limit(CANDIDATES)).all())


# Goes on along the index until enough of what it meets is visible and wanted.
_WALK_ON = (
    func.set_config("hnsw.iterative_scan", "relaxed_order", True),
    func.set_config("hnsw.ef_search", str(CANDIDATES), True),
)


def _is_kept(number: Number, scope: Scope) -> ColumnElement[bool]:
    """That the insight is in the scope, asked of each as an index brings it.

    The planner takes walls to leave hardly anything, and would read all that is behind them first;
    over an offset it does not look.
    """
    return exists(
        select(literal_column("1"))
        .select_from(InsightRow)
        .join(InsightRow.note)
        .where(InsightRow.number == number, scope.kept)
        .offset(literal_column("0"))
    )


def _distance(vector: Vector) -> ColumnElement[float]:
    """The inner product with the other sign; the index orders by that."""
    of_length = HALFVEC(len(vector))
    stored = cast(InsightVectorRow.vector, of_length)
    return stored.op("<#>", return_type=Float())(cast(vector, of_length))


def _tag(customer_id: str) -> str:
    return f"#{customer_tag(customer_id)}"
