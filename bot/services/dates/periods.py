"""Days as calendars count them: weeks from Monday, quarters, seasons, feasts."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_SEASON_STARTS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}


class Unit(StrEnum):
    """What time is counted in."""

    DAY = "day"
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    def until(self, other: "Period") -> "Period":
        """From the start of this to the end of the other."""
        return Period(self.start, other.end)


def day(start: date) -> Period:
    """A single day."""
    return Period(start, start)


def month(year: int, number: int) -> Period:
    """A month; `number` may run past December into later years, or below 1 into earlier ones."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def months(year: int, first: int, count: int) -> Period:
    """So many months from the first one on."""
    return month(year, first).until(month(year, first + count - 1))


def week(of: date) -> Period:
    """The week, Monday to Sunday, that a day lies in."""
    monday = of - timedelta(days=of.weekday())
    return Period(monday, monday + timedelta(days=6))


def numbered_week(year: int, number: int) -> Period | None:
    """An ISO week; None where the year has no such week."""
    try:
        return week(date.fromisocalendar(year, number, 1))
    except ValueError:
        return None


def season(year: int, name: str) -> Period:
    """Three months; winter begins in December and ends in the next year."""
    return months(year, _SEASON_STARTS[name], 3)


def feast(year: int, name: str) -> Period:
    """The days that a feast is kept on."""
    if name == "christmas":
        return Period(date(year, 12, 24), date(year, 12, 26))
    if name == "new_year":
        return day(date(year, 1, 1))
    sunday = _easter(year)
    return Period(sunday - timedelta(days=2), sunday + timedelta(days=1))


def _easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher's algorithm)."""
    century, in_century = divmod(year, 100)
    moon = 19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    moon = (moon + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - moon - in_century % 4) % 7
    shift = (year % 19 + 11 * moon + 22 * weekday) // 451
    number, in_month = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, number, in_month + 1)


def around(today: date, unit: Unit, offset: int) -> Period:
    """The unit that today lies in, or the one so many after it."""
    match unit:
        case Unit.DAY:
            return day(today + timedelta(days=offset))
        case Unit.WEEK:
            return week(today + timedelta(weeks=offset))
        case Unit.WEEKEND:
            found = week(today + timedelta(weeks=offset))
            return Period(found.end - timedelta(days=1), found.end)
        case Unit.MONTH:
            return month(today.year, today.month + offset)
        case Unit.QUARTER | Unit.HALF:
            size = 3 if unit is Unit.QUARTER else 6
            first = (today.month - 1) // size * size + 1
            return months(today.year, first + offset * size, size)
        case Unit.YEAR:
            return months(today.year + offset, 1, 12)


def shifted(today: date, unit: Unit, count: int) -> date:
    """The day so many units from today; the last of a month where its day does not exist."""
    sizes = {Unit.DAY: 1, Unit.WEEK: 7, Unit.WEEKEND: 7}
    if unit in sizes:
        return today + timedelta(days=sizes[unit] * count)
    sizes = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}
    target = month(today.year, today.month + sizes[unit] * count)
    return date(target.start.year, target.start.month, min(today.day, target.end.day))


def part(of: Period, name: str) -> Period:
    """The `start`, `middle` or `end` third of a period, by months where it has some."""
    span = (of.end.year - of.start.year) * 12 + of.end.month - of.start.month + 1
    if span >= 12:
        firsts = {"start": (1, 1), "middle": (6, 2), "end": (12, 1)}
        return months(of.start.year, *firsts[name])
    if span >= 3:
        third = span // 3
        shift = {"start": 0, "middle": third, "end": span - third}[name]
        return months(of.start.year, of.start.month + shift, third)
    third = ((of.end - of.start).days + 1) // 3
    first = {"start": 0, "middle": third, "end": 2 * third}[name]
    start = of.start + timedelta(days=first)
    return Period(start, of.end if name == "end" else start + timedelta(days=third - 1))


def turn(of: Period) -> Period:
    """The days around the end of a period: the turn of the year."""
    return Period(of.end - timedelta(days=6), of.end + timedelta(days=6))


def occurring(
    today: date, in_year: Callable[[int], Period | None], *, is_past: bool
) -> Period | None:
    """What comes every year: the next one (or the one that is now), or the last one that began."""
    years = range(today.year - 5, today.year + 6)  # 29 February comes every fourth year
    every = [period for period in map(in_year, years) if period is not None]
    if is_past:
        return next((p for p in reversed(every) if p.start <= today), None)
    return next((p for p in every if p.end >= today), None)
