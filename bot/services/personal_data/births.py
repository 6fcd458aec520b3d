"""Dates of birth: dates beside a word that says so."""

import re
from collections.abc import Iterator
from functools import cache

from bot.services.personal_data.cues import stands_after, stands_closely_before, words
from bot.services.personal_data.spans import Found, Kind

_MAY_BE_DATE = re.compile(r"(?:18|19|20)\d\d|\d\s?[./-]\s?\d")


@cache
def _date() -> re.Pattern[str]:
    month = words("months", "names")
    numeric = (
        r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:(?:18|19|20)\d{2}|\d{2})"
        r"|(?:18|19|20)\d{2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}"
    )
    day = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
    named = (
        rf"{day}\s{{1,2}}(?:of\s|de\s)?(?:{month}),?\s(?:de\s|del\s)?(?:18|19|20)\d{{2}}"
        rf"|(?:{month})\s{day},?\s(?:18|19|20)\d{{2}}"
    )
    return re.compile(rf"(?<![\w./-])(?:{numeric}|{named})(?![\w/-])(?!\.\d)", re.IGNORECASE)


def find_births(text: str) -> Iterator[Found]:
    """With the year: a birthday without it is no more than a date to congratulate on."""
    if not _MAY_BE_DATE.search(text):
        return
    for match in _date().finditer(text):
        start, end = match.span()
        if stands_closely_before("birth", text, start) or _is_said_after(text, end):
            yield Found(start, end, Kind.BIRTH_DATE)


def _is_said_after(text: str, end: int) -> bool:
    return stands_after("birth_after", text, end)
