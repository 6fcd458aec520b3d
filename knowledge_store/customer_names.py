"""Customers by what a person types of a name: the entries that are looked up, and the look-up.

Each word of a name or alias begins an entry that runs to the end of the name, so that what is typed
is a range of one index, whichever word it begins with. Every query walks such a range and stops at
its limit: it costs as much among fifty thousand customers as among fifty.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, delete, exists, insert, select
from sqlalchemy.orm import Session, aliased

from bot.domain.audience import Audience
from bot.domain.customer import LONGEST_NAME
from knowledge_store.columns import storable
from knowledge_store.tables import CustomerNameRow, CustomerRow, NamePart
from knowledge_store.visibility import may_know

_MOST_WORDS = 12
_LOOKED_AT = 2_000
"""Customers with one of the words typed, among which those with the others are looked for."""

_NAMES_OF_ONE = 4
"""So many of a customer's names can begin alike, and others are still found beside it."""

_AT_A_TIME = 500
_HIGHEST = "\U0010ffff"
_APOSTROPHES = "'’‘ʼ`´"
_PLAIN = re.compile(r"[a-z0-9 ]*")
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def folded(name: str) -> str:
    """A name as it is looked up: without case, accents, width, apostrophes and punctuation."""
    name = storable(name[:LONGEST_NAME]).casefold()
    if _PLAIN.fullmatch(name):
        return " ".join(name.split())
    # Folded once more: what signs stand for may be capitals.
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    words = "".join(map(_folded, plain)).split()
    # A name of signs alone is looked up by these.
    return unicodedata.normalize("NFC", " ".join(words or plain.split()))


def _folded(character: str) -> str:
    if unicodedata.combining(character) or character in _APOSTROPHES:
        return ""
    is_of_a_word = character.isalnum() or unicodedata.category(character)[0] == "M"
    return character if is_of_a_word else " "


# --- keeping ------------------------------------------------------------------------------------

Entry = tuple[NamePart, str]
"""Where in the customer's names it begins, and the folded name from there on."""


def entries(name: str, aliases: Sequence[str]) -> set[Entry]:
    """What a customer with these names is looked up by."""
    of_aliases = (
        e for alias in aliases for e in _entries(alias, NamePart.ALIAS, NamePart.IN_ALIAS)
    )
    return {*_entries(name, NamePart.NAME, NamePart.IN_NAME), *of_aliases}


def _entries(name: str, whole: NamePart, inside: NamePart) -> Iterator[Entry]:
    words = folded(name).split()
    for at in range(min(len(words), _MOST_WORDS)):
        yield inside if at else whole, " ".join(words[at:])


def put_names(session: Session, customers: Sequence[CustomerRow]) -> None:
    """Have these customers, which are flushed, found by the names that they have now."""
    for first in range(0, len(customers), _AT_A_TIME):
        batch = customers[first : first + _AT_A_TIME]
        ids = [row.id for row in batch]
        session.execute(delete(CustomerNameRow).where(CustomerNameRow.customer_id.in_(ids)))
        rows = [
            {"workspace": row.workspace, "part": part, "start": start, "customer_id": row.id}
            for row in batch
            for part, start in entries(row.name, row.aliases)
        ]
        if rows:
            session.execute(insert(CustomerNameRow), rows)


# --- looking up ---------------------------------------------------------------------------------


def ids_named(session: Session, audience: Audience, name: str) -> list[str]:
    """The customers whose whole name this is, or else those who have it as an alias."""
    for part in NamePart.NAME, NamePart.ALIAS:
        statement = (
            select(CustomerNameRow.customer_id)
            .where(
                _is_known(audience),
                CustomerNameRow.part == part,
                CustomerNameRow.start == folded(name),
            )
            .order_by(CustomerNameRow.customer_id)
            .limit(_NAMES_OF_ONE)
        )
        if found := list(session.scalars(statement)):
            return found
    return []


def ids_matching(session: Session, audience: Audience, text: str, limit: int) -> list[str]:
    """At most so many, best first.

    Whose name it is; whose name begins with it, then whose alias; who have it from a later word
    on; and who have all the words in any order.
    """
    typed = folded(text)
    found = dict.fromkeys(ids_named(session, audience, text))
    for part in NamePart:
        if len(found) >= limit:
            break
        found |= dict.fromkeys(_beginning(session, audience, part, typed, limit))
    words = typed.split()
    if len(words) > 1 and len(found) < limit:
        found |= dict.fromkeys(_with_all(session, audience, words, limit))
    return list(found)[:limit]


def _beginning(
    session: Session, audience: Audience, part: NamePart, typed: str, limit: int
) -> Iterator[str]:
    statement = (
        select(CustomerNameRow.customer_id)
        .where(
            _is_known(audience),
            CustomerNameRow.part == part,
            *_begins(CustomerNameRow, typed),
        )
        .order_by(CustomerNameRow.start, CustomerNameRow.customer_id)
        .limit(limit * _NAMES_OF_ONE)
    )
    yield from session.scalars(statement)


def _with_all(
    session: Session, audience: Audience, words: Sequence[str], limit: int
) -> Iterator[str]:
    """Led by the longest word, which tells most."""
    first, *others = sorted(set(words), key=len, reverse=True)[:_MOST_WORDS]
    led = (
        select(CustomerNameRow.customer_id, CustomerNameRow.part, CustomerNameRow.start)
        .where(
            _is_known(audience),
            CustomerNameRow.part.in_(list(NamePart)),
            *_begins(CustomerNameRow, first),
        )
        .limit(_LOOKED_AT)
        .subquery()
    )
    has_all = []
    for word in others:
        other = aliased(CustomerNameRow)
        is_there = (other.customer_id == led.c.customer_id, *_begins(other, word))
        has_all.append(exists().where(*is_there))
    statement = (
        select(led.c.customer_id)
        .where(*has_all)
        .order_by(led.c.part, led.c.start)
        .limit(limit * _NAMES_OF_ONE)
    )
    yield from session.scalars(statement)


def _is_known(audience: Audience) -> ColumnElement[bool]:
    """Asked before any limit: names that one may not know take no place from others."""
    return may_know(audience, CustomerNameRow.workspace, CustomerNameRow.customer_id)


def _begins(row: type[CustomerNameRow], typed: str) -> tuple[ColumnElement[bool], ...]:
    """A range of the index, as LIKE is none for every database and collation."""
    return row.start >= typed, row.start < typed + _HIGHEST
