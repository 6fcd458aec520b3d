"""When something recurs, on clocks that are put on and back."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.person_settings import QuietHours
from bot.domain.recurrence import Daily, EveryHours, Weekly

HELSINKI = ZoneInfo("Europe/Helsinki")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY_AT_EIGHT = Weekly(1, 8)


def here(text: str, zone: ZoneInfo = HELSINKI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_week_has_one_name_whenever_one_asks():
    """Asked on any day before it, the coming Monday is the same occurrence."""
    names = {MONDAY_AT_EIGHT.after(here(f"2026-11-{day}T09:00")).name for day in range(16, 23)}

    assert names == {"2026-W48"}


def test_monday_at_eight_is_eight_oclock_on_the_persons_clock():
    """The same hour of the day in each zone, and so another moment."""
    helsinki = MONDAY_AT_EIGHT.after(here("2026-11-20T12:00"))
    new_york = MONDAY_AT_EIGHT.after(here("2026-11-20T12:00", NEW_YORK))

    assert helsinki.due_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert new_york.due_at == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert helsinki.name == new_york.name == "2026-W48"


@pytest.mark.parametrize(
    ("now", "utc_hour"),
    [("2026-03-27T12:00", 5), ("2026-10-23T12:00", 6)],  # the clock moves on the Sunday between
)
def test_the_hour_stays_when_the_clock_is_moved(now: str, utc_hour: int):
    """Eight o'clock is eight o'clock after the change of the clock as before it."""
    occurrence = MONDAY_AT_EIGHT.after(here(now))

    assert occurrence.due_at.hour == utc_hour
    assert occurrence.due_at.astimezone(HELSINKI).hour == 8


def test_an_hour_that_the_clock_skips_or_repeats_comes_once():
    """At half past two in the night of a change there is none, or two: the day has one name."""
    before = here("2026-03-28T12:00")
    skipped = Daily(3).after(before)  # 03:00 becomes 04:00 in Helsinki on 29 March
    repeated = Daily(3).after(here("2026-10-24T12:00"))

    assert skipped.name == "2026-03-29"
    assert Daily(3).after(skipped.due_at.astimezone(HELSINKI)).name == "2026-03-30"
    assert repeated.name == "2026-10-25"
    assert Daily(3).after(repeated.due_at.astimezone(HELSINKI)).name == "2026-10-26"


def test_the_turn_of_the_year_keeps_iso_weeks_whole():
    """The Monday before New Year belongs to the week that most of it lies in."""
    assert MONDAY_AT_EIGHT.after(here("2026-12-27T12:00")).name == "2026-W53"
    assert MONDAY_AT_EIGHT.after(here("2029-12-30T12:00")).name == "2030-W01"


def test_every_six_hours_begins_at_midnight():
    """Four times a day, the same for everybody."""
    occurrence = EveryHours(6).after(datetime(2026, 11, 23, 5, 59, 1, 5, tzinfo=UTC))

    assert occurrence.name == "2026-11-23T06"
    assert occurrence.due_at == datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", None),
    ],
)
def test_quiet_hours_may_span_midnight(now: str, end: str | None):
    """From ten in the evening to seven in the morning."""
    quiet = QuietHours(time(22), time(7))

    assert quiet.end_of(here(now)) == (here(end) if end else None)


def test_quiet_hours_within_a_day():
    """Over lunch."""
    quiet = QuietHours(time(12), time(13))

    assert quiet.end_of(here("2026-11-23T12:30")) == here("2026-11-23T13:00")
    assert quiet.end_of(here("2026-11-23T11:59")) is None
    assert quiet.end_of(here("2026-11-23T13:00")) is None
