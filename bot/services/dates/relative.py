"""Dates that count from today: tomorrow, next Thursday, in two weeks, the end of the month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.services.dates.lexicon import Role, Sighting
from bot.services.dates.periods import (
    Period,
    Unit,
    around,
    day,
    feast,
    month,
    occurring,
    part,
    season,
    shifted,
    turn,
    week,
)
from bot.services.dates.scan import Found, Scan

_LAST_DAYS = 7


def offset(scan: Scan, at: int) -> Found | None:
    """`today`, `mañana`, `ylihuomenna`."""
    for sighting in scan.see(at, Role.OFFSET):
        return Found(sighting.end, around(scan.today, Unit.DAY, int(sighting.value)))
    return None


def last_weekday(scan: Scan, at: int) -> Found | None:
    """`i torsdags`."""
    for sighting in scan.see(at, Role.LAST_WEEKDAY):
        return Found(sighting.end, _weekday_in(scan, sighting, -1))
    return None


def directed(scan: Scan, at: int) -> Found | None:
    """`next Thursday`, `viime viikolla`, `this quarter`, `last May`."""
    for direction in scan.see(at, Role.DIRECTION):
        for target in _targets(scan, direction.end, direction.language):
            steps = int(direction.value)
            if target.value == Unit.WEEK:
                for named in scan.see(target.end, Role.WEEKDAY, direction.language):
                    return Found(named.end, _day_of_week(scan, int(named.value), steps))
            return Found(target.end, _in_direction(scan, target, steps))
        recent = _last_units(scan, direction)
        if recent:
            return recent
    return None


def weekday_of_week(scan: Scan, at: int) -> Found | None:
    """`Tuesday next week`, `Dienstag nächster Woche`, `el martes de la semana que viene`."""
    for named in scan.see(at, Role.WEEKDAY):
        begin = scan.after(named.end, Role.OF, named.language)
        for direction in scan.see(begin, Role.DIRECTION, named.language):
            for unit in scan.see(direction.end, Role.UNIT, named.language):
                if unit.value == Unit.WEEK:
                    steps = int(direction.value)
                    return Found(unit.end, _day_of_week(scan, int(named.value), steps))
    return None


def followed_by_direction(scan: Scan, at: int) -> Found | None:
    """`la semana que viene`, `lundi prochain`."""
    for target in _targets(scan, at, None):
        if target.language in scan.lexicon.direction_follows:
            for direction in scan.see(target.end, Role.DIRECTION, target.language):
                if int(direction.value):
                    period = _in_direction(scan, target, int(direction.value))
                    return Found(direction.end, period)
    return None


def fixed(scan: Scan, at: int) -> Found | None:
    """`i år`, `i höst`: a phrase for this one or the last one."""
    for sighting in scan.see(at, Role.FIXED):
        direction, _, name = str(sighting.value).partition("-")
        steps = {"next": 1, "this": 0, "last": -1}[direction]
        if name in set(Unit):
            return Found(sighting.end, around(scan.today, Unit(name), steps))
        period = occurring(scan.today, partial(season, name=name), is_past=steps < 0)
        return Found(sighting.end, period) if period else None
    return None


def compound(scan: Scan, at: int) -> Found | None:
    """`Jahresende`, `EOQ`, `vuodenvaihteessa`."""
    for sighting in scan.see(at, Role.COMPOUND):
        name, _, unit = str(sighting.value).partition("-")
        year = scan.year(sighting.end)
        if year and unit == Unit.YEAR:
            whole, end = month(year[0], 1).until(month(year[0], 12)), year[1]
        else:
            whole, end = around(scan.today, Unit(unit), 0), sighting.end
        return Found(end, turn(whole) if name == "turn" else part(whole, name))
    return None


def ahead(scan: Scan, at: int) -> Found | None:
    """`in two weeks`, `dentro de 3 meses`, `within ten days`."""
    for role in (Role.WITHIN, Role.AHEAD_BEFORE):
        for lead in scan.see(at, role):
            for count in _counts(scan, lead.end, lead.language):
                latest = shifted(scan.today, count.unit, count.most)
                if role is Role.WITHIN:
                    return Found(count.end, Period(scan.today, latest))
                earliest = shifted(scan.today, count.unit, count.least)
                return Found(count.end, Period(earliest, latest))
    return None


def ago(scan: Scan, at: int) -> Found | None:
    """`vor drei Wochen`, `hace dos meses`, `il y a un an`."""
    for lead in scan.see(at, Role.AGO_BEFORE):
        for count in _counts(scan, lead.end, lead.language):
            return Found(count.end, _back(scan, count))
    return None


def counted(scan: Scan, at: int) -> Found | None:
    """`two weeks ago`, `kahden viikon päästä`, `three months from now`."""
    for count in _counts(scan, at):
        least, most = (shifted(scan.today, count.unit, n) for n in (count.least, count.most))
        for role, period in (
            (Role.AGO_AFTER, _back(scan, count)),
            (Role.AHEAD_AFTER, Period(least, most)),
            (Role.WITHIN_AFTER, Period(scan.today, most)),
        ):
            behind = scan.after(count.end, role, count.language)
            if behind > count.end:
                return Found(behind, period)
    return None


def week_of_month(scan: Scan, at: int) -> Found | None:
    """`the last week of February`, `first week of May`."""
    for role in (Role.FIRST, Role.DIRECTION):
        for which in scan.see(at, role):
            for unit in scan.see(which.end, Role.UNIT, which.language):
                begin = scan.after(unit.end, Role.OF, which.language)
                named = next(scan.see(begin, Role.MONTH, which.language), None)
                if unit.value == Unit.WEEK and begin > unit.end and named:
                    in_year = partial(month, number=int(named.value))
                    found = scan.yearly(at, named.end, in_year)
                    if found and (role is Role.FIRST or which.value == -1):
                        return Found(found.end, _outer_week(found.period, role))
    return None


def _outer_week(of: Period, role: Role) -> Period:
    days = timedelta(days=_LAST_DAYS - 1)
    if role is Role.FIRST:
        return Period(of.start, of.start + days)
    return Period(of.end - days, of.end)


def _targets(scan: Scan, at: int, language: str | None) -> Iterator[Sighting]:
    for role in (Role.WEEKDAY, Role.UNIT, Role.MONTH, Role.SEASON, Role.FEAST):
        for sighting in scan.see(at, role, language):
            if sighting.value != Unit.DAY:
                yield sighting


def _in_direction(scan: Scan, target: Sighting, steps: int) -> Period:
    role, value = target.entry.role, target.value
    if role is Role.WEEKDAY:
        return _weekday_in(scan, target, steps)
    if role is Role.UNIT:
        return around(scan.today, Unit(str(value)), steps)
    return _yearly_in(scan, target, steps)


def _weekday_in(scan: Scan, target: Sighting, steps: int) -> Period:
    today, number = scan.today, int(target.value)
    if steps < 0:
        return day(today - timedelta(days=(today.weekday() - number - 1) % 7 + 1))
    if steps and target.language in scan.lexicon.coming_weekday:
        return day(today + timedelta(days=(number - today.weekday() - 1) % 7 + 1))
    return _day_of_week(scan, number, steps)


def _day_of_week(scan: Scan, number: int, steps: int) -> Period:
    return day(week(scan.today).start + timedelta(days=number + 7 * steps))


def _yearly_in(scan: Scan, target: Sighting, steps: int) -> Period:
    def in_year(year: int) -> Period:
        if target.entry.role is Role.MONTH:
            return month(year, int(target.value))
        if target.entry.role is Role.SEASON:
            return season(year, str(target.value))
        return feast(year, str(target.value))

    today = scan.today
    if steps > 0:
        return next(p for p in map(in_year, range(today.year, today.year + 2)) if p.start > today)
    if steps < 0:
        years = range(today.year, today.year - 3, -1)
        return next(p for p in map(in_year, years) if p.end < today)
    return in_year(today.year)


def _last_units(scan: Scan, direction: Sighting) -> Found | None:
    """`the last three months`."""
    if int(direction.value) < 0:
        for count in _counts(scan, direction.end, direction.language):
            earliest = shifted(scan.today, count.unit, -count.most)
            return Found(count.end, Period(earliest, scan.today))
    return None


@dataclass(frozen=True, slots=True)
class _Count:
    """So many units, up to the token `end`."""

    least: int
    most: int
    unit: Unit
    language: str
    end: int


def _counts(scan: Scan, at: int, language: str | None = None) -> Iterator[_Count]:
    for amount in scan.amounts(at):
        for unit in scan.see(amount.end, Role.UNIT, language or amount.language):
            if amount.language in {None, unit.language}:
                name = Unit(str(unit.value))
                yield _Count(amount.least, amount.most, name, unit.language, unit.end)


def _back(scan: Scan, count: _Count) -> Period:
    return Period(
        shifted(scan.today, count.unit, -count.most),
        shifted(scan.today, count.unit, -count.least),
    )
