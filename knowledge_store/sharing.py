"""The SharingStore port: which answers were shared, each once."""

from bot.domain.answer import Question
from knowledge_store.tables import QuestionRow, SharedAnswerRow
from knowledge_store.transactions import Transactions


class SqlSharingStore:
    """Shared answers in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def cited(self, question: Question) -> tuple[str, ...]:
        """None of a question that is not there any more."""
        with self._transactions.reading() as session:
            row = session.get(QuestionRow, question.id)
            return row.cited_insight_ids if row else ()

    def claim(self, question: Question, press_key: str) -> bool:
        """One transaction, so that of two presses at once one is the first."""
        with self._transactions.writing() as session:
            row = session.get(SharedAnswerRow, question.id)
            if row is None:
                session.add(
                    SharedAnswerRow(
                        question_id=question.id, workspace=question.workspace, press_key=press_key
                    )
                )
                return True
            return row.press_key == press_key
