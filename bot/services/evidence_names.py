"""Which customers and people a sentence names, however they are written."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.customer import Customer
from bot.services.customer_linking.forms import Kind, forms_of
from bot.services.customer_linking.words import fold, vocabulary

_WORD = re.compile(r"[^\W_]+")
_LONGEST_UNBENT = 4  # characters of a name that takes no ending
_LONGEST_BENT = 40
_SHORTEST_HEAD = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A name as folded words. `is_small` when it is itself written without a capital."""

    words: tuple[str, ...]
    is_small: bool
    has_letter_case: bool

    @property
    def takes_endings(self) -> bool:
        """Whether its end may be bent; in a short one that makes another word."""
        return sum(map(len, self.words)) > _LONGEST_UNBENT


class NamesIn:
    """The words of a text, in which names are looked for.

    `as_names` takes a single word for a name only where it has a capital, since customers are
    called Bridge and Orange too.
    """

    def __init__(self, text: str, *, as_names: bool) -> None:
        written = _WORD.findall(unicodedata.normalize("NFKC", text))
        self._folded = [fold(word) for word in written]
        self._has_capital = [not word.islower() for word in written]
        self._as_names = as_names
        self._text = fold(text)
        self._starts: dict[str, list[int]] = {}
        for at, word in enumerate(self._folded):
            for start in _beginnings(word):
                self._starts.setdefault(start, []).append(at)

    def all_of(self, customers: Iterable[Customer]) -> Iterator[Name]:
        """Every name of the customers, and of their people, that is here."""
        for customer in filter(self._may_name, customers):
            names = (*_own_names(customer), *_peoples_names(customer))
            yield from filter(self.has, names)

    def customers_among(self, customers: Iterable[Customer]) -> set[str]:
        """The ids of the customers that are named themselves."""
        return {
            customer.id
            for customer in filter(self._may_name, customers)
            if any(self.has(name) for name in _own_names(customer))
        }

    def _may_name(self, customer: Customer) -> bool:
        """Cheaply, before all ways to write it are worked out: there may be many customers."""
        words = _plain_words(customer)
        return words is None or any(word in self._starts for word in words)

    def has(self, name: Name) -> bool:
        """Whether the name is here; its end may be bent."""
        if not name.has_letter_case:
            return "".join(name.words) in self._text.replace(" ", "")
        return any(self._stands_at(at, name) for at in self._starts.get(name.words[0], ()))

    def _stands_at(self, at: int, name: Name) -> bool:
        words = self._folded[at : at + len(name.words)]
        if len(words) < len(name.words) or tuple(words[:-1]) != name.words[:-1]:
            return False
        last = name.words[-1]
        if words[-1] != last and not (name.takes_endings and words[-1].startswith(last)):
            return False
        is_several = len(name.words) > 1
        return is_several or not self._as_names or name.is_small or self._has_capital[at]


def _beginnings(word: str) -> Iterator[str]:
    yield word
    longest = min(len(word), _LONGEST_BENT)
    yield from (word[:length] for length in range(_LONGEST_UNBENT + 1, longest))


@lru_cache(maxsize=20_000)
def _plain_words(customer: Customer) -> frozenset[str] | None:
    """The words of all names there; None where they may be written in other letters too."""
    people = (contact.name for contact in customer.contacts)
    names = " ".join((customer.name, *customer.aliases, *people))
    words = names.lower().split()
    is_plain = names.isascii() and all(map(str.isalnum, words))
    return frozenset(words) if is_plain else None


@lru_cache(maxsize=20_000)
def _own_names(customer: Customer) -> tuple[Name, ...]:
    """Whole, without the legal form, by its aliases, and by the word that tells it from others."""
    known = vocabulary()
    names: dict[tuple[str, ...], Name] = {}
    for words, form in forms_of(0, customer, known):
        key = tuple(_WORD.findall(" ".join(words)))
        is_doubtful = form.kind is Kind.HEAD and (
            all(word in known.ordinary or word in known.common for word in words)
            or sum(map(len, key)) < _SHORTEST_HEAD
        )
        if key and not is_doubtful:
            names.setdefault(key, _name(key, form.written))
    return tuple(names.values())


@lru_cache(maxsize=20_000)
def _peoples_names(customer: Customer) -> tuple[Name, ...]:
    """In full only: many share a first name or a surname."""
    folded = ((tuple(map(fold, _WORD.findall(c.name))), c.name) for c in customer.contacts)
    return tuple(_name(words, written) for words, written in folded if len(words) > 1)


def _name(words: tuple[str, ...], written: str) -> Name:
    has_case = written.upper() != written.lower() or written.isdecimal()
    return Name(words, written.islower(), has_case)
