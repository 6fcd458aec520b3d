"""What stands beside a message's card: the AI label with its citations, and the wish for feedback.

Source: learn.microsoft.com/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from adapters.teams.activity import JsonObject
from adapters.teams.text import shortened
from bot.messages import Action, Button, Reply, Source

RATED_BY: Final = frozenset({Action.RATE_GOOD, Action.RATE_BAD})
"""The buttons that stand below a message by Teams' own means, not in its card."""

MOST_CITATIONS: Final = 20
LONGEST_TITLE: Final = 80
LONGEST_ABSTRACT: Final = 160


def entity(sources: Sequence[Source], shown: str) -> JsonObject:
    """The one entity of a message: a second one would make Teams refuse it.

    Of the sources those are cited whose number is in what is `shown`.
    """
    cited = [_claim(source) for source in sources if f"[{source.number}]" in shown]
    label: JsonObject = {
        "type": "https://schema.org/Message",
        "@type": "Message",
        "@context": "https://schema.org",
        "additionalType": ["AIGeneratedContent"],
    }
    return label | ({"citation": cited[:MOST_CITATIONS]} if cited else {})


def feedback_wish(reply: Reply) -> JsonObject:
    """What makes Teams show its thumbs, and a form for a line of text, below a message."""
    return {"feedbackLoop": {"type": "default"}} if rated_question(reply) else {}


def rated_question(reply: Reply) -> str | None:
    """The question whose answer can be rated."""
    return next((button.value for button in reply.buttons if is_rating(button)), None)


def is_rating(button: Button) -> bool:
    """Whether Teams has it already."""
    return button.action in RATED_BY


def _claim(source: Source) -> JsonObject:
    document: JsonObject = {
        "@type": "DigitalDocument",
        "name": shortened(source.title, LONGEST_TITLE) or f"[{source.number}]",
        "abstract": shortened(source.text, LONGEST_ABSTRACT),
    }
    if source.href and urlsplit(source.href).scheme in {"http", "https"}:
        document["url"] = source.href
    return {"@type": "Claim", "position": source.number, "appearance": document}
