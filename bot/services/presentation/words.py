"""The taxonomy's values as a person reads them, and the small parts that sentences are made of."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from bot.domain.insight import Facets, ResolvedDate
from bot.domain.taxonomy import (
    Belief,
    Certainty,
    CustomerStatus,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    RelationshipShape,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.messages import Option, Paragraph, Span

_LABELS: dict[StrEnum, str] = {
    KnowledgeType.ABOUT: "about the customer",
    KnowledgeType.FROM: "from the customer",
    KnowledgeType.FOR: "for the customer",
    ProcessStage.ACQUISITION: "heard (acquisition)",
    ProcessStage.STORAGE: "filed (storage)",
    ProcessStage.DISSEMINATION: "passed on (dissemination)",
    ProcessStage.UTILIZATION: "used (utilization)",
    UseKind.KNOWLEDGE_ENHANCING: "we understand them better",
    UseKind.ACTION_ORIENTED: "we did or changed something",
    Signal.INQUIRY: "inquiry",
    Signal.SUGGESTION: "suggestion",
    Signal.COMPLAINT: "complaint",
    Signal.PRAISE: "praise",
    Moment.STRATEGY_CHANGE: "strategy change",
    Moment.OWNERSHIP_CHANGE: "ownership change",
    Moment.DECISION_MAKER_CHANGE: "change of decision maker",
    Moment.PRODUCTION_CHANGE: "production change",
    Moment.NEW_ALLIANCE: "new alliance",
    Moment.ACCOUNT_OWNER_CHANGE: "change of account owner",
    Moment.BUDGET_DECISION: "budget decision",
    Moment.COST_PROGRAMME: "cost programme",
    Moment.CONTRACT_EVENT: "contract event",
    MomentDirection.THREAT: "threat",
    MomentDirection.OPPORTUNITY: "opportunity",
    MomentDirection.OPEN: "could go either way",
    Certainty.STATED: "stated",
    Certainty.HEARSAY: "hearsay",
    Certainty.INFERRED: "inferred by us",
    Source.CUSTOMER_DATA: "customer data",
    Source.INTERNAL_TACIT: "our own experience",
    Source.LISTENING: "the customer told us",
    Source.EXTERNAL_TACIT: "partners, market, press or rumour",
    Topic.DECISION_PROCESS: "decision process",
    Belief.UNVERIFIED: "unverified",
    Belief.CORROBORATED: "corroborated",
    Belief.VERIFIED: "verified",
    Belief.DISPUTED: "disputed",
    Belief.SUPERSEDED: "superseded",
    Belief.EXPIRED: "expired",
    RelationshipShape.BOW_TIE: "one to one (a bow tie, which hangs on two people)",
    RelationshipShape.ONE_ON_MANY: "one on many",
    RelationshipShape.DUET: "a duet, two of ours and two of theirs",
    RelationshipShape.DIAMOND: "many to many (a diamond)",
    CustomerStatus.EXISTING: "customer",
    CustomerStatus.PROSPECT: "prospect",
    CustomerStatus.FORMER: "former customer",
}


def label(value: StrEnum) -> str:
    """What a person reads for a value of the taxonomy."""
    return _LABELS.get(value, value.value)


def options(values: type[StrEnum]) -> tuple[Option, ...]:
    """The values of a facet as the choices of a form."""
    return tuple(Option(value.value, label(value).capitalize()) for value in values)


def facet_line(facets: Facets) -> str:
    """What was understood, in one line: `About the customer · heard (acquisition) · complaint`."""
    parts = [label(facets.knowledge_type).capitalize(), label(facets.process_stage)]
    if facets.use_kind:
        parts.append(label(facets.use_kind))
    if facets.signal:
        parts.append(label(facets.signal))
    if facets.moment and facets.moment_direction:
        parts.append(f"{label(facets.moment)} ({label(facets.moment_direction)})")
    if facets.certainty is not Certainty.STATED:
        parts.append(label(facets.certainty))
    if facets.weak_signal:
        parts.append("weak signal")
    if facets.topics:
        parts.append(", ".join(label(topic) for topic in facets.topics))
    return " · ".join(parts)


def date_line(dates: Sequence[ResolvedDate]) -> str:
    """Words that name a time with the days they meant: `"next Thursday" = 19 Nov 2026`."""
    return " · ".join(f"“{found.words}” = {_span_of_days(found)}" for found in dates)


def _span_of_days(found: ResolvedDate) -> str:
    if found.start == found.end:
        return day(found.start)
    return f"{day(found.start)} to {day(found.end)}"


def day(moment: date | datetime) -> str:
    """`9 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def counted(number: int) -> str:
    """`40 000`, with a space that breaks no line."""
    return f"{number:,}".replace(",", "\u202f")


def listed(names: Sequence[str], last: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def paragraph(*parts: str | Span, subdued: bool = False) -> Paragraph:
    """A paragraph of plain words and spans."""
    spans = tuple(part if isinstance(part, Span) else Span(part) for part in parts)
    return Paragraph(spans, subdued=subdued)


def bold(text: str) -> Span:
    """Words that stand out."""
    return Span(text, bold=True)
