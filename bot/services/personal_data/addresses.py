"""Postal addresses: a street with its number, or a box, and what follows up to the country."""

import re
from collections.abc import Iterator, Sequence

from bot.services.personal_data.address_ends import end_of_address
from bot.services.personal_data.address_words import YEAR, is_street_word
from bot.services.personal_data.cues import (
    is_of_a_thing,
    stands_before,
    stands_closely_before,
    stands_right_before,
)
from bot.services.personal_data.named_places import Place, named_place
from bot.services.personal_data.spans import Found, Kind
from bot.services.personal_data.streets import street, street_of_any_case
from bot.services.personal_data.tokens import Token, tokens_of

_POSTCODE = re.compile(
    r"(?<![\w.,/-])(?:\d{3}\s\d{2}|\d{4,6}(?:-\d{3,4})?|\d{3}|\d{4}\s?[A-Z]{2}"
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})(?![\w%€$£])(?![.,]\d)"
)
_MILITARY = re.compile(
    r"(?<!\w)(?:(?i:psc|unit|cmr)\s\d{1,5}(?:,?\s(?i:box)\s\d{1,5})?\s"
    r"|[A-Z][^\W\d_]{1,20}\s(?:[A-Z][^\W\d_]{1,20}\s){0,2})?(?i:[AFD]PO,?\sA[AEP])\s\d{5}(?!\w)"
)
_MAY_BE_MILITARY = re.compile(r"[AFDafd][Pp][Oo]")
_NAMED_WITHIN = 40  # characters from "postcode" to the postcode


def find_addresses(text: str) -> Iterator[Found]:
    """With unit, postcode, town and country where they follow."""
    if _MAY_BE_MILITARY.search(text):
        yield from (Found(*match.span(), Kind.ADDRESS) for match in _MILITARY.finditer(text))
    for match in _POSTCODE.finditer(text):
        if stands_before("postcode", text, match.start(), within=_NAMED_WITHIN):
            yield Found(*match.span(), Kind.ADDRESS)
    yield from _streets(text, tokens_of(text))


def _streets(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    done = 0
    numbers = [at for at, token in enumerate(tokens) if token.is_number]
    for at in numbers:
        if at >= done and _is_beside_words(tokens, at):
            first, stop = _address(text, tokens, at, done)
            if stop > done:
                done = stop
                yield Found(tokens[first].start, tokens[stop - 1].end, Kind.ADDRESS)


def _is_beside_words(tokens: Sequence[Token], at: int) -> bool:
    """Spares most numbers the rest."""
    return any(token.is_word for token in tokens[max(0, at - 3) : at + 3])


def _address(text: str, tokens: Sequence[Token], at: int, floor: int) -> tuple[int, int]:
    """Its first token and the one behind it, (0, 0) for none."""
    found = street(tokens, at, floor)
    place = None if found else named_place(tokens, at, floor)
    if found is None and place is not None:
        found = _proven(text, tokens, place)
    if found is None and stands_closely_before("lives", text, tokens[at].start):
        found = street_of_any_case(tokens, at, floor)
    if found is None:
        return 0, 0
    first = _with_numbers_before(tokens, found[0], floor)
    end, _ = end_of_address(tokens, found[1])
    return first, _with_corner(tokens, first, end)


def _proven(text: str, tokens: Sequence[Token], place: Place) -> tuple[int, int] | None:
    _, is_proven = end_of_address(tokens, place.stop)
    if is_proven or _is_lived_in(text, place, tokens[place.first].start):
        return place.first, place.stop
    return None


def _is_lived_in(text: str, place: Place, start: int) -> bool:
    if is_of_a_thing(text, start):
        return False
    if stands_closely_before("lives", text, start):
        return True
    return place.is_sure and (
        stands_closely_before("sent", text, start) or stands_right_before("at", text, start)
    )


def _with_numbers_before(tokens: Sequence[Token], first: int, floor: int) -> int:
    """Postcodes and the like stand before a street in many countries."""
    for _ in range(2):
        is_number = first > floor and tokens[first - 1].is_number and tokens[first].is_near
        if not is_number or YEAR.fullmatch(tokens[first - 1].text):
            break
        first -= 1
    return first


def _with_corner(tokens: Sequence[Token], first: int, end: int) -> int:
    """As "The corner of 25 Elm Street and King Road"."""
    is_corner = first >= 2 and [t.folded for t in tokens[first - 2 : first]] == ["corner", "of"]
    at = end
    while at < min(len(tokens), end + 2) and (tokens[at].text == "." or is_street_word(tokens[at])):
        at += 1
    if not is_corner or at >= len(tokens) or tokens[at].folded != "and":
        return end
    stop = at + 1
    while stop < min(len(tokens), at + 5) and tokens[stop].is_name:
        stop += 1
    return stop if stop > at + 1 else end
