"""The Retriever port on SQLite: words by FTS5, meaning by exact cosines, both within the walls.

Both rankings are of the visible, filtered insights only, since the condition is part of the
query. Each is stretched to 0..1 over its best hundred, and words weigh a seventh: on six companies
that nothing was learned from (tuned vectors), evidence among the first five .84 so, .83 by meaning
alone, .75 by half and half.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Float,
    and_,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from bot.domain.answer import Expert, Hit, SearchQuery
from bot.domain.audience import Audience
from knowledge_store.beliefs import beliefs_of
from knowledge_store.insights import customer_tag, vector_space
from knowledge_store.mapping import insight_of, note_of
from knowledge_store.records import conversation_names
from knowledge_store.tables import (
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
    NoteRow,
    PersonRow,
)
from knowledge_store.transactions import Transactions
from knowledge_store.vectors import VectorCache
from knowledge_store.visibility import may_see
from knowledge_store.words import match_expression, words_of

_CANDIDATES = 100
_SHARE_OF_WORDS = 0.15
_INDEX = table("insight_words", column("rowid"))
# The tags filter, they do not rank.
_RELEVANCE: ColumnElement[float] = literal_column("-bm25(insight_words, 1.0, 0.0)", Float)


class SqliteRetriever:
    """Searches the insights in one SQLite file."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._vectors = VectorCache()

    def search(self, query: SearchQuery, audience: Audience, limit: int) -> list[Hit]:
        """By words alone without a vector, or with one that no stored vector compares with.

        A query of nothing but filters gives the newest of what they keep.
        """
        with self._transactions.reading() as session:
            found = _find(session, query, audience, self._vectors)
            best = sorted(found.scores, key=lambda number: (-found.scores[number], -number))
            return _hits(session, best[:limit], found, audience)

    def beside(self, insight_id: str, audience: Audience, limit: int) -> list[Hit]:
        """By the vector it was stored with, so compared with those of the same model only."""
        with self._transactions.reading() as session:
            own = _own_place(session, insight_id, audience)
            if own is None:
                return []
            meaning = _by_meaning(session, own.query, audience, self._vectors)
            for number in own.numbers:
                meaning.pop(number, None)
            best = heapq.nlargest(limit, meaning, key=meaning.__getitem__)
            return _hits(session, best, _Found(meaning, {}, meaning), audience)

    def experts(self, query: SearchQuery, audience: Audience, limit: int) -> list[Expert]:
        """On words: who wrote most of the hundred insights that fit them best."""
        with self._transactions.reading() as session:
            if query.customer_ids:
                condition = and_(*_filters(query), *_on_customers(query))
            else:
                condition = InsightRow.number.in_([*_by_words(session, query, audience)])
            return _authors(session, condition, audience)[:limit]


@dataclass(frozen=True, slots=True)
class _Found:
    """Scores by an insight's number, higher is better; `scores` are what the others make."""

    scores: Mapping[int, float]
    words: Mapping[int, float]
    meaning: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class _OwnPlace:
    """What asks for the neighbours of an insight, and the numbers of its own note's insights."""

    query: SearchQuery
    numbers: Sequence[int]


def _own_place(session: Session, insight_id: str, audience: Audience) -> _OwnPlace | None:
    customers = (
        select(func.group_concat(InsightCustomerRow.customer_id))
        .where(InsightCustomerRow.insight_number == InsightRow.number)
        .scalar_subquery()
    )
    same_note = aliased(InsightRow)
    numbers = (
        select(func.group_concat(same_note.number))
        .where(same_note.note_id == InsightRow.note_id)
        .scalar_subquery()
    )
    found = session.execute(
        select(InsightVectorRow.space, InsightVectorRow.vector, customers, numbers)
        .join(InsightRow, InsightRow.number == InsightVectorRow.insight_number)
        .join(InsightRow.note)
        .where(InsightRow.id == insight_id, may_see(audience))
        .order_by(InsightVectorRow.number.desc())
    ).first()
    if found is None or found[2] is None:
        return None
    space, vector, customer_ids, own_numbers = found
    model = space.removesuffix(f"/{len(vector)}")
    query = SearchQuery("", vector, tuple(customer_ids.split(",")), vector_model=model)
    return _OwnPlace(query, _numbers(own_numbers).tolist())


def _find(session: Session, query: SearchQuery, audience: Audience, vectors: VectorCache) -> _Found:
    words = words_of(query.words)
    if query.vector is None and not words:
        return _Found(dict.fromkeys(_newest(session, query, audience), 0.0), {}, {})
    by_words = _by_words(session, query, audience)
    by_meaning = _by_meaning(session, query, audience, vectors)
    scores = combined((_SHARE_OF_WORDS, by_words), (1 - _SHARE_OF_WORDS, by_meaning))
    return _Found(scores, by_words, by_meaning)


def combined(*rankings: tuple[float, Mapping[int, float]]) -> dict[int, float]:
    """The weighted mean of the rankings that found something, each stretched to 0..1."""
    found = [(weight, _stretched(ranking)) for weight, ranking in rankings if ranking]
    whole = sum(weight for weight, _ in found)
    numbers = {number for _, scores in found for number in scores}
    return {
        number: sum(weight * scores.get(number, 0.0) for weight, scores in found) / whole
        for number in numbers
    }


def _stretched(ranking: Mapping[int, float]) -> dict[int, float]:
    best = heapq.nlargest(_CANDIDATES, ranking, key=ranking.__getitem__)
    high, low = ranking[best[0]], ranking[best[-1]]
    if high == low:
        return dict.fromkeys(best, 1.0)
    return {number: (ranking[number] - low) / (high - low) for number in best}


