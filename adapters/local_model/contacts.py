"""Finds registered contacts in a text, by full name or by a part that points to one only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from adapters.local_model.names import customer_names, find_names
from bot.domain.customer import Customer


def find_contacts(text: str, customers: Sequence[Customer]) -> tuple[str, ...]:
    """The full names of the contacts that the text names, in its order.

    A first or last name counts with its capital, where it belongs to one contact only: of the
    customers that the text names, or else of all.
    """
    named = [c for c in customers if find_names(text, customer_names(c))]
    found = _found(text, _full_names(named)) if named else ()
    return found or _found(text, _full_names(customers))


def _full_names(customers: Iterable[Customer]) -> list[str]:
    return list(dict.fromkeys(contact.name for c in customers for contact in c.contacts))


def _found(text: str, full_names: Sequence[str]) -> tuple[str, ...]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for full_name in full_names:
        for name in {full_name, *_parts(full_name)}:
            owners[name].add(full_name)
    contacts: dict[str, None] = {}
    for match in find_names(text, owners):
        is_written_as_name = text[match.start].isupper() or " " in match.name
        if len(owners[match.name]) == 1 and is_written_as_name:
            contacts.update(dict.fromkeys(owners[match.name]))
    return tuple(contacts)


def _parts(full_name: str) -> list[str]:
    return [part for part in full_name.split() if len(part) > 2 and not part.endswith(".")]
