"""Words that streets are named with."""

import re
from functools import cache
from typing import Final

from bot.services.personal_data.cues import words
from bot.services.personal_data.tokens import Token

YEAR: Final = re.compile(r"19[5-9]\d|20[0-4]\d")
PARTICLES: Final = frozenset(
    [
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "del",
        "los",
        "las",
        "el",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "van",
        "der",
        "den",
        "of",
        "the",
        "und",
        "och",
        "og",
        "y",
        "e",
        "i",
        "d",
        "l",
        "al",
        "à",
        "aux",
        "sur",
        "zur",
        "zum",
        "am",
        "an",
        "im",
        "von",
        "st",
        "sta",
        "sto",
    ]
)


_LARGE = 3  # digits


@cache
def _pattern(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(words("streets", name) for name in names), re.IGNORECASE)


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(rf".{{2,24}}(?:{words('streets', 'ending')})", re.IGNORECASE)


def is_first_word(said: str) -> bool:
    """Whether it stands before a street's name: "rue", "Calle", "ul."."""
    return _pattern("first").fullmatch(said) is not None


def is_last_word(said: str, *, number: str) -> bool:
    """Whether it stands behind one in English: "Street", and "Knolls" behind a large number."""
    if _pattern("last").fullmatch(said):
        return True
    is_large = number.isdigit() and len(number) >= _LARGE
    return is_large and _pattern("last_of_many").fullmatch(said) is not None


def is_small_last_word(token: Token) -> bool:
    """Whether it does so in small letters as well."""
    return token.is_word and _pattern("last_small").fullmatch(token.text) is not None


def is_street_word(token: Token) -> bool:
    """Whether it stands behind one in any language."""
    return token.is_word and _pattern("last", "apart").fullmatch(token.text) is not None


def has_street_ending(token: Token) -> bool:
    """Whether it is a street's whole name: "Koskikatu"."""
    return token.is_name and _ending().fullmatch(token.text) is not None


def is_box(said: str) -> bool:
    """Whether it says so for certain; without dots and spaces."""
    return _pattern("box").fullmatch(said) is not None


def may_be_box(said: str) -> bool:
    """Whether it may."""
    return _pattern("maybe_box").fullmatch(said) is not None


@cache
def _date_word() -> re.Pattern[str]:
    named = "|".join(words("months", name) for name in ("names", "days"))
    return re.compile(named, re.IGNORECASE)


def is_date_word(token: Token) -> bool:
    """A month or a day of the week, which stand beside numbers as well."""
    return _date_word().fullmatch(token.text) is not None
