"""What one person's page is made of: what is theirs, and what became of it."""

from dataclasses import dataclass

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.insight import Insight
from bot.domain.note import Note, NoteRecord
from bot.domain.taxonomy import CustomerStatus, ProcessStage


@dataclass(frozen=True, slots=True)
class OwnNote:
    """A note that a person wrote or saved, and what became of it.

    `is_corrected` tells that somebody said what it is, whether or not that changed anything;
    `shown_to` counts the other people whom an answer or a page has told of it.
    """

    record: NoteRecord
    is_corrected: bool
    shown_to: int

    @property
    def is_used(self) -> bool:
        """Whether a use of it was recorded."""
        return any(insight.stage is ProcessStage.UTILIZATION for insight in self.record.insights)


@dataclass(frozen=True, slots=True)
class OwnedCustomer:
    """A customer that a person owns. `news` counts what others noted on it of late."""

    id: str
    name: str
    status: CustomerStatus
    news: int


@dataclass(frozen=True, slots=True)
class News:
    """An insight of somebody else on a customer that a person owns."""

    note: Note
    insight: Insight
    conversation_name: str


@dataclass(frozen=True, slots=True)
class OwnMatters:
    """Everything that a person's page tells of, the latest first.

    `unanswered` are their questions that nobody could answer and that are no need yet. `listening`
    are the names of the conversations they are in where the bot reads along.
    """

    notes: tuple[OwnNote, ...] = ()
    customers: tuple[OwnedCustomer, ...] = ()
    news: tuple[News, ...] = ()
    unanswered: tuple[Question, ...] = ()
    needs: tuple[KnowledgeNeed, ...] = ()
    listening: tuple[str, ...] = ()
