"""Dates in digits: 2026-11-22, 22.11.2026, 22.11., 22/11/2026. The day comes before the month."""

import re
from dataclasses import dataclass
from datetime import date

# Every number has few digits and nothing is repeated without bound: matching takes constant time.
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d|-\d)")
_FULL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?!\d)")
_DOTTED_RANGE = re.compile(r"(\d{1,2})\.?\s?[-–]\s?(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])")
_NO_DATE_BEFORE = frozenset("._/-+:#€$£@%§=")
_NO_DATE_AFTER = re.compile(r"\s?[%€$£°]|\s?(?:EUR|USD|SEK|kg|km)\b")
_CENTURY = 2000
_ROUND_THE_CLOCK = (24, 7)


@dataclass(frozen=True, slots=True)
class DigitDate:
    """A date in digits. Without a year it comes every year.

    `first_day` is set for a range within a month (4.-20.5.). `is_sure`: nothing else looks so.
    """

    year: int | None
    month: int
    day: int
    end: int
    is_sure: bool
    first_day: int | None = None


def digit_date(text: str, start: int) -> DigitDate | None:
    """The date in digits that begins at a character of the text."""
    before = text[start - 1] if start else " "
    if before.isalnum() or before in _NO_DATE_BEFORE:
        return None
    found = _iso(text, start) or _full(text, start) or _range(text, start)
    found = found or _dotted(text, start) or _slashed(text, start)
    if found is None or _NO_DATE_AFTER.match(text, found.end):
        return None
    return found


def _iso(text: str, start: int) -> DigitDate | None:
    match = _ISO.match(text, start)
    if not match:
        return None
    year, month, day = map(int, match.groups())
    return _checked(DigitDate(year, month, day, match.end(), is_sure=True))


def _full(text: str, start: int) -> DigitDate | None:
    match = _FULL.match(text, start)
    if not match:
        return None
    first, sign, second, year = match.groups()
    if sign == "-" and len(year) == 2:
        return None
    day, month = int(first), int(second)
    if month > 12 >= day and sign == "/":
        day, month = month, day
    full = int(year) + (_CENTURY if len(year) == 2 else 0)
    return _checked(DigitDate(full, month, day, match.end(), is_sure=len(year) == 4))


def _range(text: str, start: int) -> DigitDate | None:
    match = _DOTTED_RANGE.match(text, start)
    if not match:
        return None
    first, last, month = map(int, match.groups()[:3])
    year = int(match[4]) if match[4] else None
    if first >= last:
        return None
    return _checked(DigitDate(year, month, last, match.end(), is_sure=True, first_day=first))


def _dotted(text: str, start: int) -> DigitDate | None:
    match = _DOTTED.match(text, start)
    if not match:
        return None
    # "It fell to 3.5." ends a sentence; "12.3. mennessä" and "05.03." do not.
    goes_on = text[match.end() : match.end() + 2].lstrip(" ")[:1]
    padded = len(match[1]) == len(match[2]) == 2 and "0" in (match[1][0], match[2][0])
    is_sure = padded or goes_on.islower() or goes_on in {",", ")", "-", "–", ":"} - {""}
    return _checked(DigitDate(None, int(match[2]), int(match[1]), match.end(), is_sure=is_sure))


def _slashed(text: str, start: int) -> DigitDate | None:
    match = _SLASHED.match(text, start)
    if not match:
        return None
    day, month = int(match[1]), int(match[2])
    if (day, month) == _ROUND_THE_CLOCK:
        return None
    return _checked(DigitDate(None, month, day, match.end(), is_sure=day > 12))


def _checked(found: DigitDate) -> DigitDate | None:
    try:
        date(found.year or 2024, found.month, found.day)  # 2024 has a 29 February
    except ValueError:
        return None
    return found
