"""The Retriever port: words and meaning, both within the walls, on whatever database.

Both rankings are of the visible, filtered insights only, since the condition is part of what each
database asks its indexes (`search_sqlite`, `search_postgres`).
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bot.domain.answer import Expert, Hit, SearchQuery, Vector
from bot.domain.audience import Audience
from knowledge_store.search_conditions import Scope, on_customers, scope_of, space_of
from knowledge_store.search_hits import authors, hits_of
from knowledge_store.search_ranking import CANDIDATES, Ranking, ranked
from knowledge_store.tables import InsightCustomerRow, InsightRow, InsightVectorRow, NoteRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_see
from knowledge_store.words import words_of


class SearchIndex(Protocol):
    """How a database finds the best hundred of what is visible and filtered."""

    def by_words(self, session: Session, words: Sequence[str], scope: Scope) -> dict[int, float]:
        """Insights that hold any of the words, by number; higher is better, and above 0."""
        ...

    def by_meaning(self, session: Session, space: str, scope: Scope) -> dict[int, float]:
        """The cosines of those that are nearest to the query's vector, by number."""
        ...

    def cosines(
        self, session: Session, space: str, vector: Vector, numbers: Sequence[int]
    ) -> dict[int, float]:
        """Of these insights, as far as they have a vector in this space."""
        ...


class SqlRetriever:
    """Searches the insights in one database."""

    def __init__(self, transactions: Transactions, index: SearchIndex) -> None:
        self._transactions = transactions
        self._index = index

    def search(self, query: SearchQuery, audience: Audience, limit: int) -> list[Hit]:
        """By words alone without a vector, or with one that no stored vector compares with.

        A query of nothing but filters gives the newest of what they keep.
        """
        with self._transactions.reading() as session:
            ranking = self._rank(session, scope_of(query, audience), limit)
            return hits_of(session, ranking.best(limit), ranking, audience)

    def beside(self, insight_id: str, audience: Audience, limit: int) -> list[Hit]:
        """By the vector it was stored with, so compared with those of the same model only."""
        with self._transactions.reading() as session:
            own = _own_place(session, insight_id, audience)
            if own is None:
                return []
            near = self._index.by_meaning(session, own.space, scope_of(own.query, audience))
            meaning = {number: near[number] for number in near if number not in own.numbers}
            best = heapq.nlargest(limit, meaning, key=meaning.__getitem__)
            return hits_of(session, best, Ranking(meaning, {}, meaning), audience)

    def experts(self, query: SearchQuery, audience: Audience, limit: int) -> list[Expert]:
        """On words: who wrote most of the hundred insights that fit them best."""
        scope = scope_of(query, audience)
        with self._transactions.reading() as session:
            if query.customer_ids:
                wanted = and_(*on_customers(query, InsightRow.number))
            else:
                words = words_of(query.words)
                fitting = self._index.by_words(session, words, scope) if words else ()
                wanted = InsightRow.number.in_([*fitting])
            return authors(session, and_(scope.kept, wanted))[:limit]

    def _rank(self, session: Session, scope: Scope, limit: int) -> Ranking:
        query = scope.query
        words = words_of(query.words)
        if query.vector is None and not words:
            newest = dict.fromkeys(_newest(session, scope), 0.0)
            return Ranking(newest, {}, {})
        by_words = self._index.by_words(session, words, scope) if words else {}
        space = space_of(session, scope)
        if space is None or query.vector is None:
            return ranked(by_words, {})
        near = self._index.by_meaning(session, space, scope)
        ranking = ranked(by_words, near)
        # What only its words brought among the best is told its cosine, too.
        far = [number for number in ranking.best(limit) if number not in near]
        if not near or not far:
            return ranking
        return ranking.knowing(self._index.cosines(session, space, query.vector, far))


@dataclass(frozen=True, slots=True)
class _OwnPlace:
    """What asks for the neighbours of an insight, and the numbers of its own note's insights."""

    space: str
    query: SearchQuery
    numbers: Sequence[int]


def _own_place(session: Session, insight_id: str, audience: Audience) -> _OwnPlace | None:
    found = session.execute(
        select(InsightRow, InsightVectorRow.space, InsightVectorRow.vector)
        .join(InsightVectorRow, InsightRow.number == InsightVectorRow.insight_number)
        .join(InsightRow.note)
        .where(InsightRow.id == insight_id, may_see(audience))
        .order_by(InsightVectorRow.number.desc())
    ).first()
    if found is None:
        return None
    row, space, vector = found
    customer_ids = session.scalars(
        select(InsightCustomerRow.customer_id).where(
            InsightCustomerRow.insight_number == row.number
        )
    ).all()
    if not customer_ids:
        return None
    numbers = session.scalars(select(InsightRow.number).where(InsightRow.note_id == row.note_id))
    return _OwnPlace(space, SearchQuery("", vector, tuple(customer_ids)), numbers.all())


def _newest(session: Session, scope: Scope) -> Sequence[int]:
    query = scope.query
    if not (query.customer_ids or query.knowledge_types or query.since or query.until):
        return []
    return session.scalars(
        select(InsightRow.number)
        .join(InsightRow.note)
        .where(
            NoteRow.workspace == scope.workspace,
            scope.kept,
            *on_customers(query, InsightRow.number),
        )
        .order_by(NoteRow.posted_at.desc())
        .limit(CANDIDATES)
    ).all()
