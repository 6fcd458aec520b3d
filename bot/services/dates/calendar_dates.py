"""Dates that the calendar names: 4 May, week 34, Q3, summer, the end of May, 2027."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from bot.services.dates.lexicon import Role, Sighting
from bot.services.dates.numbered import numbered_part
from bot.services.dates.numeric import DigitDate, digit_date
from bot.services.dates.periods import (
    Period,
    Unit,
    around,
    day,
    feast,
    month,
    months,
    part,
    season,
)
from bot.services.dates.scan import Found, Scan

_DAYS = range(1, 32)
_VERSION_WORDS = frozenset(
    {"version", "ver", "v", "rev", "release", "build", "section", "art", "§"}
)
_MOST_FILLERS = 2
_YEARS_BACK = 15  # a number further from today is a number, not a year
_YEARS_AHEAD = 35


def in_digits(scan: Scan, at: int) -> Found | None:
    """`12.3.`, `2026-11-22`, and from one to another."""
    found = _digits_at(scan, at)
    if found is None:
        return None
    end = scan.token_at(found.end, at)
    year = scan.year(end) if found.year is None else None
    period = _digit_period(scan, found, at, year[0] if year else None)
    result = Found(year[1] if year else end, period) if period else None
    return _to_digits(scan, at, found, end) or result


def _digits_at(scan: Scan, at: int) -> DigitDate | None:
    if at >= len(scan.words) or not scan.words[at].text.isdecimal():
        return None
    found = digit_date(scan.text, scan.words[at].start)
    if found is None or found.is_sure:
        return found if found and not _names_version(scan, at) else None
    names_day = scan.is_led(at) or any(scan.has(at - back, Role.WEEKDAY) for back in (1, 2))
    return found if names_day and not _names_version(scan, at) else None


def _names_version(scan: Scan, at: int) -> bool:
    """`release 10.3.26` is a version, `klo 8.10.` a time."""
    before = at - 2 if scan.is_sign(at - 1, ".") else at - 1
    if before < 0:
        return False
    clock = any(
        s.end == at and len(s.entry.phrase) == 1 and s.language in {"fi", "sv", "de"}
        for s in scan.see(at - 1, Role.CLOCK)
    )
    return clock or scan.words[before].word in _VERSION_WORDS


def _digit_period(scan: Scan, found: DigitDate, at: int, year: int | None) -> Period | None:
    def in_year(year: int) -> Period | None:
        return _days(year, found.month, found.first_day or found.day, found.day)

    fixed = found.year or year
    return in_year(fixed) if fixed else scan.occurring(at, in_year)


def _to_digits(scan: Scan, at: int, first: DigitDate, end: int) -> Found | None:
    """`4.5.-20.5.2026`: the year may stand at the end alone."""
    begin = scan.skip_to(end)
    last = _digits_at(scan, begin) if begin > end else None
    if last is None:
        return None
    until = _digit_period(scan, last, at, None)
    since = until and _days(first.year or until.start.year, first.month, first.day, first.day)
    if not since or not until or since.start > until.end:
        return None
    return Found(scan.token_at(last.end, begin), since.until(until))


def day_of_month(scan: Scan, at: int) -> Found | None:
    """`May 4`, `4 May 2026`, `4. toukokuuta`, `4 au 20 mai`, `May 4 to 20`."""
    return _month_first(scan, at) or _day_first(scan, at)


def _month_first(scan: Scan, at: int) -> Found | None:
    for named in scan.see(at, Role.MONTH):
        if named.language not in scan.lexicon.day_follows_month:
            continue  # a number behind a month is something else there
        first = _day_number(scan, named.end)
        if first:
            last = _range_end(scan, first, named.language)
            end = (last or first)[1]
            return scan.yearly(at, end, _days_of(named, first, last))
    return None


def _day_first(scan: Scan, at: int) -> Found | None:
    first = _day_number(scan, at)
    if not first:
        return None
    last = _range_end(scan, first, None)
    for begin, end in ((last, last), (first, None)):
        if begin:
            for start in _behind_fillers(scan, begin[1]):
                for named in scan.see(start, Role.MONTH):
                    return scan.yearly(at, named.end, _days_of(named, first, end))
    return None


def _days_of(
    named: Sighting, first: tuple[int, int], last: tuple[int, int] | None
) -> Callable[[int], Period | None]:
    return partial(_days, number=int(named.value), first=first[0], last=(last or first)[0])


def _day_number(scan: Scan, at: int) -> tuple[int, int] | None:
    """The day of a month, `4`, `4th`, `4.`, and the token behind it."""
    number = scan.number(at, _DAYS)
    if number is None or _is_in_number(scan, at):
        return None
    end = at + 1
    if scan.is_joined(end) and scan.has(end, Role.ORDINAL):
        end = scan.after(end, Role.ORDINAL)
    elif scan.is_sign(end, ".") and scan.is_joined(end):
        end += 1
    return number, end


def _is_in_number(scan: Scan, at: int) -> bool:
    """Whether digits are a part of a longer number, a price or a time: 3.4, 10:30, €4, 4 %."""
    if at and scan.is_joined(at) and not scan.is_dash(at - 1) and not scan.is_sign(at - 1, "("):
        return True
    if scan.is_dash(at - 1) and scan.is_joined(at) and scan.is_joined(at - 1):
        before = scan.words[at - 2].text if at > 1 else ""
        return before.isalpha() and not scan.has(at - 2, Role.ORDINAL)
    return scan.goes_on(at)


def _range_end(scan: Scan, first: tuple[int, int], language: str | None) -> tuple[int, int] | None:
    begin = scan.skip_to(first[1], language)
    last = _day_number(scan, begin) if begin > first[1] else None
    return last if last and last[0] > first[0] and not scan.has(last[1], Role.UNIT) else None


def nth(scan: Scan, at: int) -> Found | None:
    """`on the 14th`, `am 14.`, `den 27:e`: the next such day."""
    if not any(s.end == at for back in (1, 2) for s in scan.see(at - back, Role.DAY_LEAD)):
        return None
    found = _day_number(scan, at)
    if not found or found[1] == at + 1:
        return None
    for number in range(scan.today.month, scan.today.month + 12):
        whole = month(scan.today.year, number)
        period = _days(whole.start.year, whole.start.month, found[0], found[0])
        if period and period.start >= scan.today:
            return Found(found[1], period)
    return None


def named_month(scan: Scan, at: int) -> Found | None:
    """`October`, `May 2027`, `May to August`."""
    for named in scan.see(at, Role.MONTH):
        until = _last_month(scan, named)
        count = (int(until.value) - int(named.value)) % 12 + 1 if until else 1
        first, end = int(named.value), (until or named).end
        has_year = scan.year(end) is not None
        if named.entry.is_wary and not (has_year or until or _is_led_in(scan, at, named)):
            continue
        return scan.yearly(at, end, partial(months, first=first, count=count))
    return None


def _last_month(scan: Scan, first: Sighting) -> Sighting | None:
    begin = scan.skip_to(first.end, first.language)
    if begin == first.end:
        return None
    return next(scan.see(begin, Role.MONTH, first.language), None)


def named_season(scan: Scan, at: int) -> Found | None:
    """`by summer`, `kesällä`, `Weihnachten`."""
    for role, in_year in ((Role.SEASON, season), (Role.FEAST, feast)):
        for named in scan.see(at, role):
            has_year = scan.year(named.end) is not None
            if named.entry.is_wary and not (has_year or scan.is_led(at)):
                continue
            return scan.yearly(at, named.end, partial(in_year, name=str(named.value)))
    return None


def weekday(scan: Scan, at: int) -> Found | None:
    """`Friday`, `torstaina`, `Thursday, 12 May`."""
    for named in scan.see(at, Role.WEEKDAY):
        behind = named.end + 1 if scan.is_sign(named.end, ",.") else named.end
        for start in (behind, scan.after(behind, Role.LEAD)):
            dated = day_of_month(scan, start) or in_digits(scan, start)
            if dated:
                return dated
        if scan.is_recurring(at) or (named.entry.is_wary and not scan.is_led(at)):
            continue
        return Found(named.end, scan.weekday(at, int(named.value)))
    return None


def part_of(scan: Scan, at: int) -> Found | None:
    """`end of May`, `Anfang 2027`, `finales de año`, `mid next week`."""
    for named in scan.see(at, Role.PART):
        for start in _behind_fillers(scan, named.end):
            whole = _whole(scan, at, start, named.language)
            if whole:
                return Found(whole.end, part(whole.period, str(named.value)))
    return None


def part_behind(scan: Scan, at: int) -> Found | None:
    """`toukokuun lopussa`, `vuoden 2027 alussa`."""
    for language in scan.lexicon.part_follows:
        whole = _whole(scan, at, at, language)
        if whole:
            for named in scan.see(whole.end, Role.PART_AFTER, language):
                return Found(named.end, part(whole.period, str(named.value)))
    return None


def _whole(scan: Scan, at: int, start: int, language: str) -> Found | None:
    """What a part is a part of."""
    for named in scan.see(start, Role.MONTH, language):
        return scan.yearly(at, named.end, partial(month, number=int(named.value)))
    for named in scan.see(start, Role.SEASON, language):
        return scan.yearly(at, named.end, partial(season, name=str(named.value)))
    return (
        _whole_year(scan, start, language)
        or _whole_unit(scan, start, language)
        or numbered_part(scan, start)
    )


def _whole_year(scan: Scan, start: int, language: str) -> Found | None:
    for begin in (
        start,
        *(s.end for s in scan.see(start, Role.UNIT, language) if s.value == "year"),
    ):
        year = scan.year(begin)
        if year:
            return Found(year[1], months(year[0], 1, 12))
    return None


def _whole_unit(scan: Scan, start: int, language: str) -> Found | None:
    steps, begin = 0, start
    for direction in scan.see(start, Role.DIRECTION, language):
        steps, begin = int(direction.value), direction.end
    for unit in scan.see(begin, Role.UNIT, language):
        if unit.value in {Unit.DAY, Unit.WEEKEND}:
            continue
        end = unit.end
        for direction in scan.see(end, Role.DIRECTION, language):
            if language in scan.lexicon.direction_follows:
                steps, end = int(direction.value), direction.end
        return Found(end, around(scan.today, Unit(str(unit.value)), steps))
    return None


def year_alone(scan: Scan, at: int) -> Found | None:
    """`by 2030`, `vuonna 2027`."""
    year = scan.year(at)
    if year is None or not scan.is_led_to_year(at) or scan.is_sign(at, ",/"):
        return None
    if year[0] not in range(scan.today.year - _YEARS_BACK, scan.today.year + _YEARS_AHEAD):
        return None
    if scan.is_sign(year[1], "%€$£") or scan.is_dash(year[1]):
        return None
    if scan.has(year[1], Role.UNIT):
        return None
    return Found(year[1], months(year[0], 1, 12))


def _is_led_in(scan: Scan, at: int, named: Sighting) -> bool:
    """Whether a wary word is meant as a date: behind a lead, or with a capital in mid-sentence."""
    return scan.is_led(at) or (named.language == "en" and scan.stands_as_name(at))


def _behind_fillers(scan: Scan, at: int) -> Iterator[int]:
    """The token itself, then what is behind a dash and words such as "of the"."""
    yield at
    if scan.is_dash(at):
        yield at + 1
    for _ in range(_MOST_FILLERS):
        behind = scan.after(at, Role.OF)
        if behind == at:
            return
        at = behind
        yield at


def _days(year: int, number: int, first: int, last: int) -> Period | None:
    try:
        return day(date(year, number, first)).until(day(date(year, number, last)))
    except ValueError:
        return None
