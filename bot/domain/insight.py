"""An insight: one statement of customer knowledge drawn from a note."""

from collections.abc import Iterable
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

BY_PERSON = "person"
"""What `classified_by` says where a person decided; that is never overruled."""


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

    @classmethod
    def completed(
        cls,
        *,
        knowledge_type: KnowledgeType,
        process_stage: ProcessStage,
        use_kind: UseKind | None,
        signal: Signal | None,
        topics: Iterable[Topic],
        moment: Moment | None,
        moment_direction: MomentDirection | None,
        certainty: Certainty,
        source: Source,
        weak_signal: bool,
    ) -> "Facets":
        """What was chosen for each facet, with what goes with what put right.

        A use without its kind is an action, by far the commoner; a moment without a direction is
        open. A kind without a use, or a direction without a moment, says nothing.
        """
        is_use = process_stage is ProcessStage.UTILIZATION
        return cls(
            knowledge_type=knowledge_type,
            process_stage=process_stage,
            use_kind=(use_kind or UseKind.ACTION_ORIENTED) if is_use else None,
            signal=signal,
            topics=tuple(dict.fromkeys(topics)),
            moment=moment,
            moment_direction=(moment_direction or MomentDirection.OPEN) if moment else None,
            certainty=certainty,
            source=source,
            weak_signal=weak_signal,
        )


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
    its version, for example `local/2026-11` or `openai/gpt-5-mini/classify_note.v2`, or `person`.
    `facets.process_stage` is what the note itself shows; `reached` is the furthest stage that
    recorded events are evidence of.
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
    reached: ProcessStage = ProcessStage.ACQUISITION

    @property
    def stage(self) -> ProcessStage:
        """How far it has come: the further of what its note shows and what was recorded."""
        return max(self.facets.process_stage, self.reached, key=lambda stage: stage.rank)


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
