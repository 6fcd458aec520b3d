"""Names beside a number that are an address only where something else says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services.personal_data.address_words import YEAR, is_date_word, may_be_box
from bot.services.personal_data.tokens import Token

_MOST_NAMES = 4
_SHORTEST_NAME = 3
_SHORTEST_LOWER = 6


@dataclass(frozen=True, slots=True)
class Place:
    """`tokens[first:stop]`. `is_sure` is set where little else has this form."""

    first: int
    stop: int
    is_sure: bool


def named_place(tokens: Sequence[Token], at: int, floor: int) -> Place | None:
    """As "17151 Crown Hill 450", "Joaquin Suarez 2906", "214 Pavlou Drandaki", "Box 12"."""
    if YEAR.fullmatch(tokens[at].text):
        return None
    return _between(tokens, at) or _behind(tokens, at, floor) or _before(tokens, at)


def _between(tokens: Sequence[Token], at: int) -> Place | None:
    if not tokens[at].text.isdigit() or len(tokens[at].text) < 2:
        return None
    stop = _end_of_names(tokens, at + 1, may_be_lower=True)
    is_closed = stop > at + 1 and stop < len(tokens) and tokens[stop].is_number
    if not is_closed or not tokens[stop].is_near or YEAR.fullmatch(tokens[stop].text):
        return None
    return Place(at, stop + 1, is_sure=True)


def _behind(tokens: Sequence[Token], at: int, floor: int) -> Place | None:
    if at <= floor or not tokens[at].is_near or tokens[at].start == tokens[at - 1].end:
        return None
    first = at
    while first > max(floor, at - _MOST_NAMES) and _is_plain_name(tokens[first - 1]):
        first -= 1
        if not tokens[first].is_near:
            break
    if first < at:
        return Place(first, at + 1, is_sure=at - first > 1 and len(tokens[at].text) > 1)
    is_box = may_be_box(tokens[at - 1].folded) and len(tokens[at].text) > 1
    return Place(at - 1, at + 1, is_sure=True) if is_box else None


def _before(tokens: Sequence[Token], at: int) -> Place | None:
    if not tokens[at].text.isdigit() or len(tokens[at].text) < 2:
        return None
    stop = _end_of_names(tokens, at + 1)
    return Place(at, stop, is_sure=stop > at + 2) if stop > at + 1 else None


def _end_of_names(tokens: Sequence[Token], first: int, *, may_be_lower: bool = False) -> int:
    at = first
    while at < min(len(tokens), first + _MOST_NAMES) and tokens[at].is_near:
        is_lower = may_be_lower and tokens[at].is_word and len(tokens[at].text) >= _SHORTEST_LOWER
        if not (is_lower or _is_plain_name(tokens[at])):
            break
        at += 1
    return at


def _is_plain_name(token: Token) -> bool:
    return token.is_name and len(token.text) >= _SHORTEST_NAME and not is_date_word(token)
