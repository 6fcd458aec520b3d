"""What a workflow is told of the note that it wanted saved."""

from collections.abc import Sequence

from bot.domain.note import NoteRecord
from bot.messages import Outcome
from bot.services.presentation.capture import NameOf, shorten
from bot.services.presentation.words import facet_line, listed

_NAME = 80


def saved(
    record: NoteRecord, name_of: NameOf, *, link: str | None, unknown_customer: str = ""
) -> Outcome:
    """Which customer it is on, and what was understood; what it links to where it can."""
    names = [name_of(customer_id) for customer_id in record.customer_ids]
    first = f"Noted for {listed(names)}" if names else "Noted, not linked to a customer"
    parts = [first, *_understood(record)]
    if unknown_customer:
        parts.append(f"I do not know which customer “{shorten(unknown_customer, _NAME)}” is")
    return Outcome(summary=". ".join(parts) + ".", link=link or "")


def _understood(record: NoteRecord) -> Sequence[str]:
    return [facet_line(insight.facets) for insight in record.insights[:1]]


def nobody_ran_it() -> Outcome:
    """What a schedule or an event starts has no author."""
    return Outcome(
        problem="Earshot keeps what people say, so one of your own people has to start this "
        "workflow or press a button in it. Nothing was saved."
    )


def no_text() -> Outcome:
    """A step without words."""
    return Outcome(problem="There is no text to save. Fill in “What was said” in the step.")


def not_a_member() -> Outcome:
    """The same whether or not there is such a conversation."""
    return Outcome(
        problem="Earshot can save this only in a channel where you and Earshot are both in. "
        "Choose another one in the step, or none. Nothing was saved."
    )


def refused(reason: str) -> Outcome:
    """Why the note was not taken, in the words that its author is told."""
    return Outcome(problem=reason)


def went_wrong() -> Outcome:
    """Something failed on our side."""
    return Outcome(problem="Something went wrong on Earshot's side. Nothing was saved; try again.")
