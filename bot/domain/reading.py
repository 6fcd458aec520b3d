"""What classifiers said of an insight, beside what a person made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from bot.domain.insight import Facets, Insight

LABELS = (*(facet.name for facet in fields(Facets)), "customers", "contacts")
"""Everything that a classifier, or a person, says of a statement, by name."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a statement is, whom it is on, and who is named in it."""

    facets: Facets
    customer_ids: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    @classmethod
    def of(cls, insight: Insight) -> "Labels":
        """What an insight is labelled with now."""
        return cls(insight.facets, insight.customer_ids, insight.contacts)

    def differing(self, other: "Labels") -> tuple[str, ...]:
        """The names of the labels that differ, in the order of `LABELS`.

        The order within topics, customers and contacts says nothing: a form gives them in its own.
        """
        pairs = zip(LABELS, _values(self), _values(other), strict=True)
        return tuple(name for name, mine, theirs in pairs if mine != theirs)


def _values(labels: Labels) -> Iterator[object]:
    for facet in fields(Facets):
        value = getattr(labels.facets, facet.name)
        yield frozenset(value) if isinstance(value, tuple) else value
    yield frozenset(labels.customer_ids)
    yield frozenset(labels.contacts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a classifier once said. `classified_by` and `confidence` are as in an insight."""

    labels: Labels
    classified_by: str
    confidence: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """That a person changed or confirmed an insight, and when they last did."""

    by_person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InsightHistory:
    """An insight as it is now, every reading of it by a classifier, and a person's decision.

    `readings` are oldest first; a person's word on the facets ends them. There is none where the
    note was taken for chatter and a person kept it.
    """

    insight: Insight
    readings: tuple[Reading, ...]
    decision: Decision | None

    @property
    def read_as(self) -> Reading | None:
        """The latest reading, which a person's word on the facets was a word on."""
        return self.readings[-1] if self.readings else None

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the labels that a person changed; none where they agreed, or nobody said."""
        if self.decision is None or self.read_as is None:
            return ()
        return self.read_as.labels.differing(Labels.of(self.insight))
