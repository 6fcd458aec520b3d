"""The shape of a relationship, read from who of us tells of whom of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bot.domain.brief import Relationship
from bot.domain.home import News
from bot.domain.insight import Insight
from bot.domain.taxonomy import Certainty, RelationshipShape

_LOOKED_BACK: Final = timedelta(days=365)
_MOST_NAMED = 4


def relationship_of(told: Iterable[News], now: datetime) -> Relationship | None:
    """From the notes of a year; None where nobody of theirs is named.

    Whoever passes on what others heard did not speak with anybody.
    """
    recent = (one for one in told if one.note.posted_at >= now - _LOOKED_BACK)
    first_hand = [one for one in recent if _is_first_hand(one.insight)]
    ours = Counter(one.note.author_name for one in first_hand if one.insight.contacts)
    theirs = Counter(contact for one in first_hand for contact in one.insight.contacts)
    if not theirs:
        return None
    return Relationship(
        _shape(len(ours), len(theirs)),
        tuple(name for name, _ in ours.most_common(_MOST_NAMED)),
        tuple(name for name, _ in theirs.most_common(_MOST_NAMED)),
    )


def _is_first_hand(insight: Insight) -> bool:
    return insight.facets.certainty is Certainty.STATED


def _shape(ours: int, theirs: int) -> RelationshipShape:
    if ours == theirs == 1:
        return RelationshipShape.BOW_TIE
    if min(ours, theirs) == 1:
        return RelationshipShape.ONE_ON_MANY
    return RelationshipShape.DUET if ours == theirs == 2 else RelationshipShape.DIAMOND
