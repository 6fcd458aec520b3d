"""What can be learnt from: the readings of classifiers, and what people made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.insight import Facets
from bot.domain.reading import Decision, InsightHistory, Reading
from bot.ports.models import NoteContext


@dataclass(frozen=True, slots=True)
class CorrectedExample:
    """A statement with what classifiers said of it and what a person said: a labelled example.

    `text` is the note, `statement` the part of it that the labels are on. `context` is what a
    classifier reads it with, so that who retrains can mask names just as at run time:
    `author_name`, `conversation_name`, the `thread` before it, and every customer with aliases and
    contacts.

    `readings` are oldest first and at least one; a person's word on the facets was a word on the
    last. `facets` is None where the person only said which customer it is on, and so vouched for
    no facet. `changed` names the labels in which the person's word differs from that last reading,
    as in `bot.domain.reading.LABELS`; it is empty where the person confirmed it.
    """

    note_id: str
    insight_id: str
    text: str
    statement: str
    context: NoteContext
    readings: tuple[Reading, ...]
    facets: Facets | None
    customer_ids: tuple[str, ...]
    contacts: tuple[str, ...]
    changed: tuple[str, ...]
    decision: Decision

    @property
    def read_as(self) -> Reading:
        """The latest reading, that of the classifier which is to learn."""
        return self.readings[-1]

    @property
    def parent_text(self) -> str:
        """What was said just before it in its thread; empty outside threads."""
        return self.context.thread[-1] if self.context.thread else ""


class LearningStore(Protocol):
    """Insights with their history. What is hidden or erased teaches nothing any more."""

    def histories(self, audience: Audience) -> Iterator[InsightHistory]:
        """Every insight this audience may see, oldest note first."""
        ...

    def corrected(self, audience: Audience) -> Iterator[CorrectedExample]:
        """Every insight this audience may see that a classifier read and a person then decided.

        Oldest note first. The words are those that the note has now, the labels those that hold.
        """
        ...


@dataclass(frozen=True, slots=True)
class Measured:
    """What a facet's answers are worth on so many notes, before and after: 1 is all right."""

    facet: str
    notes: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a retrainer made of examples, and what it is worth.

    `content` is for a file that the classifier reads; `name` tells it from the next. `corrections`
    are shares of right answers, each given by what learned from other notes only. `held_out` are
    macro-F1 on notes of companies that nothing was ever learned from.
    """

    name: str
    content: bytes
    corrections: tuple[Measured, ...]
    held_out: tuple[Measured, ...]


class Retrainer(Protocol):
    """Fits a classifier to what people made of its readings."""

    def retrain(self, examples: Sequence[CorrectedExample]) -> Proposal:
        """Learn from examples whose facets a person told. Raises ModelUnavailable."""
        ...
