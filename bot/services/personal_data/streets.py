"""Streets known by a word for streets, as tokens `[first, stop)` around a number."""

from collections.abc import Sequence

from bot.services.personal_data.address_ends import is_unit_word
from bot.services.personal_data.address_words import (
    PARTICLES,
    YEAR,
    has_street_ending,
    is_box,
    is_first_word,
    is_last_word,
    is_small_last_word,
    is_street_word,
)
from bot.services.personal_data.tokens import Token

_LONGEST_NAME = 5
_REACH = 8  # tokens
_NUMBER_SIGNS = frozenset((",", ".", "º", "°", "n", "no", "nº", "nr", "num"))


def street(tokens: Sequence[Token], at: int, floor: int) -> tuple[int, int] | None:
    """The street that the number at this place belongs to; nothing before `floor` is part of it."""
    return _boxed(tokens, at, floor) or _number_last(tokens, at, floor) or _number_first(tokens, at)


def street_of_any_case(tokens: Sequence[Token], at: int, floor: int) -> tuple[int, int] | None:
    """The same in a text without capitals: for where something else says that one lives there."""
    low = max(floor, at - _REACH)
    around = [_as_name(token) for token in tokens[low : at + _REACH]]
    found = street(around, at - low, 0)
    return (found[0] + low, found[1] + low) if found else None


def _as_name(token: Token) -> Token:
    is_name = token.is_word and token.folded not in PARTICLES
    return token._replace(is_name=is_name)


def _boxed(tokens: Sequence[Token], at: int, floor: int) -> tuple[int, int] | None:
    """As "P.O. Box 287"."""
    said = ""
    for first in range(at - 1, max(floor, at - 5) - 1, -1):
        if not tokens[first + 1].is_near or not (
            tokens[first].is_word or tokens[first].text == "."
        ):
            return None
        said = tokens[first].folded.replace(".", "") + said
        if is_box(said):
            return first, at + 1
    return None


# --- the number behind the name -------------------------------------------------------------------


def _number_last(tokens: Sequence[Token], at: int, floor: int) -> tuple[int, int] | None:
    """As "Koskikatu 25", "Erzsébet tér 19", "Calle de la Paz, nº 5"."""
    end = _before_number_signs(tokens, at, floor)
    if end <= floor or not all(token.is_near for token in tokens[end : at + 1]):
        return None
    first = _start_of_street(tokens, end, floor)
    if first is None or YEAR.fullmatch(tokens[at].text):
        return None
    return first, at + 1


def _before_number_signs(tokens: Sequence[Token], at: int, floor: int) -> int:
    end = at
    while end > floor and tokens[end - 1].folded in _NUMBER_SIGNS:
        end -= 1
    return end


def _start_of_street(tokens: Sequence[Token], end: int, floor: int) -> int | None:
    last = end - 1
    if has_street_ending(tokens[last]):
        return last
    if is_street_word(tokens[last]) and last > floor and tokens[last - 1].is_name:
        return _start_of_names(tokens, last, floor)
    for first in range(last, max(floor, last - _LONGEST_NAME) - 1, -1):
        if not _may_be_named(tokens, first):
            return None
        if first < last and is_first_word(dotted(tokens, first)):
            return first if _has_name(tokens, first + 1, end) else None
    return None


def _start_of_names(tokens: Sequence[Token], at: int, floor: int) -> int:
    first = at
    while first > max(floor, at - 3) and tokens[first].is_near and tokens[first - 1].is_name:
        first -= 1
    return first


# --- the number before the name -------------------------------------------------------------------


def _number_first(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """As "14 Elm Street", "12 bis, rue de la Paix"."""
    first = at + 1
    while first < len(tokens) and tokens[first].folded in (",", "bis", "ter"):
        first += 1
    stop = _end_of_names(tokens, first)
    if stop <= first:
        return None
    if is_first_word(dotted(tokens, first)):
        return (at, _with_number(tokens, stop)) if _has_name(tokens, first + 1, stop) else None
    if first > at + 1 or not tokens[first].is_name:
        return None
    number = tokens[at].text
    for last in range(stop - 1, first, -1):
        is_written = tokens[last].is_name or is_small_last_word(tokens[last])
        if is_written and is_last_word(tokens[last].text, number=number):
            return at, last + 1
    return None


def _end_of_names(tokens: Sequence[Token], first: int) -> int:
    """Behind the last of the names that stand here in this line, and what joins them."""
    stop = first
    for at in range(first, min(len(tokens), first + _LONGEST_NAME)):
        is_small = at > first and tokens[at - 1].is_name and is_small_last_word(tokens[at])
        if not tokens[at].is_near or not (is_small or _may_be_named(tokens, at)):
            break
        if is_unit_word(tokens[at]):
            break
        if is_small or tokens[at].is_name:
            stop = at + 1
    return stop


def _with_number(tokens: Sequence[Token], stop: int) -> int:
    has_number = stop < len(tokens) and tokens[stop].is_number and tokens[stop].is_near
    return stop + 1 if has_number else stop


def _may_be_named(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.text in ("/", "'", "’", "."):
        return True
    if not token.is_word:
        return False
    return token.is_name or token.folded in PARTICLES or is_first_word(dotted(tokens, at))


def _has_name(tokens: Sequence[Token], first: int, stop: int) -> bool:
    return any(token.is_name for token in tokens[first:stop])


def dotted(tokens: Sequence[Token], at: int) -> str:
    """The word with the dot behind it, where one is: "Av."."""
    has_dot = at + 1 < len(tokens) and tokens[at + 1].text == "."
    return tokens[at].text + "." if has_dot else tokens[at].text
