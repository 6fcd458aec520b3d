"""Where an address ends: unit, postcode, town, country, in the order that its writer chose."""

import re
from collections.abc import Sequence
from functools import cache

from bot.services.personal_data.cues import words
from bot.services.personal_data.tokens import Token

_MOST_STEPS = 14
_LONGEST_TOWN = 6
_LONGEST_LINK = 3  # letters of what joins the words of a name: "de", "nad"
_POSTCODE = re.compile(r"\d{4,6}(?:-\d{3,4})?")
_BRITISH = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}")


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(words("streets", "unit"), re.IGNORECASE)


def is_unit_word(token: Token) -> bool:
    """Whether it says which part of a house: "Apt"."""
    return token.is_word and _unit().fullmatch(token.text) is not None


def end_of_address(tokens: Sequence[Token], stop: int) -> tuple[int, bool]:
    """The index behind the address whose street ends before `stop`.

    And whether what follows proves that it is one: a unit, or a town with its postcode.
    """
    end = at = stop
    towns = 0
    has_unit = has_postcode = was_postcode = False
    for _ in range(_MOST_STEPS):
        begin = _past_separators(tokens, at)
        if after := _past_unit(tokens, begin):
            has_unit = True
            end = at = after
        elif _is_stair(tokens, begin):
            end = at = begin + 2
        elif after := _past_postcode(tokens, begin):
            has_postcode = was_postcode = True
            end = at = after
        elif after := _past_town(tokens, begin):
            is_apart = begin > at or not tokens[begin].is_near
            at, towns = after, towns + 1
            if was_postcode or (is_apart and (towns > 1 or _is_over(tokens, after))):
                end = after
            was_postcode = False
        else:
            break
    return end, has_unit or (towns > 0 and has_postcode)


def _past_separators(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and _is_separator(tokens, at):
        at += 1
    return at


def _is_separator(tokens: Sequence[Token], at: int) -> bool:
    """A dot is one at the end of a line, and what marks a quoted line at the beginning of one."""
    match tokens[at].text:
        case "," | "(" | ")" | "-" | "–":
            return True
        case ".":
            return at + 1 < len(tokens) and not tokens[at + 1].is_near
        case ">" | "|" | "*":
            return not tokens[at].is_near
        case _:
            return False


def _past_unit(tokens: Sequence[Token], at: int) -> int:
    """As "Apt. 864", "3º 2ª"; 0 for none, here as below."""
    if at >= len(tokens):
        return 0
    if _unit().fullmatch(tokens[at].text):
        after = _past_dot(tokens, at + 1)
        is_named = after < len(tokens) and (
            tokens[after].is_number or (len(tokens[after].text) == 1 and tokens[after].is_word)
        )
        return after + 1 if is_named else 0
    has_sign = at + 1 < len(tokens) and tokens[at + 1].text in ("º", "ª", "°")
    return at + 2 if tokens[at].text.isdigit() and has_sign else 0


def _is_stair(tokens: Sequence[Token], at: int) -> bool:
    """As in Finland: "A 12"."""
    if at + 1 >= len(tokens) or len(tokens[at].text) > 1 or not tokens[at].is_name:
        return False
    return tokens[at + 1].is_number and tokens[at + 1].is_near


def _past_dot(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if at < len(tokens) and tokens[at].text == "." else at


def _past_postcode(tokens: Sequence[Token], at: int) -> int:
    here = [token.text for token in tokens[at : at + 3]]
    match here:
        case [code, *_] if _BRITISH.fullmatch(code):
            return at + 1
        case [state, code, *_] if len(state) <= 3 and state.isalpha() and _POSTCODE.fullmatch(code):
            return at + 2
        case [code, *rest] if _POSTCODE.fullmatch(code):
            is_dutch = len(code) == 4 and bool(rest) and len(rest[0]) == 2 and rest[0].isupper()
            return at + 2 if is_dutch else at + 1
        case [head, tail, *_] if _is_split(head, tail):
            return at + 2
        case [code, *_] if len(code) == 3 and code.isdigit() and tokens[at].is_near:
            return at + 1 if _is_over(tokens, at + 1) else 0
        case _:
            return 0


def _is_split(head: str, tail: str) -> bool:
    """As in Sweden: "123 45"."""
    return len(head) == 3 and len(tail) == 2 and head.isdigit() and tail.isdigit()


def _past_town(tokens: Sequence[Token], at: int) -> int:
    if at < len(tokens) and len(tokens[at].text) == 1:
        return 0
    stop = last_name = at
    while stop < min(len(tokens), at + _LONGEST_TOWN):
        is_joined = stop > at and tokens[stop].is_word and len(tokens[stop].text) <= _LONGEST_LINK
        if (stop > at and not tokens[stop].is_near) or not (tokens[stop].is_name or is_joined):
            break
        stop += 1
        last_name = last_name if is_joined else stop
    return last_name if last_name > at else 0


def _is_over(tokens: Sequence[Token], at: int) -> bool:
    """Whether what looked like a town is not the beginning of something else."""
    return (
        at >= len(tokens)
        or not tokens[at].is_near
        or tokens[at].text in (".", ";", "!", "?", ")", ">")
    )
