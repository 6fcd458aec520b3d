"""Finds registered contacts in a text, by full name or by a part that points to one only."""

from collections import defaultdict
from collections.abc import Iterable

from adapters.local_model.names import NameIndex, find_names
from bot.domain.customer import Customer


class ContactNames:
    """The contacts of some customers, by what they may be called."""

    def __init__(self, customers: Iterable[Customer]) -> None:
        self._owners: defaultdict[str, set[str]] = defaultdict(set)
        for full_name in (contact.name for c in customers for contact in c.contacts):
            for name in (full_name, *_parts(full_name)):
                self._owners[name].add(full_name)
        self._index = NameIndex(self._owners)

    def find(self, text: str) -> tuple[str, ...]:
        """The full names of those the text names, in its order.

        A first or last name counts with its capital, where it belongs to one contact only.
        """
        contacts: dict[str, None] = {}
        for match in find_names(text, self._index.among(text)):
            owners = self._owners[match.name]
            is_written_as_name = text[match.start].isupper() or " " in match.name
            if len(owners) == 1 and is_written_as_name:
                contacts.update(dict.fromkeys(owners))
        return tuple(contacts)


def _parts(full_name: str) -> list[str]:
    return [part for part in full_name.split() if len(part) > 2 and not part.endswith(".")]
