"""What a question asks for: whose knowledge, and what it leans on."""

import re
from dataclasses import dataclass

from bot.domain.answer import Question
from bot.domain.people import Conversation
from bot.services.customer_linking import LinkContext
from bot.services.personal_data import masked
from bot.services.registry import Registry

_ELLIPSIS_WORDS = 14
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """A question with what was read from it.

    `words` is what to search for, without the customers' names; with the earlier question's words
    where this one follows up a question that named no customer. `follows` is the earlier question
    where this one leans on it, else empty.
    `unknown_names` look like organisations that nobody registered.
    """

    words: str
    customer_ids: tuple[str, ...]
    unknown_names: tuple[str, ...]
    follows: str = ""


def read_question(
    text: str,
    conversation: Conversation | None,
    registry: Registry,
    earlier: Question | None,
) -> QuestionReading:
    """Customers named in the question, else those of what it follows up on.

    Where a name fits several customers, knowledge on all of them is looked at, and each citation
    says whose it is. Nothing is found by personal data, which would tell whose it is.
    """
    text = masked(text)
    named = registry.linker.link(text, LinkContext())
    customer_ids = named.customer_ids or tuple(c.id for c in named.candidates)
    if customer_ids:
        words = _without_names(text, registry, customer_ids)
        return QuestionReading(words, customer_ids, ())
    if earlier and _is_elliptic(text):
        # The customer carries over; the earlier words would drown the new ones.
        follows = masked(earlier.text)
        words = text if earlier.customer_ids else f"{text}\n{follows}"
        return QuestionReading(words, earlier.customer_ids, (), follows)
    here = LinkContext(
        conversation_name=conversation.name if conversation else "",
        conversation_customer_id=conversation.customer_id if conversation else None,
    )
    beside = registry.linker.link(text, here)
    return QuestionReading(text, beside.customer_ids, named.unknown_names)


def _without_names(text: str, registry: Registry, customer_ids: tuple[str, ...]) -> str:
    """The question without its customers' names, which every note on them has anyway."""
    names = [
        name
        for customer in registry.customers
        if customer.id in customer_ids
        for name in (customer.name, *customer.aliases)
    ]
    of_names = {word for name in names for word in _WORD.findall(name.casefold())}
    kept = [word for word in text.split() if not _is_name(word, of_names)]
    return " ".join(kept) or text


def _is_name(word: str, of_names: set[str]) -> bool:
    parts = _WORD.findall(word.casefold())
    return bool(parts) and parts[0] in of_names


def _is_elliptic(text: str) -> bool:
    """A short question that names no customer leans on the one before it."""
    return len(_WORD.findall(text)) <= _ELLIPSIS_WORDS
