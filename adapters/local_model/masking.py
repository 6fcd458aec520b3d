"""Takes out of a text what belongs to one company only: names, addresses and figures.

A classifier that saw "Velmora complained" must not learn Velmora. Training and run time mask alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from adapters.local_model.names import customer_names, find_names
from bot.domain.customer import Customer
from bot.ports import NoteContext

CUSTOMER = "qcustomerq"
PERSON = "qpersonq"

_PATTERNS = (
    (re.compile(r"<@[^>\s]{1,200}>"), " qmentionq "),
    (re.compile(r"<[#!][^>]{1,200}>"), " qchannelq "),
    (re.compile(r"https?://\S{1,2000}"), " qlinkq "),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"), " qmailq "),
    (re.compile(r"\d+(?:[.,:/  ]\d+)*"), "0"),
)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names to mask, as they may be written."""

    customers: tuple[str, ...]
    people: tuple[str, ...]

    @classmethod
    def of(cls, context: NoteContext) -> "KnownNames":
        """The customers and contacts that are registered, and the note's author."""
        customers = tuple(name for c in context.customers for name in customer_names(c))
        return cls(customers, tuple(person_names(_people(context.customers, context.author_name))))


def person_names(full_names: Iterable[str]) -> list[str]:
    """Full names and their parts, of three letters or more."""
    names: dict[str, None] = {}
    for full_name in full_names:
        names[full_name] = None
        names.update(dict.fromkeys(p for p in full_name.replace(".", " ").split() if len(p) > 2))
    return list(names)


def mask(text: str, known: KnownNames) -> str:
    """The text with names, links, addresses and figures replaced by one word for each kind."""
    masked = _replaced(text, known.customers, CUSTOMER)
    masked = _replaced(masked, known.people, PERSON)
    for pattern, word in _PATTERNS:
        masked = pattern.sub(word, masked)
    return masked


def _people(customers: tuple[Customer, ...], author_name: str) -> list[str]:
    return [author_name, *(contact.name for c in customers for contact in c.contacts)]


def _replaced(text: str, names: Iterable[str], word: str) -> str:
    parts: list[str] = []
    end = 0
    for match in find_names(text, names):
        parts += [text[end : match.start], word]
        end = match.end
    return "".join([*parts, text[end:]])
