"""Whether the days that a sentence speaks of are days that its evidence means."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.answer import Citation
from bot.domain.insight import ResolvedDate
from bot.services.dates import resolve_dates

_YEAR = re.compile(r"\d{4}")
_PART_OF_YEAR = re.compile(r"\b[qh]\d|\d\s?[./]\s?\d", re.IGNORECASE)
_READ_CHARACTERS = 12_000


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included."""

    start: date
    end: date

    def ordinals(self) -> tuple[int, int]:
        """As numbers to compare."""
        return self.start.toordinal(), self.end.toordinal()

    def in_year(self) -> tuple[int, int]:
        """The same for the month and the day alone."""
        return 100 * self.start.month + self.start.day, 100 * self.end.month + self.end.day


def days_meant(citations: Iterable[Citation]) -> frozenset[Days]:
    """The day of each note, and every day that it names, as it was meant when it was written."""
    return frozenset(days for citation in citations for days in _days_of(citation))


def _days_of(citation: Citation) -> Iterator[Days]:
    note = citation.hit.note
    posted = note.posted_at.date()
    yield Days(posted, posted)
    read = resolve_dates(note.text[:_READ_CHARACTERS], note.posted_at)
    for named in (*citation.hit.insight.dates, *read):
        yield Days(named.start, named.end)


def days_told(sentence: str, told_at: datetime) -> tuple[ResolvedDate, ...]:
    """The days that a reader of the sentence takes it to mean."""
    return resolve_dates(sentence, told_at)


def is_meant(told: ResolvedDate, meant: frozenset[Days], *, names_month: bool) -> bool:
    """Whether the evidence means these days, or some among them.

    Where the words name a month or a quarter and no year, years are not compared.
    """
    span = Days(told.start, told.end)
    if any(_agree(span.ordinals(), days.ordinals()) for days in meant):
        return True
    is_yearly = names_month or _PART_OF_YEAR.search(told.words) is not None
    if not is_yearly or _YEAR.search(told.words):
        return False
    return any(_agree(span.in_year(), days.in_year()) for days in meant)


def _agree(told: tuple[int, int], meant: tuple[int, int]) -> bool:
    """Begins or ends on the same day, or holds the whole."""
    holds = told[0] <= meant[0] <= meant[1] <= told[1]
    return holds or told[0] == meant[0] or told[1] == meant[1]
