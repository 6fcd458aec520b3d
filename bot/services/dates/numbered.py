"""Numbered parts of a year: week 34, Q3, H1."""

from functools import partial

from bot.services.dates.lexicon import Role
from bot.services.dates.periods import Period, months, numbered_week
from bot.services.dates.scan import Found, Scan

_WEEKS = range(1, 54)
_QUARTERS = range(1, 5)
_HALVES = range(1, 3)
_SURE_WEEK = 10  # "v. 2" is as well a version


def numbered_weeks(scan: Scan, at: int) -> Found | None:
    """`week 34`, `KW34`, `viikolla 34`, `v. 34`, `weeks 18-20`."""
    if scan.number(at - 1, range(1, 100)) is not None and not scan.is_sign(at - 1, "."):
        return None
    for sighting in scan.see(at, Role.WEEK_OF):
        begin = sighting.end + 1 if scan.is_sign(sighting.end, ".#") else sighting.end
        number = scan.number(begin, _WEEKS)
        is_short = sighting.entry.phrase[0] == "v"
        if number is None or scan.goes_on(begin):
            continue
        if is_short and (number < _SURE_WEEK or scan.is_joined(sighting.end)):
            continue
        return _weeks(scan, at, begin, number, sighting.language)
    return None


def _weeks(scan: Scan, at: int, begin: int, number: int, language: str) -> Found | None:
    last, end = number, begin + 1
    behind = begin + 2 if scan.is_sign(end, "/") else scan.skip_to(end, language)
    until = scan.number(behind, _WEEKS) if behind > end else None
    if until and until > number and not scan.has(behind + 1, Role.MONTH):
        last, end = until, behind + 1

    def in_year(year: int) -> Period | None:
        first, final = numbered_week(year, number), numbered_week(year, last)
        return first.until(final) if first and final else None

    return scan.yearly(at, end, in_year)


def numbered_part(scan: Scan, at: int) -> Found | None:
    """`Q3`, `Q2-Q3 2027`, `H1 next year`."""
    for mark, limit in (("q", _QUARTERS), ("h", _HALVES)):
        first = _marked(scan, at, mark, limit)
        if first is None:
            continue
        end, last = at + 2, first
        behind = scan.skip_to(end)
        until = _marked(scan, behind, mark, limit) if behind > end else None
        if until and until > first:
            end, last = behind + 2, until
        size = 12 // limit[-1]
        begin, count = (first - 1) * size + 1, (last - first + 1) * size
        return scan.yearly(at, end, partial(months, first=begin, count=count))
    return None


def _marked(scan: Scan, at: int, mark: str, limit: range) -> int | None:
    if at >= len(scan.words) or scan.words[at].word != mark or not scan.is_joined(at + 1):
        return None
    runs_on = scan.is_joined(at) and scan.words[at - 1].text.isalnum()
    return None if runs_on else scan.number(at + 1, limit)
