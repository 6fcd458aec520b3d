"""Compares a note's insights with what is known on the same customers, and records how they stand.

No language model is asked. What is decided is meant to be right rather than complete: a fact that
was wrongly marked as superseded is shown last, one that was not marked is only shown beside newer
ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.answer import Hit
from bot.domain.audience import Audience
from bot.domain.insight import Insight, InsightRelation
from bot.domain.note import Note, NoteRecord
from bot.domain.taxonomy import KnowledgeType, ProcessStage, Relation
from bot.ports import NoteStore, Retriever
from bot.services.registry import Registries
from bot.services.relations.features import Nearby, Said, features_of, stems_of_names
from bot.services.relations.model import RelationModel, shipped_model
from bot.services.relations.opposition import are_opposite

COMPARED = 10
"""With how many insights on the same customers a new one is compared, the nearest ones."""
LIKE_ENOUGH_TO_OPPOSE = 0.6
"""The least cosine of statements that a denied word sets against each other."""
_PASSED_ON = {ProcessStage.STORAGE, ProcessStage.DISSEMINATION}


@dataclass(frozen=True, slots=True)
class RelationFinder:
    """Sees what the contributor of the later note may see."""

    notes: NoteStore
    retriever: Retriever
    registries: Registries

    def relate(self, record: NoteRecord) -> None:
        """Relate a new note's insights to earlier ones, and later ones to them if it came late."""
        for insight in record.insights:
            self._relate_both_ways(Said(record.note, insight), ())

    def renew(self, record: NoteRecord) -> None:
        """Do it anew for a note that was changed: what was found before is replaced."""
        for insight in record.insights:
            known = self._known(record.note, insight)
            self._relate_both_ways(Said(record.note, insight), known)

    def _relate_both_ways(self, said: Said, known: Sequence[InsightRelation]) -> None:
        beside = self._beside(said.note, said.insight)
        self._relate(said, beside, known)
        for later in self._later(said.note, said.insight, beside, known):
            known_of_later = self._known(later.note, later.insight)
            self._relate(later, self._beside(later.note, later.insight), known_of_later)

    def _known(self, note: Note, insight: Insight) -> list[InsightRelation]:
        return self.notes.relations((insight.id,), Audience.operator(note.key.workspace))

    def _beside(self, note: Note, insight: Insight) -> list[Hit]:
        if not insight.customer_ids:
            return []
        audience = Audience.of_person(note.key.workspace, note.author_id)
        return self.retriever.beside(insight.id, audience, COMPARED)

    def _relate(self, later: Said, beside: Sequence[Hit], known: Sequence[InsightRelation]) -> None:
        nearby = [
            Nearby(Said(hit.note, hit.insight), hit.meaning_score)
            for hit in beside
            if hit.meaning_score is not None and hit.note.posted_at < later.note.posted_at
        ]
        found = tuple(self._found(later, nearby)) if nearby else ()
        before = {known_one for known_one in known if known_one.insight_id == later.insight.id}
        if before != set(found):
            self.notes.relate(found, renewed=(later.insight.id,))

    def _later(
        self,
        note: Note,
        insight: Insight,
        beside: Sequence[Hit],
        known: Sequence[InsightRelation],
    ) -> list[Said]:
        """What was said later near this insight, or stood to it before."""
        near = [
            Said(hit.note, hit.insight) for hit in beside if hit.note.posted_at > note.posted_at
        ]
        ids = {one.insight_id for one in known if one.earlier_insight_id == insight.id}
        operator = Audience.operator(note.key.workspace)
        missing = ids - {said.insight.id for said in near}
        linked = [self.notes.get_insight(insight_id, operator) for insight_id in sorted(missing)]
        return near + [Said(record.note, later) for record, later in filter(None, linked)]

    def _found(self, later: Said, nearby: Sequence[Nearby]) -> Iterator[InsightRelation]:
        return related(later, nearby, self._customer_stems(later), shipped_model())

    def _customer_stems(self, later: Said) -> frozenset[str]:
        customers = self.registries.of(later.note.key.workspace).customers
        on = [c for c in customers if c.id in later.insight.customer_ids]
        return stems_of_names([name for c in on for name in (c.name, *c.aliases)])


def related(
    later: Said, nearby: Sequence[Nearby], customer_stems: frozenset[str], model: RelationModel
) -> Iterator[InsightRelation]:
    """The relations of an insight to earlier ones on its customers.

    Nobody corroborates or contradicts themselves: who says another thing than before has heard
    news or was wrong.
    """
    decided = model.decide(features_of(later, nearby, customer_stems))
    for near, learned in zip(nearby, decided, strict=True):
        relation = _relation(learned, later, near, customer_stems)
        if relation is not None:
            yield InsightRelation(later.insight.id, relation, near.said.insight.id)


def _relation(
    learned: Relation | None, later: Said, near: Nearby, customer_stems: frozenset[str]
) -> Relation | None:
    """Plain denials are told by rule: the corpora hold too few of them to learn from."""
    is_own = later.note.author_id == near.said.note.author_id
    may_deny = not is_own and learned is not Relation.SUPERSEDES
    if may_deny and _denies(later.insight, near, customer_stems):
        return Relation.CONTRADICTS
    if not _states(later.insight) or _is_for_customer(near.said.insight):
        return None
    if learned is Relation.CORROBORATES:
        is_heard = later.insight.facets.process_stage is ProcessStage.ACQUISITION
        return learned if is_heard and not is_own else None
    return None if is_own and learned is Relation.CONTRADICTS else learned


def _denies(later: Insight, near: Nearby, customer_stems: frozenset[str]) -> bool:
    statements = (later.statement, near.said.insight.statement)
    is_like = near.cosine >= LIKE_ENOUGH_TO_OPPOSE and _states(later)
    return is_like and are_opposite(*statements, customer_stems)


def _states(later: Insight) -> bool:
    """Answers, and what is passed on or filed, only rest on what was said before.

    Of 155 links that annotators saw, two have a question or an answer and five such a later note.
    """
    return not _is_for_customer(later) and later.facets.process_stage not in _PASSED_ON


def _is_for_customer(insight: Insight) -> bool:
    return insight.facets.knowledge_type is KnowledgeType.FOR
