"""Takes out of a text what belongs to one company only: names, addresses and figures.

A classifier that saw "Velmora complained" must not learn Velmora. Training and run time mask alike.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.local_model.names import NameIndex, NameMatch, find_names

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
    """The names to mask, as they may be written: customers, their contacts, and the author."""

    customers: NameIndex
    contacts: NameIndex
    author: Sequence[str] = ()


def person_names(full_names: Iterable[str]) -> list[str]:
    """Full names and their parts, of three letters or more."""
    names: dict[str, None] = {}
    for full_name in full_names:
        names[full_name] = None
        names.update(dict.fromkeys(p for p in full_name.replace(".", " ").split() if len(p) > 2))
    return list(names)


def mask(text: str, known: KnownNames) -> str:
    """The text with names, links, addresses and figures replaced by one word for each kind."""
    masked = _replaced(text, known.customers.find(text), CUSTOMER)
    people = (*known.author, *known.contacts.among(masked))
    masked = _replaced(masked, find_names(masked, people), PERSON)
    for pattern, word in _PATTERNS:
        masked = pattern.sub(word, masked)
    return masked


def _replaced(text: str, matches: Iterable[NameMatch], word: str) -> str:
    parts: list[str] = []
    end = 0
    for match in matches:
        parts += [text[end : match.start], word]
        end = match.end
    return "".join([*parts, text[end:]])
