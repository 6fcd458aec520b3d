"""When something recurs on a person's own clock, and what each time is called."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of something that recurs. Its `name` is the same whatever is done to the clock."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Weekly:
    """Each ISO week on this day (1 is Monday) at this hour."""

    weekday: int
    hour: int

    def after(self, local_now: datetime) -> Occurrence:
        """The first that lies ahead, by the zone of this time; named like `2026-W48`."""
        monday = local_now.date() - timedelta(days=local_now.isoweekday() - 1)
        days = (monday + timedelta(days=self.weekday - 1 + 7 * week) for week in (0, 1, 2))
        day = next(day for day in days if _at(day, self.hour, local_now.tzinfo) > local_now)
        year, week, _ = day.isocalendar()
        return Occurrence(f"{year}-W{week:02d}", _at(day, self.hour, local_now.tzinfo))


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day at this hour."""

    hour: int

    def after(self, local_now: datetime) -> Occurrence:
        """The first that lies ahead, by the zone of this time; named like `2026-11-23`."""
        days = (local_now.date() + timedelta(days=ahead) for ahead in (0, 1, 2))
        day = next(day for day in days if _at(day, self.hour, local_now.tzinfo) > local_now)
        return Occurrence(day.isoformat(), _at(day, self.hour, local_now.tzinfo))


@dataclass(frozen=True, slots=True)
class EveryHours:
    """So many hours apart, which must divide a day, from midnight UTC on: nobody waits for it."""

    hours: int

    def after(self, now: datetime) -> Occurrence:
        """The first that lies ahead; named like `2026-11-23T06`."""
        here = now.astimezone(UTC)
        begun = here.replace(hour=here.hour - here.hour % self.hours, minute=0, second=0)
        due_at = begun.replace(microsecond=0) + timedelta(hours=self.hours)
        return Occurrence(f"{due_at:%Y-%m-%dT%H}", due_at)


def _at(day: date, hour: int, zone: tzinfo | None) -> datetime:
    """In UTC, so that it can be compared: times of one zone compare by what their clocks show."""
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
