"""What the bot suggests to ask, when somebody opens their talk with it."""

from collections.abc import Sequence

from bot.domain.customer import Customer
from bot.domain.insight import Facets, Insight
from bot.domain.note import Note
from bot.domain.taxonomy import Signal
from bot.messages import Reply, Suggestion

MOST = 4
"""What Slack shows at most, and what one takes in at a glance."""

_HELP = Suggestion("What can you do?", "help")


def what_to_ask(heard: Sequence[tuple[Customer, Note, Insight]]) -> Reply:
    """A question on each of the first customers; where these are few, also how to begin."""
    chosen = heard[:MOST]
    questions = [_question(customer, insight) for customer, _, insight in chosen]
    suggestions = tuple(Suggestion(question, question) for question in questions)
    shows = tuple(dict.fromkeys(note.id for _, note, _ in chosen))
    names = tuple(customer.id for customer, _, _ in chosen)
    return Reply((), shows=shows, names=names, suggestions=(*suggestions, _HELP)[:MOST])


def _question(customer: Customer, insight: Insight) -> str:
    return _words_for(insight.facets).format(name=" ".join(customer.name.split()))


def _words_for(facets: Facets) -> str:
    if facets.moment is not None:
        return "What is changing at {name}?"
    match facets.signal:
        case Signal.COMPLAINT:
            return "What does {name} complain about?"
        case Signal.PRAISE:
            return "What does {name} like?"
        case Signal.INQUIRY | Signal.SUGGESTION:
            return "What does {name} want?"
        case _:
            return "What do we know about {name}?"
