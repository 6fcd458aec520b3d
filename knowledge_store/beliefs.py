"""How insights stand to each other, and what its readers may therefore believe of each.

Beliefs are worked out when they are read, from the relations whose both sides the readers may
see. So they are right at once when a note is hidden, and do not tell that a hidden one exists.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.domain.audience import Audience
from bot.domain.insight import InsightRelation
from bot.domain.taxonomy import Belief, Relation
from knowledge_store.tables import InsightRow, NoteRow, RelationRow
from knowledge_store.visibility import may_see

_IDS_A_QUERY = 5_000  # each id is bound twice, and SQLite takes 32 766 values
# Aliases are costly to make anew for each query.
_LATER, _EARLIER = aliased(InsightRow), aliased(InsightRow)
_LATER_NOTE, _EARLIER_NOTE = aliased(NoteRow), aliased(NoteRow)


@dataclass(frozen=True, slots=True)
class _Tie:
    """A relation, and whether two different people stand behind its sides."""

    relation: InsightRelation
    is_independent: bool

    @property
    def ends(self) -> set[str]:
        return {self.relation.insight_id, self.relation.earlier_insight_id}


def visible_relations(
    session: Session, insight_ids: Sequence[str], audience: Audience
) -> list[InsightRelation]:
    """The relations that touch these insights, where the audience may see both sides."""
    return [tie.relation for tie in _ties(session, insight_ids, audience)]


def beliefs_of(
    session: Session, insight_ids: Sequence[str], audience: Audience
) -> Mapping[str, Belief]:
    """What the audience may believe of each of these insights.

    What was superseded disputes nothing any more; corroboration takes two different contributors.
    """
    ties = _ties(session, insight_ids, audience)
    contradictions = _of(Relation.CONTRADICTS, ties)
    rivals = [*_ends(contradictions)]
    superseded = _superseded(ties) | _superseded(_ties(session, rivals, audience))
    disputed = _ends(tie for tie in contradictions if not tie.ends & superseded)
    corroborated = _ends(tie for tie in _of(Relation.CORROBORATES, ties) if tie.is_independent)

    def belief_of(insight_id: str) -> Belief:
        if insight_id in superseded:
            return Belief.SUPERSEDED
        if insight_id in disputed:
            return Belief.DISPUTED
        return Belief.CORROBORATED if insight_id in corroborated else Belief.UNVERIFIED

    return {insight_id: belief_of(insight_id) for insight_id in insight_ids}


def _of(relation: Relation, ties: Iterable[_Tie]) -> list[_Tie]:
    return [tie for tie in ties if tie.relation.relation is relation]


def _ends(ties: Iterable[_Tie]) -> set[str]:
    return {end for tie in ties for end in tie.ends}


def _superseded(ties: Iterable[_Tie]) -> set[str]:
    return {tie.relation.earlier_insight_id for tie in _of(Relation.SUPERSEDES, ties)}


def _ties(session: Session, insight_ids: Sequence[str], audience: Audience) -> list[_Tie]:
    found = {}
    for start in range(0, len(insight_ids), _IDS_A_QUERY):
        some = insight_ids[start : start + _IDS_A_QUERY]
        # Most insights stand to none, and a statement with walls around both sides is long to plan.
        if session.scalar(select(exists().where(_touches(some)))):
            for tie in _query(session, some, audience):
                found[tie.relation] = tie
    return list(found.values())


def _touches(insight_ids: Sequence[str]) -> ColumnElement[bool]:
    return or_(
        RelationRow.insight_id.in_(insight_ids), RelationRow.earlier_insight_id.in_(insight_ids)
    )


def _query(session: Session, insight_ids: Sequence[str], audience: Audience) -> list[_Tie]:
    statement = (
        select(RelationRow, _LATER_NOTE.author_id != _EARLIER_NOTE.author_id)
        .join(_LATER, _LATER.id == RelationRow.insight_id)
        .join(_LATER_NOTE, _LATER_NOTE.id == _LATER.note_id)
        .join(_EARLIER, _EARLIER.id == RelationRow.earlier_insight_id)
        .join(_EARLIER_NOTE, _EARLIER_NOTE.id == _EARLIER.note_id)
        .where(
            _touches(insight_ids),
            may_see(audience, _LATER_NOTE),
            may_see(audience, _EARLIER_NOTE),
        )
        .order_by(RelationRow.insight_id, RelationRow.earlier_insight_id, RelationRow.relation)
    )
    return [
        _Tie(InsightRelation(row.insight_id, row.relation, row.earlier_insight_id), independent)
        for row, independent in session.execute(statement)
    ]
