"""How SQLite finds insights: words by FTS5, meaning by exact cosines in memory.

Both rank more than one may see, and ask the database in growing lots which of the best are
visible and wanted, until there are enough: nothing that is hidden takes the place of what is not.
"""

import json
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from bot.domain.answer import Vector
from knowledge_store.insights import customer_tag
from knowledge_store.search_conditions import Scope
from knowledge_store.search_ranking import CANDIDATES
from knowledge_store.tables import (
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
)
from knowledge_store.vectors import VectorMemory
from knowledge_store.words import match_expression

# The tags filter, they do not rank.
_BY_RELEVANCE = text(
    "SELECT rowid, -rank FROM insight_words WHERE insight_words MATCH :expression "
    "AND rank MATCH 'bm25(1.0, 0.0)' ORDER BY rank LIMIT :size OFFSET :start"
)
_FIRST_LOT = 3 * CANDIDATES
_GROWTH = 8


class SqliteIndex:
    """Searches one SQLite file."""

    def __init__(self) -> None:
        self._vectors = VectorMemory()

    def by_words(self, session: Session, words: Sequence[str], scope: Scope) -> dict[int, float]:
        """By BM25, whose statistics are of all that is stored."""
        tags = [customer_tag(customer_id) for customer_id in scope.query.customer_ids]
        expression = match_expression(words, tags)
        found: dict[int, float] = {}
        start, size = 0, _FIRST_LOT
        while len(found) < CANDIDATES:
            asked = {"expression": expression, "start": start, "size": size}
            lot = session.execute(_BY_RELEVANCE, asked).all()
            kept = _kept_insights(session, [number for number, _ in lot], scope)
            found |= {number: relevance for number, relevance in lot if number in kept}
            if len(lot) < size:
                break
            start, size = start + size, size * _GROWTH
        return found

    def by_meaning(self, session: Session, space: str, scope: Scope) -> dict[int, float]:
        """Exact: vectors are of unit length."""
        query = scope.query
        if query.vector is None:
            return {}
        among = _linked(session, space, query.customer_ids) if query.customer_ids else None
        numbers, cosines = self._vectors.cosines(
            session, scope.workspace, space, query.vector, among
        )
        found: dict[int, float] = {}
        for lot in _lots(cosines):
            kept = _kept_vectors(session, numbers[lot].tolist(), scope)
            cosine_of = dict(zip(numbers[lot].tolist(), cosines[lot].tolist(), strict=True))
            found |= {insight: cosine_of[number] for number, insight in kept}
            if len(found) >= CANDIDATES:
                break
        return found

    def cosines(
        self, session: Session, space: str, vector: Vector, numbers: Sequence[int]
    ) -> dict[int, float]:
        """Read from the table: they are few."""
        rows = session.execute(
            select(InsightVectorRow.insight_number, InsightVectorRow.vector).where(
                InsightVectorRow.insight_number.in_(numbers), InsightVectorRow.space == space
            )
        )
        return {number: float(stored @ vector) for number, stored in rows}


def _linked(session: Session, space: str, customer_ids: Sequence[str]) -> NDArray[np.int64]:
    """The numbers of the vectors of what is linked to these customers."""
    # As one long string, since ten thousand rows take ten times as long to fetch.
    listed = session.scalar(
        select(func.group_concat(InsightVectorRow.number.distinct()))
        .join(
            InsightCustomerRow,
            InsightCustomerRow.insight_number == InsightVectorRow.insight_number,
        )
        .where(InsightVectorRow.space == space, InsightCustomerRow.customer_id.in_(customer_ids))
    )
    return np.fromstring(listed or "", dtype=np.int64, sep=",")


def _lots(scores: NDArray[np.float32]) -> Iterator[NDArray[np.int64]]:
    """The places of all the scores: those of the best some hundred, then of eight times as many."""
    split = max(0, len(scores) - _FIRST_LOT)
    places = np.argpartition(scores, split) if split else np.arange(len(scores))
    yield places[split:]
    others = places[:split]
    others = others[np.argsort(-scores[others])]
    start, size = 0, _FIRST_LOT * _GROWTH
    while start < len(others):
        yield others[start : start + size]
        start, size = start + size, size * _GROWTH


def _kept_insights(session: Session, numbers: Sequence[int], scope: Scope) -> set[int]:
    """Those of these insights that are visible and wanted."""
    statement = (
        select(InsightRow.number)
        .join(InsightRow.note)
        .where(InsightRow.number.in_(_all_of(numbers)), scope.kept)
    )
    return set(session.scalars(statement))


def _kept_vectors(
    session: Session, numbers: Sequence[int], scope: Scope
) -> Iterator[tuple[int, int]]:
    """Those of these vectors that are still there, of such insights, each with its insight."""
    statement = (
        select(InsightVectorRow.number, InsightVectorRow.insight_number)
        .join(InsightRow, InsightRow.number == InsightVectorRow.insight_number)
        .join(InsightRow.note)
        .where(InsightVectorRow.number.in_(_all_of(numbers)), scope.kept)
    )
    yield from ((number, insight) for number, insight in session.execute(statement))


def _all_of(numbers: Sequence[int]) -> Select[int]:
    """However many: as one value, since SQLite takes 32 766."""
    return select(func.json_each(json.dumps(numbers)).table_valued("value").c.value)
