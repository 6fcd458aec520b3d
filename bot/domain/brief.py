"""What a person should know before they meet a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.customer import Customer
from bot.domain.home import News
from bot.domain.taxonomy import RelationshipShape, Topic


class BriefPart(StrEnum):
    """The parts of a brief, in the order in which they are shown."""

    COMPLAINTS = "complaints"
    PROMISES = "promises"
    CHANGES = "changes"
    PEOPLE = "people"
    DECISION_PROCESS = "decision_process"
    NEEDS = "needs"
    MOMENTS = "moments"
    DISPUTES = "disputes"


class SupplierCriterion(StrEnum):
    """What a customer chooses its suppliers by (Peltola 2020)."""

    DELIVERY_PERFORMANCE = "delivery_performance"
    QUALITY_AND_COMPLIANCE = "quality_and_compliance"
    PRICE = "price"
    GENERAL_REQUIREMENTS = "general_requirements"
    PORTFOLIO = "portfolio"
    LOCATION = "location"
    CAPABILITIES = "capabilities"
    REPUTATION = "reputation"


@dataclass(frozen=True, slots=True)
class Relationship:
    """Who of us speaks with whom of them, as far as notes tell; the most frequent first."""

    shape: RelationshipShape
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """One customer, for one meeting. `parts` hold every insight at most once, the best first.

    `since` is from when on something counts as changed. `criteria` are in the order in which the
    customer ranked or last named them. `gaps` are the topics on which nothing current is known.
    `has_more` says that more is known than is told here.
    """

    customer: Customer
    owner_name: str
    since: datetime
    parts: dict[BriefPart, tuple[News, ...]]
    criteria: tuple[SupplierCriterion, ...] = ()
    gaps: tuple[Topic, ...] = ()
    relationship: Relationship | None = None
    has_more: bool = False

    @property
    def told(self) -> Sequence[News]:
        """Everything that it tells of, in the order in which it is shown."""
        return [one for part in BriefPart for one in self.parts.get(part, ())]

    @property
    def has_open_complaint(self) -> bool:
        """Whether this is no time to sell them something else (Goodman 2014)."""
        return bool(self.parts.get(BriefPart.COMPLAINTS))
