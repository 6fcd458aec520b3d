"""Moments: events that can turn a relationship, and what our people do about each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.customer import Customer
from bot.domain.insight import Insight
from bot.domain.note import Note
from bot.domain.taxonomy import Certainty, Moment, MomentDirection


class MomentState(StrEnum):
    """What our people have made of it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class MomentOutcome(StrEnum):
    """How it ended for us."""

    WON = "won"
    AVERTED = "averted"
    LOST = "lost"
    NOTHING = "nothing"  # no effect on us
    MISTAKEN = "mistaken"  # it did not happen


@dataclass(frozen=True, slots=True)
class Telling:
    """An insight that tells of an event, with its note."""

    note: Note
    insight: Insight
    conversation_name: str = ""

    def __post_init__(self) -> None:
        if self.insight.facets.moment is None:
            raise ValueError("it tells of no moment")

    @property
    def kind(self) -> Moment:
        """What kind of event it is."""
        return Moment(self.insight.facets.moment or "")

    @property
    def is_hearsay(self) -> bool:
        """Whether nobody first-hand said it."""
        facets = self.insight.facets
        return facets.certainty is not Certainty.STATED or facets.weak_signal


@dataclass(frozen=True, slots=True)
class MomentEvent:
    """One event at one customer, as its reader may know it.

    `tellings` are those that the reader may see, the earliest first, and never empty;
    `is_whole` says that there are no others. What a person wrote about it may rest on any of them,
    so it is for those only who may see all.
    """

    id: str
    workspace: str
    customer: Customer
    kind: Moment
    state: MomentState
    found_at: datetime
    tellings: tuple[Telling, ...]
    is_whole: bool
    acknowledged_by: str | None = None
    assigned_to: str | None = None
    assigned_by: str | None = None
    closed_by: str | None = None
    outcome: MomentOutcome | None = None
    remark: str = ""

    @property
    def latest(self) -> Telling:
        """What was said of it last."""
        return self.tellings[-1]

    @property
    def direction(self) -> MomentDirection:
        """Which way it may turn the relationship, by the latest that says so."""
        for telling in reversed(self.tellings):
            direction = telling.insight.facets.moment_direction
            if direction not in (None, MomentDirection.OPEN):
                return direction
        return MomentDirection.OPEN

    @property
    def is_hearsay(self) -> bool:
        """Whether nobody who tells of it is first-hand to it."""
        return all(telling.is_hearsay for telling in self.tellings)

    @property
    def note_ids(self) -> tuple[str, ...]:
        """Of the notes that tell of it, each once."""
        return tuple(dict.fromkeys(telling.note.id for telling in self.tellings))

    def is_in_charge(self, person_id: str) -> bool:
        """Whether it is this person's to deal with."""
        return person_id in (self.customer.owner_id, self.assigned_to)


SAME_EVENT_WITHIN = timedelta(days=30)
"""Two notes that far apart, on the same customer and kind of moment, may tell of one event."""


def is_same_event(new: Telling, known: Telling, *, are_related: bool) -> bool:
    """Whether two insights on one customer, of one kind of moment, tell of the same event.

    Where one was found to confirm, contradict or replace the other, they do. Else they are taken to
    when they were written within a month, unless both name people, or both days, and share none:
    a second tender in the same month mostly has another date.
    """
    if are_related:
        return True
    if abs(new.note.posted_at - known.note.posted_at) > SAME_EVENT_WITHIN:
        return False
    return not (_name_others(new, known) or _name_other_days(new, known))


def _name_others(one: Telling, other: Telling) -> bool:
    mine, theirs = _names(one), _names(other)
    return bool(mine and theirs) and not mine & theirs


def _names(telling: Telling) -> set[str]:
    """By the last word of each: `Pia Keller` and `P. Keller` are one."""
    return {name.split()[-1].casefold() for name in telling.insight.contacts if name.split()}


def _name_other_days(one: Telling, other: Telling) -> bool:
    mine, theirs = one.insight.dates, other.insight.dates
    if not (mine and theirs):
        return False
    return not any(a.start <= b.end and b.start <= a.end for a in mine for b in theirs)
