"""The rows that an evaluation writes: what was understood, and what was answered."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from bot.domain.insight import Insight, InsightRelation
from bot.domain.taxonomy import Relation
from bot.evaluation.play import PlayedNote, PlayedQuestion
from bot.services.presentation.answer import answered


class InsightResult(BaseModel):
    """An insight as it was understood, customers by name."""

    knowledge_type: str
    process_stage: str
    use_kind: str | None
    signal: str | None
    topics: list[str]
    moment: str | None
    moment_direction: str | None
    certainty: str
    customers: list[str]
    contacts: list[str]
    belief: str


class NoteResult(BaseModel):
    """A message as it was understood; `related` maps a relation to earlier notes' ids."""

    id: str
    captured: bool
    insights: list[InsightResult]
    related: dict[str, list[str]]
    classified_by: str | None


class AnswerResult(BaseModel):
    """An answer; `citations` in the order cited, `retrieved` best first."""

    id: str
    abstained: bool
    citations: list[str]
    retrieved: list[str]
    experts: list[str]
    text: str
    ms: float


def note_result(
    played: PlayedNote,
    relations: Sequence[InsightRelation],
    note_of_insight: Mapping[str, str],
    names: Mapping[str, str],
) -> NoteResult:
    """The row of a message. `note_of_insight` gives the message id of an earlier insight."""
    insights = played.record.insights if played.record else ()
    related: dict[str, list[str]] = {relation.value: [] for relation in Relation}
    for relation in relations:
        earlier = note_of_insight[relation.earlier_insight_id]
        if earlier not in related[relation.relation.value]:
            related[relation.relation.value].append(earlier)
    return NoteResult(
        id=played.row.id,
        captured=bool(insights),
        insights=[_insight_result(insight, names) for insight in insights],
        related=related,
        classified_by=insights[0].classified_by if insights else None,
    )


def _insight_result(insight: Insight, names: Mapping[str, str]) -> InsightResult:
    facets = insight.facets
    return InsightResult(
        knowledge_type=facets.knowledge_type,
        process_stage=facets.process_stage,
        use_kind=facets.use_kind,
        signal=facets.signal,
        topics=list(facets.topics),
        moment=facets.moment,
        moment_direction=facets.moment_direction,
        certainty=facets.certainty,
        customers=[names[customer_id] for customer_id in insight.customer_ids],
        contacts=list(insight.contacts),
        belief=insight.belief,
    )


def answer_result(played: PlayedQuestion) -> AnswerResult:
    """The row of a question."""
    answer = played.answer
    citations = [citation.hit.note.key.message_id for citation in answer.citations]
    retrieved = [hit.note.key.message_id for hit in answer.retrieved]
    return AnswerResult(
        id=played.row.id,
        abstained=answer.abstained,
        citations=list(dict.fromkeys(citations)),
        retrieved=list(dict.fromkeys(retrieved))[:20],
        experts=[expert.person_id for expert in answer.experts],
        text=answered(answer).plain_text,
        ms=round(played.seconds * 1000, 1),
    )