def _by_words(session: Session, query: SearchQuery, audience: Audience) -> dict[int, float]:
    words = words_of(query.words)
    if not words:
        return {}
    tags = [customer_tag(customer_id) for customer_id in query.customer_ids]
    statement = (
        select(InsightRow.number, _RELEVANCE)
        .join(_INDEX, _INDEX.c.rowid == InsightRow.number)
        .join(InsightRow.note)
        .where(
            text("insight_words MATCH :expression"),
            may_see(audience),
            *_filters(query),
        )
        .order_by(_RELEVANCE.desc())
        .limit(_CANDIDATES)
    )
    found = session.execute(statement, {"expression": match_expression(words, tags)})
    return dict(found.all())


def _by_meaning(
    session: Session, query: SearchQuery, audience: Audience, vectors: VectorCache
) -> dict[int, float]:
    """Cosines with all that is visible: vectors are of unit length."""
    if query.vector is None:
        return {}
    space = (
        vector_space(query.vector_model, query.vector)
        if query.vector_model
        else _latest_space(session, audience.workspace, len(query.vector))
    )
    vector_numbers, insight_numbers = session.execute(
        # As two long strings, since ten thousand rows take ten times as long to fetch.
        select(
            func.group_concat(InsightVectorRow.number),
            func.group_concat(InsightVectorRow.insight_number),
        )
        .join(InsightRow, InsightRow.number == InsightVectorRow.insight_number)
        .join(InsightRow.note)
        .where(
            InsightVectorRow.space == space,
            may_see(audience),
            *_filters(query),
            *_on_customers(query),
        )
    ).one()
    if space is None or vector_numbers is None:
        return {}
    cosines = vectors.cosines(session, space, query.vector, _numbers(vector_numbers))
    return dict(zip(_numbers(insight_numbers).tolist(), cosines.tolist(), strict=True))


def _numbers(listed: str) -> NDArray[np.int64]:
    return np.fromstring(listed, dtype=np.int64, sep=",")


def _newest(session: Session, query: SearchQuery, audience: Audience) -> Sequence[int]:
    conditions = [*_filters(query), *_on_customers(query)]
    if not conditions:
        return []
    return session.scalars(
        select(InsightRow.number)
        .join(InsightRow.note)
        .where(NoteRow.workspace == audience.workspace, may_see(audience), *conditions)
        .order_by(NoteRow.posted_at.desc())
        .limit(_CANDIDATES)
    ).all()


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    """Days are those of UTC; the last one is included."""
    conditions: list[ColumnElement[bool]] = []
    if query.knowledge_types:
        conditions.append(InsightRow.knowledge_type.in_(query.knowledge_types))
    if query.since is not None:
        conditions.append(NoteRow.posted_at >= _start_of(query.since))
    if query.until is not None:
        conditions.append(NoteRow.posted_at < _start_of(query.until + timedelta(days=1)))
    return conditions


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _on_customers(query: SearchQuery) -> list[ColumnElement[bool]]:
    if not query.customer_ids:
        return []
    linked = select(InsightCustomerRow.insight_number).where(
        InsightCustomerRow.customer_id.in_(query.customer_ids)
    )
    return [InsightRow.number.in_(linked)]


def _latest_space(session: Session, workspace: str, dimensions: int) -> str | None:
    latest = session.scalar(
        select(InsightVectorRow.space)
        .where(InsightVectorRow.workspace == workspace)
        .order_by(InsightVectorRow.number.desc())
        .limit(1)
    )
    return latest if latest and latest.endswith(f"/{dimensions}") else None


def _hits(session: Session, numbers: Sequence[int], found: _Found, audience: Audience) -> list[Hit]:
    rows = session.scalars(
        select(InsightRow)
        .where(InsightRow.number.in_(numbers))
        .options(joinedload(InsightRow.note), selectinload(InsightRow.customers))
    )
    by_number = {row.number: row for row in rows}
    beliefs = beliefs_of(session, [row.id for row in by_number.values()], audience)
    conversations = {row.note.conversation_id for row in by_number.values()}
    names = conversation_names(session, audience.workspace, conversations)
    best_words = max(found.words.values(), default=1.0)
    return [
        Hit(
            note=note_of(row.note),
            insight=insight_of(row, beliefs[row.id]),
            conversation_name=names.get(row.note.conversation_id, ""),
            score=found.scores[row.number],
            word_score=found.words.get(row.number, 0.0) / best_words,
            meaning_score=found.meaning.get(row.number),
            parent=_parent(row),
        )
        for row in (by_number[number] for number in numbers)
    ]


def _parent(row: InsightRow) -> str:
    """What the insight's note replies to stands after its statement in what it is found by."""
    return row.search_text.partition(row.statement)[2].strip()


def _authors(session: Session, condition: ColumnElement[bool], audience: Audience) -> list[Expert]:
    """By number of notes, then by the latest; under the name that the directory has."""
    note_count = func.count(NoteRow.id.distinct())
    name = func.coalesce(func.max(PersonRow.name), func.max(NoteRow.author_name))
    rows = session.execute(
        select(NoteRow.author_id, name, note_count)
        .join(NoteRow.insights)
        .outerjoin(
            PersonRow,
            and_(PersonRow.workspace == NoteRow.workspace, PersonRow.id == NoteRow.author_id),
        )
        .where(may_see(audience), condition)
        .group_by(NoteRow.author_id)
        .order_by(note_count.desc(), func.max(NoteRow.posted_at).desc())
    )
    return [Expert(person_id, known_as, count) for person_id, known_as, count in rows]
