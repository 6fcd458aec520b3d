"""The RatingStore port: what people say of the answers they were given."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, func, select

from bot.domain.answer import AnswerRating, Question, Verdict
from bot.domain.audience import Audience
from knowledge_store.columns import as_stored, in_utc
from knowledge_store.questions import may_know, question_of
from knowledge_store.tables import QuestionRow, RatingRow
from knowledge_store.tombstones import was_forgotten
from knowledge_store.transactions import Transactions


class SqlRatingStore:
    """Ratings in a relational database, one row for each question and person."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def put(self, rating: AnswerRating) -> None:
        """One transaction; safe to run twice."""
        rating = as_stored(rating)
        key = (rating.workspace, rating.question_id, rating.person_id)
        with self._transactions.writing() as session:
            row = session.get(RatingRow, key)
            if row is None:
                at = rating.rated_at
                if not was_forgotten(session, rating.workspace, rating.person_id, at):
                    session.add(_row_of(rating))
            elif row.rated_at < in_utc(rating.rated_at):
                row.verdict, row.rated_at = rating.verdict, rating.rated_at
                row.remark = rating.remark

    def get(self, workspace: str, question_id: str, person_id: str) -> AnswerRating | None:
        """None where the person has not said anything."""
        with self._transactions.reading() as session:
            row = session.get(RatingRow, (workspace, question_id, person_id))
            return _rating_of(row) if row else None

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """One row a verdict."""
        statement = (
            select(RatingRow.verdict, func.count())
            .where(_is_known_to(audience))
            .group_by(RatingRow.verdict)
        )
        with self._transactions.reading() as session:
            counted = dict(session.execute(statement).all())
        return {verdict.value: counted.get(verdict, 0) for verdict in Verdict}

    def all(self, audience: Audience) -> tuple[tuple[Question, AnswerRating], ...]:
        """None for a whole conversation: a question is its asker's own."""
        statement = (
            select(QuestionRow, RatingRow)
            .join(RatingRow, RatingRow.question_id == QuestionRow.id)
            .where(QuestionRow.workspace == RatingRow.workspace, _is_known_to(audience))
            .order_by(RatingRow.rated_at, RatingRow.question_id, RatingRow.person_id)
        )
        with self._transactions.reading() as session:
            return tuple(
                (question_of(question), _rating_of(rating))
                for question, rating in session.execute(statement)
            )


def _is_known_to(audience: Audience) -> ColumnElement[bool]:
    return and_(RatingRow.workspace == audience.workspace, may_know(audience, RatingRow.person_id))


def _row_of(rating: AnswerRating) -> RatingRow:
    return RatingRow(
        workspace=rating.workspace,
        question_id=rating.question_id,
        person_id=rating.person_id,
        verdict=rating.verdict,
        rated_at=rating.rated_at,
        remark=rating.remark,
    )


def _rating_of(row: RatingRow) -> AnswerRating:
    return AnswerRating(
        workspace=row.workspace,
        question_id=row.question_id,
        person_id=row.person_id,
        verdict=row.verdict,
        rated_at=row.rated_at,
        remark=row.remark,
    )
