"""A brief as a person reads it on the way to a meeting: one screen, each line with its source."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.domain.brief import Brief, BriefPart, Relationship, SupplierCriterion
from bot.domain.customer import Contact, Customer
from bot.domain.home import News
from bot.domain.insight import Insight
from bot.domain.taxonomy import Belief, Certainty, Topic
from bot.messages import Block, Paragraph, Reply, Source, Span
from bot.services.presentation.capture import shorten
from bot.services.presentation.words import bold, day, label, listed, paragraph

_TITLES: Final[Mapping[BriefPart, str]] = {
    BriefPart.COMPLAINTS: "Open complaints",
    BriefPart.PROMISES: "What we promised",
    BriefPart.CHANGES: "New since $since",
    BriefPart.PEOPLE: "People and who decides",
    BriefPart.DECISION_PROCESS: "How they choose",
    BriefPart.NEEDS: "What they need or asked for",
    BriefPart.MOMENTS: "Moments",
    BriefPart.DISPUTES: "In dispute, both sides",
}
_CRITERIA: Final[Mapping[SupplierCriterion, str]] = {
    SupplierCriterion.DELIVERY_PERFORMANCE: "delivery performance",
    SupplierCriterion.QUALITY_AND_COMPLIANCE: "quality and compliance",
    SupplierCriterion.PRICE: "price",
    SupplierCriterion.GENERAL_REQUIREMENTS: "environment, health and safety",
    SupplierCriterion.PORTFOLIO: "a complete portfolio",
    SupplierCriterion.LOCATION: "location",
    SupplierCriterion.CAPABILITIES: "capabilities",
    SupplierCriterion.REPUTATION: "reputation",
}
_TO_ASK: Final[Mapping[Topic, str]] = {
    Topic.DECISION_PROCESS: "How do you choose a supplier, who takes part, and what weighs most?",
    Topic.NEEDS: "What will you need from a supplier in the coming year?",
    Topic.STRATEGY: "What do you want to do yourselves, and what will you buy?",
    Topic.ORGANISATION: "Who works on this with you, and what is your own part in it?",
    Topic.FINANCE: "How and when is your budget set?",
    Topic.RELATIONSHIP: "What is good between us, and what should we improve first?",
}
_MOST_ASKED = 2
_MOST_CONTACTS = 4
_STATEMENT = 150
_NAME = 80


def brief(told: Brief, reader_id: str | None, link: str | None) -> Reply:
    """The parts that hold something, in the order of what must not be forgotten."""
    numbers = {one.insight.id: number for number, one in enumerate(told.told, start=1)}
    blocks = [*_head(told, link), *_parts(told, numbers), *_foot(told)]
    return Reply(
        tuple(blocks),
        shows=tuple(dict.fromkeys(one.note.id for one in told.told)),
        disseminates=tuple(one.insight.id for one in told.told if one.note.author_id != reader_id),
        sources=tuple(_source(one, numbers[one.insight.id]) for one in told.told),
    )


def on_whom() -> Reply:
    """The command without a name."""
    return Reply((paragraph("Whom are you going to meet? For example: ", bold("/brief Novara")),))


def which(name: str, candidates: Sequence[Customer]) -> Reply:
    """Several could be meant."""
    lines = (paragraph(f"/brief {one.name}") for one in candidates)
    return Reply((paragraph(f"Which one do you mean by “{shorten(name, _NAME)}”?"), *lines))


# --- parts --------------------------------------------------------------------------------------


def _head(told: Brief, link: str | None) -> Iterator[Block]:
    customer = told.customer
    yield paragraph("Brief on ", Span(customer.name, bold=True, href=link))
    facts = [label(customer.status).capitalize(), customer.segment, customer.industry]
    owner = f"owned by {told.owner_name}" if told.owner_name else ""
    yield paragraph(" · ".join(filter(None, [*facts, owner])), subdued=True)
    if told.has_open_complaint:
        yield paragraph(bold("Don't sell on this visit:"), " a complaint is open. Settle it first.")
    if not told.told:
        yield paragraph("Nothing current is noted that you may see.")


def _parts(told: Brief, numbers: Mapping[str, int]) -> Iterator[Block]:
    for part in BriefPart:
        lines = [*_summary(told, part), *_lines(told.parts.get(part, ()), numbers)]
        if lines:
            title = _TITLES[part].replace("$since", day(told.since))
            yield paragraph(bold(title))
            yield from lines


def _summary(told: Brief, part: BriefPart) -> Iterator[Paragraph]:
    """What stands above the statements of a part."""
    if part is BriefPart.PEOPLE and told.customer.contacts:
        yield paragraph(" · ".join(_contacts(told.customer.contacts)))
    if part is BriefPart.DECISION_PROCESS and told.criteria:
        ranked = (f"{rank}. {_CRITERIA[one]}" for rank, one in enumerate(told.criteria, start=1))
        yield paragraph("As they named it: ", " ".join(ranked))


def _contacts(contacts: Sequence[Contact]) -> Iterator[str]:
    for contact in contacts[:_MOST_CONTACTS]:
        yield f"{contact.name}, {contact.role}" if contact.role else contact.name
    if len(contacts) > _MOST_CONTACTS:
        yield f"{len(contacts) - _MOST_CONTACTS} more"


def _lines(told: Sequence[News], numbers: Mapping[str, int]) -> Iterator[Paragraph]:
    for one in told:
        marks = "".join(f" ({mark})" for mark in _marks(one.insight))
        yield paragraph(
            f"• {shorten(one.insight.statement, _STATEMENT)}{marks} ",
            Span(f"[{numbers[one.insight.id]}]", href=one.note.permalink),
            f" {one.note.author_name}, {day(one.note.posted_at)}",
        )


def _marks(insight: Insight) -> Iterator[str]:
    if insight.facets.moment and insight.facets.moment_direction:
        yield f"{label(insight.facets.moment)}: {label(insight.facets.moment_direction)}"
    if insight.facets.certainty is not Certainty.STATED:
        yield label(insight.facets.certainty)
    if insight.belief is not Belief.UNVERIFIED:
        yield label(insight.belief)


def _foot(told: Brief) -> Iterator[Block]:
    if told.relationship:
        yield paragraph(bold("Who speaks with whom"))
        yield paragraph(_relationship(told.relationship))
    if told.gaps:
        yield paragraph(bold("What we do not know"))
        yield paragraph(f"Nothing of the last year on {listed([label(gap) for gap in told.gaps])}.")
        for gap in told.gaps[:_MOST_ASKED]:
            yield paragraph(f"• Ask: {_TO_ASK[gap]}")
    if told.has_more:
        yield paragraph(f"Everything: /earshot customer {told.customer.name}", subdued=True)


def _relationship(relationship: Relationship) -> str:
    ours, theirs = listed(relationship.ours), listed(relationship.theirs)
    return f"{label(relationship.shape).capitalize()}: {ours} with {theirs}."


def _source(one: News, number: int) -> Source:
    where = f"#{one.conversation_name}" if one.conversation_name else "direct message"
    title = f"{one.note.author_name}, {day(one.note.posted_at)}, {where}"
    return Source(number, title, one.insight.statement, one.note.permalink)
