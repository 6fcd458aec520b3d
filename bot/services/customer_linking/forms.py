"""The ways a customer's name may be written, derived from its names alone."""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from bot.domain.customer import Customer
from bot.services.customer_linking.words import Vocabulary, name_words, spell_out

_SHORTEST_PHRASE = 2  # words in the shortest legal form of several words


class Kind(IntEnum):
    """Where a form comes from. A larger value is stronger evidence."""

    HEAD = 1  # what is distinctive in the name: Velmora of Velmora Therapeutics
    SHORT = 2  # the name without its legal form
    ALIAS = 3  # registered by a person
    NAME = 4  # the whole name


class Form(NamedTuple):
    """One way to write a customer. `words` is the number of words in it, connectors aside."""

    customer: int
    kind: Kind
    words: int
    written: str


def glue(words: Sequence[str], connectors: frozenset[str]) -> str:
    """Words as one key: `kulta-kauppa`, `kulta kauppa` and `kultakauppa` become equal."""
    if len(words) < 3 or connectors.isdisjoint(words):
        return "".join(words)
    inner = [w for w in words[1:-1] if w not in connectors]
    kept = [words[0], *inner, words[-1]]
    mark = "&" if len(kept) < len(words) and all(len(word) == 1 for word in kept) else ""
    return mark.join(kept)


def forms_of(
    number: int, customer: Customer, known: Vocabulary
) -> Iterator[tuple[Sequence[str], Form]]:
    """Every form of a customer with its words, some more than once."""
    for words in _spellings(customer.name):
        yield words, _form(number, Kind.NAME, words, customer.name, known)
        short = without_legal_form(words, known)
        if len(short) < len(words) and not known.shared.issuperset(short):
            yield short, _form(number, Kind.SHORT, short, customer.name, known)
        for head in _heads(short, known):
            yield head, _form(number, Kind.HEAD, head, customer.name, known)
    for alias in customer.aliases:
        for words in _spellings(alias):
            yield words, _form(number, Kind.ALIAS, words, alias, known)
            short = without_legal_form(words, known)
            if len(short) < len(words) and not known.common.issuperset(short):
                yield short, _form(number, Kind.ALIAS, short, alias, known)


def _form(number: int, kind: Kind, words: Sequence[str], written: str, known: Vocabulary) -> Form:
    if known.connectors.isdisjoint(words):
        return Form(number, kind, len(words), written)
    return Form(number, kind, sum(word not in known.connectors for word in words), written)


def _spellings(name: str) -> Iterator[list[str]]:
    words = name_words(name)
    if not words:
        return
    yield words
    if not name.isascii():
        spelt_out = name_words(spell_out(name))
        if spelt_out != words:
            yield spelt_out


def without_legal_form(words: Sequence[str], known: Vocabulary) -> Sequence[str]:
    """The words without what the law and the grammar add; all of them if nothing would be left."""
    start, end = 0, len(words)
    if end > _SHORTEST_PHRASE:
        text = " ".join(words)
        end -= next((len(p) for p in known.legal_phrases if text.endswith(" ".join(p))), 0)
        start += next((len(p) for p in known.legal_phrases if text.startswith(" ".join(p))), 0)
    while end - start > 1 and words[end - 1] in known.legal_or_connector:
        end -= 1
    while end - start > 1 and words[start] in known.legal_forms and len(words[start]) > 1:
        start += 1
    if end - start > 1 and words[start] in known.articles and len(words[start]) > 1:
        start += 1
    return words[start:end] if end > start else words


def _heads(words: Sequence[str], known: Vocabulary) -> Iterable[Sequence[str]]:
    """The beginnings of what follows the words that many names share."""
    start = next((i for i, word in enumerate(words) if word not in known.shared), None)
    if start is None:
        return
    if start:
        yield words[start:]
    for end in range(start + 1, len(words)):
        if words[end - 1] not in known.small:
            yield words[start:end]
