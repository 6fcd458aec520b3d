"""An insight: one statement of customer knowledge drawn from a note."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Relation,
    Signal,
    Source,
    Topic,
    UseKind,
)


@dataclass(frozen=True, slots=True)
class Facets:
    """What a statement is, in the terms of the taxonomy.

    `use_kind` is set exactly when `process_stage` is utilization, `moment_direction` exactly when
    `moment` is.
    """

    knowledge_type: KnowledgeType
    process_stage: ProcessStage = ProcessStage.ACQUISITION
    use_kind: UseKind | None = None
    signal: Signal | None = None
    topics: tuple[Topic, ...] = ()
    moment: Moment | None = None
    moment_direction: MomentDirection | None = None
    certainty: Certainty = Certainty.STATED
    source: Source = Source.INTERNAL_TACIT
    weak_signal: bool = False

    def __post_init__(self) -> None:
        if (self.use_kind is not None) != (self.process_stage is ProcessStage.UTILIZATION):
            raise ValueError("a kind of use goes with the stage utilization, and only with it")
        if (self.moment_direction is not None) != (self.moment is not None):
            raise ValueError("a direction goes with a moment, and only with one")


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """Words that name a time ("next Thursday", "Q3"), and the days they meant when written.

    `start` and `end` are both included; for a single day they are equal.
    """

    words: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class InsightDraft:
    """What a classifier found in a note, before it is linked and stored.

    `statement` is a literal part of the note's text. `mentions` are the names of organisations as
    they were written, `contacts` the names of people; either may be empty, linking looks itself.
    `confidence` is the probability that the facets are right, None where it is not known.
    """

    statement: str
    facets: Facets
    mentions: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Insight:
    """One statement of customer knowledge, classified and linked.

    `position` counts from 0, the note's main insight. `classified_by` names the classifier and
    its version, for example `local/2026-11` or `openai/gpt-5-mini/classify_note.v1`, or `person`.
    """

    id: str
    note_id: str
    position: int
    statement: str
    facets: Facets
    customer_ids: tuple[str, ...]
    contacts: tuple[str, ...]
    dates: tuple[ResolvedDate, ...]
    belief: Belief
    classified_by: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class InsightRelation:
    """That one insight corroborates, contradicts or supersedes an earlier one."""

    insight_id: str
    relation: Relation
    earlier_insight_id: str


@dataclass(frozen=True, slots=True)
class StageEvent:
    """Evidence that an insight reached a stage: who did what, when."""

    insight_id: str
    stage: ProcessStage
    evidence: str
    person_id: str | None
    at: datetime
