"""Chooses what of a customer's insights goes into which part of a brief."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.brief import Brief, BriefPart, SupplierCriterion
from bot.domain.home import News
from bot.domain.insight import Insight, InsightRelation
from bot.domain.profile import CustomerProfile
from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    Moment,
    ProcessStage,
    Relation,
    Signal,
    Topic,
)
from bot.services.briefs.relationship import relationship_of
from bot.services.briefs.words import criteria_in, is_promise

MOST: Final = {
    BriefPart.COMPLAINTS: 3,
    BriefPart.PROMISES: 2,
    BriefPart.CHANGES: 3,
    BriefPart.PEOPLE: 2,
    BriefPart.DECISION_PROCESS: 2,
    BriefPart.NEEDS: 2,
    BriefPart.MOMENTS: 2,
    BriefPart.DISPUTES: 4,
}
"""How many insights a part tells of: all parts together fit on a screen."""

PROFILE_TOPICS: Final = (
    Topic.DECISION_PROCESS,
    Topic.NEEDS,
    Topic.STRATEGY,
    Topic.ORGANISATION,
    Topic.FINANCE,
    Topic.RELATIONSHIP,
)
"""What should be known of every customer, what is asked for first standing first."""

_FRESH: Final = timedelta(days=365)
_STILL_A_MOMENT: Final = timedelta(days=180)
_OVER = {Belief.SUPERSEDED, Belief.EXPIRED}


@dataclass(frozen=True, slots=True)
class _Told:
    """Everything that its readers may see, the latest first, and what of it still holds."""

    everything: Sequence[News]
    relations: Sequence[InsightRelation]
    since: datetime
    now: datetime

    @property
    def current(self) -> list[News]:
        """What still holds, without what only says again what another one says."""
        echoes = {r.insight_id for r in self.relations if r.relation is Relation.CORROBORATES}
        return [
            one
            for one in self.everything
            if one.insight.belief not in _OVER and one.insight.id not in echoes
        ]

    def newer_than(self, age: timedelta) -> list[News]:
        return [one for one in self.current if one.note.posted_at >= self.now - age]


def brief_of(
    profile: CustomerProfile,
    relations: Sequence[InsightRelation],
    *,
    since: datetime,
    now: datetime,
) -> Brief:
    """What is worth telling of a customer, each insight once, in the part where it weighs most."""
    told = _Told(profile.told, relations, since, now)
    taken: set[str] = set()
    parts = {part: _taken(choose(told), part, taken) for part, choose in _CHOICES}
    return Brief(
        customer=profile.customer,
        owner_name=profile.owner_name,
        since=since,
        parts=parts,
        criteria=_criteria(told.current),
        gaps=_gaps(told.newer_than(_FRESH)),
        relationship=relationship_of(told.everything, now),
        has_more=profile.has_more or len(told.current) > len(taken),
    )


def _taken(chosen: Iterable[News], part: BriefPart, taken: set[str]) -> tuple[News, ...]:
    left = [one for one in chosen if one.insight.id not in taken][: MOST[part]]
    taken.update(one.insight.id for one in left)
    return tuple(left)


# --- what belongs into a part, the best first ---------------------------------------------------


def _disputes(told: _Told) -> list[News]:
    """Both sides, each after the other."""
    by_id = {one.insight.id: one for one in told.current}
    sides = [
        (relation.insight_id, relation.earlier_insight_id)
        for relation in told.relations
        if relation.relation is Relation.CONTRADICTS
        and relation.insight_id in by_id
        and relation.earlier_insight_id in by_id
    ]
    both = [by_id[side] for pair in sides for side in pair]
    disputed = [one for one in both if one.insight.belief is Belief.DISPUTED]
    return list({one.insight.id: one for one in disputed}.values())


def _complaints(told: _Told) -> list[News]:
    """Those on which nothing was done yet, as far as anybody told."""
    return _where(told.current, lambda insight: _is_open(insight, Signal.COMPLAINT))


def _promises(told: _Told) -> list[News]:
    fresh = told.newer_than(_FRESH)
    return _where(fresh, lambda one: is_promise(one.statement) and not _is_used(one))


def _people(told: _Told) -> list[News]:
    on_people = _where(told.newer_than(_FRESH), _is_on_people)
    return sorted(on_people, key=lambda one: not one.insight.contacts)


def _decision_process(told: _Told) -> list[News]:
    on_it = _where(told.current, lambda one: Topic.DECISION_PROCESS in one.facets.topics)
    return sorted(on_it, key=lambda one: not criteria_in(one.insight.statement))


def _needs(told: _Told) -> list[News]:
    """What they need of us, and what they asked and nobody answered."""
    return _where(
        told.newer_than(_FRESH),
        lambda one: _is_open(one, Signal.INQUIRY) or _is_need(one),
    )


def _moments(told: _Told) -> list[News]:
    return _where(told.newer_than(_STILL_A_MOMENT), lambda one: one.facets.moment is not None)


def _changes(told: _Told) -> list[News]:
    """What replaced something that was known comes before what is merely new."""
    replacing = {r.insight_id for r in told.relations if r.relation is Relation.SUPERSEDES}
    news = [one for one in told.current if one.note.posted_at >= told.since]
    return sorted(news, key=lambda one: one.insight.id not in replacing)


_CHOICES: Final[tuple[tuple[BriefPart, Callable[[_Told], list[News]]], ...]] = (
    (BriefPart.DISPUTES, _disputes),
    (BriefPart.COMPLAINTS, _complaints),
    (BriefPart.PROMISES, _promises),
    (BriefPart.MOMENTS, _moments),
    (BriefPart.PEOPLE, _people),
    (BriefPart.DECISION_PROCESS, _decision_process),
    (BriefPart.NEEDS, _needs),
    (BriefPart.CHANGES, _changes),
)
"""In the order in which parts choose: what only fits one of them is chosen before the rest."""


def _where(told: Iterable[News], fits: Callable[[Insight], bool]) -> list[News]:
    return [one for one in told if fits(one.insight)]


def _is_open(insight: Insight, signal: Signal) -> bool:
    return insight.facets.signal is signal and not _is_used(insight)


def _is_used(insight: Insight) -> bool:
    return insight.stage is ProcessStage.UTILIZATION


def _is_need(insight: Insight) -> bool:
    facets = insight.facets
    return (
        Topic.NEEDS in facets.topics
        and facets.knowledge_type is not KnowledgeType.FOR
        and not _is_used(insight)
    )


def _is_on_people(insight: Insight) -> bool:
    facets = insight.facets
    return facets.moment is Moment.DECISION_MAKER_CHANGE or Topic.ORGANISATION in facets.topics


# --- what is put together from several insights -------------------------------------------------


def _criteria(current: Iterable[News]) -> tuple[SupplierCriterion, ...]:
    """As the latest first-hand statement on how they decide names them."""
    on_it = (
        one.insight
        for one in current
        if Topic.DECISION_PROCESS in one.insight.facets.topics
        and one.insight.facets.certainty is Certainty.STATED
    )
    return next(filter(None, (criteria_in(insight.statement) for insight in on_it)), ())


def _gaps(fresh: Iterable[News]) -> tuple[Topic, ...]:
    known = {topic for one in fresh for topic in one.insight.facets.topics}
    return tuple(topic for topic in PROFILE_TOPICS if topic not in known)
