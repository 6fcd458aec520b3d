"""Finds the names of known customers and people in a text, by exact match."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.customer import Customer

# Shorter names are matched with their case ("PE", not "pe"), and without an ending.
_SHORT = 4


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name as it stands in a text: `text[start:end]`."""

    name: str
    start: int
    end: int


def customer_names(customer: Customer) -> tuple[str, ...]:
    """What a customer is called, the registered name first."""
    return (customer.name, *customer.aliases)


def find_names(text: str, names: Iterable[str]) -> list[NameMatch]:
    """Every place where one of the names stands as a word, longest first where they overlap.

    Longer names may carry an ending ("Velmoras", "Novaralta"); the match leaves it out.
    """
    lowered = text.lower()
    found: list[NameMatch] = []
    for name in names:
        # Most names are not there, and this is the quickest way to see it.
        if name and name.lower() in lowered:
            found.extend(_places(text, name))
    found.sort(key=lambda match: (match.start, match.start - match.end))
    return _without_overlaps(found)


def _places(text: str, name: str) -> list[NameMatch]:
    is_short = len(name) < _SHORT
    ending = r"(?!\w)" if is_short else r"(?!\w{6})"
    flags = re.NOFLAG if is_short else re.IGNORECASE
    pattern = re.compile(rf"(?<!\w){re.escape(name)}{ending}", flags)
    return [NameMatch(name, match.start(), match.end()) for match in pattern.finditer(text)]


def _without_overlaps(matches: list[NameMatch]) -> list[NameMatch]:
    kept: list[NameMatch] = []
    for match in matches:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
