"""Words that name a time, resolved to the days they meant when they were written."""

from datetime import datetime

from bot.domain.insight import ResolvedDate
from bot.services.dates.lexicon import tokens
from bot.services.dates.reader import DateReader

__all__ = ["resolve_dates"]


def resolve_dates(text: str, posted_at: datetime) -> tuple[ResolvedDate, ...]:
    """Every date of a text, in order, relative to the day of posting in the poster's own zone.

    Understands English, Finnish, Swedish, German, Spanish and French, mixed or not. What comes
    every year (May, Q3, week 34) is the next one, or the last one behind "since" and the like.
    Finds a hundred dates at most, and takes time in proportion to the length of the text.
    """
    words = tokens(text)
    return tuple(
        ResolvedDate(text[words[first].start : words[end - 1].end], period.start, period.end)
        for first, end, period in DateReader(text, words, posted_at.date()).all()
    )
