"""Words that name a time become the days they meant when they were written."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.dates import resolve_dates

MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=timezone(timedelta(hours=2)))
FRIDAY = datetime(2026, 11, 13, 9, 0, tzinfo=timezone(timedelta(hours=2)))


def spans(text: str, posted_at: datetime = MONDAY) -> list[str]:
    """`words: start` or `words: start..end`, each date on its own."""
    return [
        f"{d.words}: {d.start}" + ("" if d.start == d.end else f"..{d.end}")
        for d in resolve_dates(text, posted_at)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see you tomorrow", "tomorrow: 2026-11-10"),
        ("next week they sign", "next week: 2026-11-16..2026-11-22"),
        ("by Friday please", "Friday: 2026-11-13"),
        ("closed since Friday", "Friday: 2026-11-06"),
        ("last Friday", "last Friday: 2026-11-06"),
        ("this Thursday", "this Thursday: 2026-11-12"),
        ("next Thursday", "next Thursday: 2026-11-19"),
        ("Tuesday next week", "Tuesday next week: 2026-11-17"),
        ("in two weeks", "in two weeks: 2026-11-23"),
        ("in 2-3 weeks", "in 2-3 weeks: 2026-11-23..2026-11-30"),
        ("within ten days", "within ten days: 2026-11-09..2026-11-19"),
        ("three months ago", "three months ago: 2026-08-09"),
        ("last quarter", "last quarter: 2026-07-01..2026-09-30"),
        ("at the end of May", "end of May: 2027-05-21..2027-05-31"),
        ("early 2027", "early 2027: 2027-01-01..2027-01-31"),
        ("by EOY", "EOY: 2026-12-01..2026-12-31"),
        ("in May", "May: 2027-05-01..2027-05-31"),
        ("since May", "May: 2026-05-01..2026-05-31"),
        ("in November", "November: 2026-11-01..2026-11-30"),
        ("May 4, 2027", "May 4, 2027: 2027-05-04"),
        ("on 4th of May", "4th of May: 2027-05-04"),
        ("hire may 4 to 20, says he", "may 4 to 20: 2027-05-04..2027-05-20"),
        ("May to August", "May to August: 2027-05-01..2027-08-31"),
        ("PPQ in Q3", "Q3: 2027-07-01..2027-09-30"),
        ("Q3 this year", "Q3 this year: 2026-07-01..2026-09-30"),
        ("H1 2027", "H1 2027: 2027-01-01..2027-06-30"),
        ("week 34", "week 34: 2027-08-23..2027-08-29"),
        ("weeks 18-20", "weeks 18-20: 2027-05-03..2027-05-23"),
        ("by summer", "summer: 2027-06-01..2027-08-31"),
        ("by Christmas", "Christmas: 2026-12-24..2026-12-26"),
        ("by Easter", "Easter: 2027-03-26..2027-03-29"),
        ("on the 14th", "14th: 2026-11-14"),
        ("by 2030", "2030: 2030-01-01..2030-12-31"),
        ("last week of February", "last week of February: 2027-02-22..2027-02-28"),
    ],
)
def test_english(text: str, expected: str) -> None:
    """Relative, named and numbered dates."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("huomenna", "huomenna: 2026-11-10"),
        ("ensi viikolla", "ensi viikolla: 2026-11-16..2026-11-22"),
        ("viime kuussa", "viime kuussa: 2026-10-01..2026-10-31"),
        ("ensi torstaina", "ensi torstaina: 2026-11-12"),
        ("perjantaihin mennessä", "perjantaihin: 2026-11-13"),
        ("toukokuussa", "toukokuussa: 2027-05-01..2027-05-31"),
        ("toukokuun lopussa", "toukokuun lopussa: 2027-05-21..2027-05-31"),
        ("4. toukokuuta 2027", "4. toukokuuta 2027: 2027-05-04"),
        ("kahden viikon päästä", "kahden viikon päästä: 2026-11-23"),
        ("kaksi viikkoa sitten", "kaksi viikkoa sitten: 2026-10-26"),
        ("vko 34", "vko 34: 2027-08-23..2027-08-29"),
        ("viikolla 12", "viikolla 12: 2027-03-22..2027-03-28"),
        ("12.3. mennessä", "12.3.: 2027-03-12"),
        ("kesällä", "kesällä: 2027-06-01..2027-08-31"),
        ("vuoden 2027 alussa", "vuoden 2027 alussa: 2027-01-01..2027-01-31"),
        ("vuodenvaihteessa", "vuodenvaihteessa: 2026-12-25..2027-01-06"),
    ],
)
def test_finnish(text: str, expected: str) -> None:
    """Cases are read as the word itself."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("imorgon", "imorgon: 2026-11-10"),
        ("i torsdags", "i torsdags: 2026-11-05"),
        ("på torsdag", "torsdag: 2026-11-12"),
        ("i slutet av maj", "i slutet av maj: 2027-05-21..2027-05-31"),
        ("v. 34", "v. 34: 2027-08-23..2027-08-29"),
        ("om två veckor", "om två veckor: 2026-11-23"),
        ("i höst", "i höst: 2026-09-01..2026-11-30"),
        ("den 27:e", "27:e: 2026-11-27"),
    ],
)
def test_swedish(text: str, expected: str) -> None:
    """Weekdays gone by have a form of their own."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("übermorgen", "übermorgen: 2026-11-11"),
        ("nächsten Donnerstag", "nächsten Donnerstag: 2026-11-12"),
        ("vor drei Wochen", "vor drei Wochen: 2026-10-19"),
        ("Ende Mai", "Ende Mai: 2027-05-21..2027-05-31"),
        ("am 12. Mai", "12. Mai: 2027-05-12"),
        ("4.–20. Mai", "4.–20. Mai: 2027-05-04..2027-05-20"),
        ("KW 34", "KW 34: 2027-08-23..2027-08-29"),
        ("KW34", "KW34: 2027-08-23..2027-08-29"),
        ("bis Jahresende", "Jahresende: 2026-12-01..2026-12-31"),
        ("seit März", "März: 2026-03-01..2026-03-31"),
    ],
)
def test_german(text: str, expected: str) -> None:
    """Adjectives bend, and compounds are one word."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pasado mañana", "pasado mañana: 2026-11-11"),
        ("la semana que viene", "semana que viene: 2026-11-16..2026-11-22"),
        ("el mes pasado", "mes pasado: 2026-10-01..2026-10-31"),
        ("a finales de mayo", "a finales de mayo: 2027-05-21..2027-05-31"),
        ("4 de mayo de 2027", "4 de mayo de 2027: 2027-05-04"),
        ("hace dos semanas", "hace dos semanas: 2026-10-26"),
        ("demain matin", "demain: 2026-11-10"),
        ("la semaine prochaine", "semaine prochaine: 2026-11-16..2026-11-22"),
        ("du 4 au 20 mai", "4 au 20 mai: 2027-05-04..2027-05-20"),
        ("il y a deux semaines", "il y a deux semaines: 2026-10-26"),
        ("ils sont venus hier", "hier: 2026-11-08"),
        ("mi-mai", "mi-mai: 2027-05-11..2027-05-20"),
    ],
)
def test_spanish_and_french(text: str, expected: str) -> None:
    """What says next or last may stand behind its word."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-24", "2026-12-24: 2026-12-24"),
        ("24.12.2026", "24.12.2026: 2026-12-24"),
        ("12/03/2026", "12/03/2026: 2026-03-12"),
        ("03/25/2027", "03/25/2027: 2027-03-25"),
        ("merger vote 28/4, he says", "28/4: 2027-04-28"),
        ("4.5.–20.5.2027", "4.5.–20.5.2027: 2027-05-04..2027-05-20"),
        ("4.-20.5. menossa", "4.-20.5.: 2027-05-04..2027-05-20"),
        ("am 29.2.", "29.2.: 2028-02-29"),
    ],
)
def test_digits(text: str, expected: str) -> None:
    """The day comes before the month, unless that cannot be."""
    assert spans(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "they may come",
        "10 may be ok",
        "May was a good colleague",
        "we march on",
        "the sun is out",
        "just a second",
        "spring in the clip",
        "Guten Morgen",
        "hier ist die Liste",
        "por la mañana",
        "il a été malade",
        "Jan hat gesagt",
        "every Monday",
        "every second Thursday",
        "20 000 EUR and 4.50 a piece",
        "up 3.5. Then it fell",
        "12.3. %",
        "call +358 40 123 4567 or 07700 900142",
        "ES76 2100 0418 4502 0005 1332",
        "version 12.3.1 and v2.1 and v34",
        "10.12.20.26",
        "order 2026-0419",
        "24/7 support, 1/2 of them, 9/10",
        "klo 8.10. ja 12.30",
        "for 2000 vials",
        "3 weeks of stock",
        "31.2.2027 and 99.99.2027 and week 99",
        "in 99999999 weeks",
        "they want the reports a week earlier",
        "they want the reports a week later",
        "he haluavat raportit viikkoa aiemmin",
        "ils veulent les rapports une semaine plus tôt",
        "",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    """Verbs, prices, phone numbers, versions, times, counts, and how far two days lie apart."""
    assert spans(text) == []


def test_several_dates_come_out_in_order() -> None:
    """Each with the words it was written in."""
    text = "docs drop on 9 March, award in June, start Q3 2028"
    assert [found.words for found in resolve_dates(text, MONDAY)] == ["9 March", "June", "Q3 2028"]


def test_today_is_the_day_at_the_poster() -> None:
    """Late at night in Helsinki it is tomorrow, though not yet in UTC."""
    posted = datetime(2026, 11, 10, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert resolve_dates("today", posted)[0].start == date(2026, 11, 10)


def test_a_weekday_said_on_the_same_weekday_is_in_a_week() -> None:
    """Who means today says so."""
    assert spans("on Friday", FRIDAY) == ["Friday: 2026-11-20"]


def test_the_last_month_of_a_year_is_followed_by_the_first() -> None:
    """Counting goes on over the turn of the year."""
    december = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    assert spans("next month", december) == ["next month: 2027-01-01..2027-01-31"]
    assert spans("in two months", december) == ["in two months: 2027-02-28"]


PIECES = ["may", "4", "to", "20", ".", "/", "-", "end", "of", "next", "week", "Q3", "v", "12.3."]
PIECES += ["om", "två", "2027", ",", "'", "in", "toukokuun", "lopussa", "vor", "drei", "Wochen"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_any_mix_of_date_words_is_read(words: list[str]) -> None:
    """Nothing fails, every date lies in the text and ends no sooner than it starts."""
    text = " ".join(words)
    for found in resolve_dates(text, MONDAY):
        assert found.words in text
        assert found.start <= found.end


@pytest.mark.parametrize(
    "piece",
    [
        "they plan to order more vials. ",
        "1.",
        "1/",
        "2-3-",
        "may ",
        "end of the ",
        "Q3-",
        "'a",
        ".",
    ],
)
def test_long_texts_take_little_time(piece: str) -> None:
    """Twice the text takes about twice the time, not four times."""
    text = (piece * 40_000)[:40_000]
    resolve_dates("warm up", MONDAY)
    half, whole = (min(_seconds(part) for _ in range(3)) for part in (text[:20_000], text))
    assert whole < 3.5 * half + 0.02


def _seconds(text: str) -> float:
    start = time.process_time()
    resolve_dates(text, MONDAY)
    return time.process_time() - start
