"""Contacts and employees as they are named in a text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from bot.domain.customer import Contact, Customer
from bot.services.customer_linking.endings import stems
from bot.services.customer_linking.words import Token, Vocabulary, name_words

_LONGEST_NAME = 4
_SAFE_IN_LOWER_CASE = 4


class Part(IntEnum):
    """How much of a person's name was written. A larger value is stronger evidence."""

    FIRST = 1
    LAST = 2
    FULL = 3


class ContactForm(NamedTuple):
    """One way to name a contact of a customer."""

    customer: int
    contact: Contact
    part: Part


@dataclass(frozen=True, slots=True)
class PersonMention:
    """Words `first` up to `last` (excluded) that name a person; no forms for one of our own."""

    first: int
    last: int
    forms: tuple[ContactForm, ...]

    @property
    def customers(self) -> tuple[int, ...]:
        """Whose contact it may be."""
        return tuple(dict.fromkeys(form.customer for form in self.forms))

    @property
    def part(self) -> Part:
        """The most that was written of the name."""
        return max((form.part for form in self.forms), default=Part.FULL)


class PeopleIndex:
    """Finds people by full name, and contacts by a first or last name that is theirs alone."""

    def __init__(
        self, customers: Sequence[Customer], employee_names: Sequence[str], known: Vocabulary
    ) -> None:
        self._known = known
        self._forms: defaultdict[str, list[ContactForm]] = defaultdict(list)
        self._first_names: set[str] = set()
        self._our_parts: set[str] = set()
        self._our_names: set[str] = set()
        for number, customer in enumerate(customers):
            for contact in customer.contacts:
                self._add_contact(number, contact)
        for name in employee_names:
            self._add_employee(name)

    def _add_contact(self, customer: int, contact: Contact) -> None:
        parts = self._parts(contact.name)
        if len(parts) == 1:
            self._forms[parts[0]].append(ContactForm(customer, contact, Part.LAST))
        if len(parts) < 2:
            return
        self._first_names.add(parts[0])
        self._forms["".join(parts)].append(ContactForm(customer, contact, Part.FULL))
        self._forms[parts[0]].append(ContactForm(customer, contact, Part.FIRST))
        self._forms[parts[-1]].append(ContactForm(customer, contact, Part.LAST))
        last = _last_name(parts, self._known)
        if last != parts[-1]:
            self._forms[last].append(ContactForm(customer, contact, Part.LAST))

    def _add_employee(self, name: str) -> None:
        parts = self._parts(name)
        self._our_parts.update(parts)
        self._our_names.add("".join(parts))
        self._first_names.update(parts[:1])

    def _parts(self, name: str) -> list[str]:
        """The parts of a name, each as one key: Per-Arne is perarne. Titles are left out."""
        parts = ["".join(name_words(part)) for part in name.split()]
        return [part for part in parts if part and part not in self._known.titles]

    def is_first_name(self, word: str) -> bool:
        """Whether some contact or employee is called so."""
        return word in self._first_names

    def is_contact(self, word: str) -> bool:
        """Whether some contact has this as a name."""
        return word in self._forms

    def is_our_name(self, word: str) -> bool:
        """Whether an employee has this first or last name."""
        return word in self._our_parts

    def last_name_at(self, word: str) -> frozenset[int]:
        """The customers with a contact of this last name."""
        return frozenset(f.customer for f in self._forms.get(word, ()) if f.part is Part.LAST)

    def full_names(self, words: Sequence[Token]) -> list[PersonMention]:
        """Everybody, of theirs and of ours, who is named in full."""
        found: list[PersonMention] = []
        for first, last in _runs(words, shortest=2):
            keys = _keys(words[first:last], self._known)
            if any(key in self._our_names for key in keys):
                found.append(PersonMention(first, last, ()))
                continue
            forms = self._of_part(keys, {Part.FULL})
            if forms:
                found.append(PersonMention(first, last, forms))
        return found

    def part_names(self, words: Sequence[Token], taken: frozenset[int]) -> list[PersonMention]:
        """Contacts who are named by their first or last name alone, or several it may be."""
        found = []
        for first, last in _runs(words, shortest=1, longest=3):
            if taken.isdisjoint(range(first, last)) and self._may_be_person(words, first, last):
                forms = self._of_part(
                    _keys(words[first:last], self._known), {Part.FIRST, Part.LAST}
                )
                forms = tuple(f for f in forms if self._fits(f, words, first, last))
                if forms:
                    found.append(PersonMention(first, last, forms))
        return found

    def _of_part(self, keys: Sequence[str], wanted: set[Part]) -> tuple[ContactForm, ...]:
        """The forms of the first key that has any: a name as written goes before a bent one."""
        for key in keys:
            forms = tuple(f for f in self._forms.get(key, ()) if f.part in wanted)
            if forms:
                return forms
        return ()

    def _may_be_person(self, words: Sequence[Token], first: int, last: int) -> bool:
        token = words[first]
        if all(word.folded in self._known.ordinary for word in words[first:last]):
            return token.is_capitalised and not token.starts_sentence and not token.ending
        if last - first == 1 and self.is_our_name(token.folded):
            return False
        return token.is_capitalised or len(token.folded) >= _SAFE_IN_LOWER_CASE

    def _fits(self, form: ContactForm, words: Sequence[Token], first: int, last: int) -> bool:
        if form.part is Part.FIRST:
            return not self._last_name_follows(words, last)
        before = words[first - 1] if first else None
        return before is None or not self._is_other_first_name(before)

    def _last_name_follows(self, words: Sequence[Token], last: int) -> bool:
        """Outi Karhapää is not the Outi Särkelä we know."""
        if last >= len(words) or words[last - 1].ending or not words[last].is_next:
            return False
        token = words[last]
        looks_like_name = (
            token.is_capitalised and not token.is_abbreviation and len(token.folded) > 2
        )
        return looks_like_name and token.folded not in self._known.common

    def _is_other_first_name(self, token: Token) -> bool:
        return token.is_capitalised and not token.ending and self.is_first_name(token.folded)


def _last_name(parts: Sequence[str], known: Vocabulary) -> str:
    """The last name with its particles, `dewael`."""
    start = len(parts) - 1
    while start > 1 and parts[start - 1] in known.small:
        start -= 1
    return "".join(parts[start:])


def _runs(
    words: Sequence[Token], *, shortest: int, longest: int = _LONGEST_NAME
) -> Iterator[tuple[int, int]]:
    """Every run of adjacent words, the longest at each place first."""
    for first in range(len(words)):
        end = first + 1
        while end < len(words) and end - first < longest and words[end].is_next:
            end += 1
        for last in range(end, first + shortest - 1, -1):
            yield first, last


def _keys(run: Sequence[Token], known: Vocabulary) -> list[str]:
    """What a run may be the written form of: as it is, then with its last word unbent."""
    head = "".join(token.folded for token in run[:-1])
    last = run[-1]
    if last.folded in known.ordinary:
        return [head + last.folded]
    return [head + last.folded, *(head + stem for stem in stems(last))]
