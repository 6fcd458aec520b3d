"""The QuestionStore port: questions that were asked, and the needs that came of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.audience import Audience
from knowledge_store.tables import NeedRow, QuestionRow
from knowledge_store.tombstones import was_forgotten
from knowledge_store.transactions import Transactions

FOLLOWS_UP_WITHIN = timedelta(minutes=10)
"""How long a question outside threads can be leaned on."""


class SqlQuestionStore:
    """Questions and needs in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def save(self, question: Question, cited_insight_ids: Sequence[str]) -> None:
        """One transaction; safe to run twice."""
        with self._transactions.writing() as session:
            erased = was_forgotten(
                session, question.workspace, question.asker_id, question.asked_at
            )
            if not erased and session.get(QuestionRow, question.id) is None:
                session.add(_question_row(question, cited_insight_ids))

    def get(self, question_id: str, asker_id: str) -> Question | None:
        """None for anybody else."""
        with self._transactions.reading() as session:
            row = session.get(QuestionRow, question_id)
            return question_of(row) if row and row.asker_id == asker_id else None

    def earlier(self, question: Question) -> Question | None:
        """Of questions asked at the same time, any but itself."""
        statement = (
            select(QuestionRow)
            .where(
                QuestionRow.workspace == question.workspace,
                QuestionRow.conversation_id == question.conversation_id,
                QuestionRow.asker_id == question.asker_id,
                QuestionRow.id != question.id,
                QuestionRow.asked_at <= question.asked_at,
                _within_reach(question),
            )
            .order_by(QuestionRow.asked_at.desc())
            .limit(1)
        )
        with self._transactions.reading() as session:
            row = session.scalar(statement)
            return question_of(row) if row else None

    def record_need(self, need: KnowledgeNeed) -> KnowledgeNeed:
        """One transaction; safe to run twice."""
        of_question = false() if need.question_id is None else _is_of(need.question_id)
        statement = select(NeedRow).where(or_(NeedRow.id == need.id, of_question))
        with self._transactions.writing() as session:
            row = session.scalar(statement)
            if row is None:
                row = _need_row(need)
                session.add(row)
            return need_of(row)

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """An answer that cites nothing is an abstention."""
        asked = select(func.count()).where(
            QuestionRow.workspace == audience.workspace,
            may_know(audience, QuestionRow.asker_id),
        )
        with self._transactions.reading() as session:
            total = session.scalar(asked) or 0
            abstained = session.scalar(asked.where(QuestionRow.cited_insight_ids == ())) or 0
        return {"asked": total, "answered": total - abstained, "abstained": abstained}

    def needs(self, audience: Audience) -> tuple[KnowledgeNeed, ...]:
        """A person's own, all of them for the operator, and none for a whole conversation."""
        with self._transactions.reading() as session:
            rows = session.scalars(
                select(NeedRow)
                .where(
                    NeedRow.workspace == audience.workspace,
                    may_know(audience, NeedRow.asker_id),
                )
                .order_by(NeedRow.asked_at, NeedRow.id)
            )
            return tuple(need_of(row) for row in rows)


def may_know(audience: Audience, asker_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether it is this person's own; everything is for the operator."""
    if audience.is_operator:
        return true()
    return false() if audience.person_id is None else asker_id == audience.person_id


def _within_reach(question: Question) -> ColumnElement[bool]:
    if question.thread_id is not None:
        return QuestionRow.thread_id == question.thread_id
    return and_(
        QuestionRow.thread_id.is_(None),
        QuestionRow.asked_at >= question.asked_at - FOLLOWS_UP_WITHIN,
    )


def _is_of(question_id: str) -> ColumnElement[bool]:
    return NeedRow.question_id == question_id


def _question_row(question: Question, cited_insight_ids: Sequence[str]) -> QuestionRow:
    return QuestionRow(
        id=question.id,
        workspace=question.workspace,
        conversation_id=question.conversation_id,
        thread_id=question.thread_id,
        asker_id=question.asker_id,
        text=question.text,
        asked_at=question.asked_at,
        language=question.language,
        customer_ids=question.customer_ids,
        cited_insight_ids=tuple(cited_insight_ids),
    )


def question_of(row: QuestionRow) -> Question:
    """The question without what its answer cited."""
    return Question(
        id=row.id,
        workspace=row.workspace,
        conversation_id=row.conversation_id,
        thread_id=row.thread_id,
        asker_id=row.asker_id,
        text=row.text,
        asked_at=row.asked_at,
        language=row.language,
        customer_ids=row.customer_ids,
    )


def _need_row(need: KnowledgeNeed) -> NeedRow:
    return NeedRow(
        id=need.id,
        workspace=need.workspace,
        text=need.text,
        asker_id=need.asker_id,
        asked_at=need.asked_at,
        customer_ids=need.customer_ids,
        question_id=need.question_id,
    )


def need_of(row: NeedRow) -> KnowledgeNeed:
    """The need."""
    return KnowledgeNeed(
        id=row.id,
        workspace=row.workspace,
        text=row.text,
        asker_id=row.asker_id,
        asked_at=row.asked_at,
        customer_ids=row.customer_ids,
        question_id=row.question_id,
    )
