"""Reads a text from left to right and takes the longest date at each place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TypeAlias

from bot.services.dates import calendar_dates, numbered, relative
from bot.services.dates.lexicon import Role, Token, lexicon
from bot.services.dates.periods import Period
from bot.services.dates.scan import Found, Scan

_Rule: TypeAlias = Callable[[Scan, int], Found | None]

_IN_DIGITS: tuple[_Rule, ...] = (
    calendar_dates.in_digits,
    calendar_dates.day_of_month,
    calendar_dates.nth,
    calendar_dates.year_alone,
    relative.counted,
)
_IN_WORDS: Mapping[Role, tuple[_Rule, ...]] = {
    Role.OFFSET: (relative.offset,),
    Role.WEEKDAY: (
        calendar_dates.weekday,
        relative.weekday_of_week,
        relative.followed_by_direction,
    ),
    Role.LAST_WEEKDAY: (relative.last_weekday,),
    Role.MONTH: (
        calendar_dates.day_of_month,
        calendar_dates.named_month,
        calendar_dates.part_behind,
        relative.followed_by_direction,
    ),
    Role.SEASON: (
        calendar_dates.named_season,
        calendar_dates.part_behind,
        relative.followed_by_direction,
    ),
    Role.FEAST: (calendar_dates.named_season, relative.followed_by_direction),
    Role.UNIT: (calendar_dates.part_behind, relative.followed_by_direction),
    Role.DIRECTION: (relative.directed, relative.week_of_month, calendar_dates.part_behind),
    Role.FIRST: (relative.week_of_month,),
    Role.FIXED: (relative.fixed,),
    Role.PART: (calendar_dates.part_of,),
    Role.COMPOUND: (relative.compound,),
    Role.WITHIN: (relative.ahead,),
    Role.AHEAD_BEFORE: (relative.ahead,),
    Role.AGO_BEFORE: (relative.ago,),
    Role.NUMBER: (relative.counted,),
    Role.WEEK_OF: (numbered.numbered_weeks,),
}
_MARKED: tuple[_Rule, ...] = (numbered.numbered_part,)
_MARKS = frozenset("qh")
_MOST_DATES = 100  # nobody means more in one note, and the time stays bounded
_MOST_PLACES = 2_000  # where a date might begin; a long note has some hundreds


class DateReader:
    """The dates of one text."""

    def __init__(self, text: str, words: Sequence[Token], today: date) -> None:
        self._scan = Scan(text, words, today, lexicon())

    def all(self) -> Iterator[tuple[int, int, Period]]:
        """First token, token behind, and days of each date, in order; at most a hundred."""
        return islice(self._every(), _MOST_DATES)

    def _every(self) -> Iterator[tuple[int, int, Period]]:
        count, at, places = len(self._scan.words), 0, 0
        while at < count and places < _MOST_PLACES:
            rules = self._rules(at)
            places += bool(rules)
            found = self._longest(at, rules)
            if found:
                yield at, found.end, found.period
            at = found.end if found else at + 1

    def _longest(self, at: int, rules: Sequence[_Rule]) -> Found | None:
        longest: Found | None = None
        for rule in rules:
            found = rule(self._scan, at)
            if found and (longest is None or found.end > longest.end):
                longest = found
        return longest

    def _rules(self, at: int) -> Sequence[_Rule]:
        """The rules that may find something at a token; for most there is none."""
        roles = self._scan.roles(at)
        if self._scan.is_number(at):
            return _IN_DIGITS
        if not roles:
            return _MARKED if self._scan.words[at].word in _MARKS else ()
        return [rule for role in roles for rule in _IN_WORDS.get(role, ())]
