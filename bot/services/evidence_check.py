"""Whether a sentence says more than its evidence, as far as that can be told without reading.

Numbers, days, addresses and the names of customers and of their people are compared, the rest of
the wording is not. Where in doubt a sentence fails: the reader then sees the quotes themselves.
"""

import re
import tomllib
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import chain

from bot.domain.answer import Citation
from bot.domain.customer import Customer
from bot.domain.insight import ResolvedDate
from bot.services.evidence_days import Days, days_meant, days_told, is_meant
from bot.services.evidence_links import has_addresses, has_links
from bot.services.evidence_names import NamesIn

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/-]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d+)?")
_DECIMAL = re.compile(r"(?<!\d)\d+[.,]\d+")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_NEXT_WORD = re.compile(r"\s?([^\W\d_]+)")
_UNIT = re.compile(r"\s?(%|[^\W\d_]+)")
_ALSO_UNITS = {"m", "md"}
_NOUGHTS = (".000", ",000")
_EARLIEST_YEAR = 1900
_SHORTEST_UNIT = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the notes behind a sentence say, and who and when stands beside them.

    `names` are of the customers they are on. `numbers` holds every reading of every number in the
    words with the units that follow it, `sizes` the words such as "million" that stand alone,
    `days` the days that were meant, `date_figures` what those are written with, `months` 1 to 12.
    """

    text: str
    names: str
    numbers: Mapping[Decimal, frozenset[str]]
    sizes: frozenset[int]
    days: frozenset[Days]
    date_figures: frozenset[Decimal]
    months: frozenset[int]


def gather(citations: Iterable[Citation], customer_names: Iterable[str]) -> Evidence:
    """What may be said on the strength of these citations and of the customers they are on."""
    cited = tuple(citations)
    names = "\n".join(customer_names)
    text = "\n".join((*chain.from_iterable(map(_texts, cited)), names))
    days = tuple(chain.from_iterable(map(_days, cited)))
    months = {*_months_of(text), *(day.month for day in days), *_months_in_figures(text)}
    figures = {*chain.from_iterable(map(_figures, days)), *map(Decimal, months)}
    return Evidence(
        text=_folded(text),
        names=_folded(names),
        numbers=_numbers_with_units(text),
        sizes=frozenset(_sizes_alone(text)),
        days=days_meant(cited),
        date_figures=frozenset(figures),
        months=frozenset(months),
    )


def excess(
    sentence: str, evidence: Evidence, customers: Iterable[Customer], told_at: datetime
) -> str | None:
    """What kind of thing the sentence has beyond its evidence; None when nothing was found.

    `customers` are all there are, `told_at` is when the sentence is read. Links and mentions are
    excess even where a note has them: a note must not be able to put them into an answer.
    """
    plain = _plain(sentence)
    told = days_told(plain, told_at)
    in_dates = _characters_of(told, plain)
    numbers = _NUMBER.finditer(plain)
    problems = {
        "link or mention": has_links(sentence),
        "address": has_addresses(sentence, evidence.text, evidence.names),
        "number": not all(_is_supported(match, evidence, in_dates) for match in numbers),
        "number in words": not _are_words_supported(plain, evidence),
        "month": not evidence.months.issuperset(_months_of(sentence)),
        "day": not all(is_meant(d, evidence.days, names_month=_has_month(d.words)) for d in told),
        "customer": not _are_names_supported(sentence, evidence, customers),
    }
    return next((problem for problem, is_there in problems.items() if is_there), None)


# --- names and addresses --------------------------------------------------------------------------


def _texts(citation: Citation) -> tuple[str, ...]:
    note, insight = citation.hit.note, citation.hit.insight
    words = (moment.words for moment in insight.dates)
    names = (note.author_name, citation.hit.conversation_name, *insight.contacts)
    return (note.text, insight.statement, citation.quote, *words, *names)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _folded(text: str) -> str:
    return _plain(text).casefold()


def _are_names_supported(sentence: str, evidence: Evidence, customers: Iterable[Customer]) -> bool:
    names = tuple(NamesIn(sentence, as_names=True).all_of(customers))
    if not names:
        return True
    known = NamesIn(evidence.text, as_names=False)
    return all(map(known.has, names))


# --- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    numbers: dict[str, frozenset[int]]
    months: dict[str, frozenset[int]]
    month_beginnings: tuple[str, ...]
    ambiguous_months: frozenset[str]
    uncounted: frozenset[str]
    magnitudes: dict[str, int]


@cache
def _words() -> _Words:
    source = files("bot.services").joinpath("evidence_words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    return _Words(
        numbers=_by_word(tables["numbers"]),
        months=_by_word(tables["months"]),
        month_beginnings=tuple(tables["month_beginnings"]),
        ambiguous_months=frozenset(tables["ambiguous_months"]),
        uncounted=frozenset(tables["uncounted"]),
        magnitudes={w: int(size) for size, words in tables["magnitudes"].items() for w in words},
    )


def _by_word(lists: list[list[str]]) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, words in enumerate(lists, start=1):
        for word in words:
            found[word] = found.get(word, frozenset()) | {number}
    return found


def _is_supported(match: re.Match[str], evidence: Evidence, in_dates: Container[int]) -> bool:
    """Whether a number is in the evidence, or part of a date of the sentence and of a known day."""
    token, unit = match.group(), _next_word(match)
    is_in_date = match.start() in in_dates
    likeliest = next(_readings(token), None)
    if likeliest is None:
        may_be_date = is_in_date or any(part >= _EARLIEST_YEAR for part in _parts(token))
        figures = evidence.date_figures if may_be_date else frozenset()
        return (evidence.numbers.keys() | figures).issuperset(_parts(token))
    size = _words().magnitudes.get(unit, 1)
    sizes = {size, 1} if unit in _ALSO_UNITS else {size}
    if any(_is_counted(likeliest * size, _unit(match), evidence) for size in sizes):
        return True
    if match.string[: match.start()].endswith(("Q", "q")):
        return likeliest in {(month + 2) // 3 for month in evidence.months}
    return is_in_date and likeliest in evidence.date_figures


def _is_counted(number: Decimal, unit: str, evidence: Evidence) -> bool:
    """Whether the number is there, and not with another unit than one that is there too."""
    units = evidence.numbers.get(number)
    if units is None:
        return False
    is_elsewhere = any(unit in others for others in evidence.numbers.values())
    return not units or not unit or unit in units or not is_elsewhere


def _are_words_supported(plain: str, evidence: Evidence) -> bool:
    """The same for numbers that are spelt out, and for a million."""
    for word, values in _spelt_numbers(plain):
        if word not in _words().uncounted and values.isdisjoint(evidence.numbers):
            return False
    sizes = frozenset(map(Decimal, evidence.sizes)) | evidence.numbers.keys()
    return sizes.issuperset(map(Decimal, _sizes_alone(plain)))


def _spelt_numbers(plain: str) -> Iterator[tuple[str, frozenset[Decimal]]]:
    """Each word for a number above one, with what it may stand for."""
    for match in _WORD.finditer(plain):
        word = match.group().casefold()
        numbers = _words().numbers.get(word, frozenset()) - {1}
        size = _words().magnitudes.get(_next_word(match), 1)
        if numbers:
            yield word, frozenset(Decimal(n * factor) for n in numbers for factor in (1, size))


def _sizes_alone(text: str) -> Iterator[int]:
    """Words such as "million" that no number stands before; "one" and "a" are none."""
    before, plain = "", _plain(text)
    for match in _WORD.finditer(plain):
        word = match.group().casefold()
        size = _words().magnitudes.get(word)
        just_before = plain[max(match.start() - 2, 0) : match.start()].rstrip()
        is_counted = just_before[-1:].isdecimal() or bool(
            _words().numbers.get(before, frozenset()) - {1}
        )
        if size and len(word) >= _SHORTEST_UNIT and not is_counted:
            yield size
        before = word


def _numbers_with_units(text: str) -> dict[Decimal, frozenset[str]]:
    """Every reading of every number, with and without the magnitude that follows."""
    found: dict[Decimal, frozenset[str]] = {}
    for match in _NUMBER.finditer(_plain(text)):
        size = _words().magnitudes.get(_next_word(match), 1)
        readings = tuple(_readings(match.group()))
        values = [reading * factor for reading in readings for factor in (1, size)]
        for value in values or _parts(match.group()):
            found[value] = found.get(value, frozenset()) | ({_unit(match)} - {""})
    for word in _WORD.findall(_folded(text)):
        for number in _words().numbers.get(word, ()):
            found.setdefault(Decimal(number), frozenset())
    for value in chain.from_iterable(values for _, values in _spelt_numbers(_plain(text))):
        found.setdefault(value, frozenset())
    return found


def _unit(match: re.Match[str]) -> str:
    """What is counted, as far as it tells: a longer word, or per cent."""
    word = _UNIT.match(match.string, match.end())
    unit = word.group(1).casefold() if word else ""
    is_size = unit in _words().magnitudes
    return unit if unit == "%" or (len(unit) >= _SHORTEST_UNIT and not is_size) else ""


def _parts(token: str) -> Iterator[Decimal]:
    """The figures of a date, a time or a range."""
    return map(Decimal, _DIGITS.findall(token))


def _readings(token: str) -> Iterator[Decimal]:
    """Likeliest first: 40.000 is forty thousand, or forty. A date, a time or a range has none."""
    if _THOUSANDS.fullmatch(token):
        whole, mark, rest = _split_decimals(token)
        yield Decimal("".join(_DIGITS.findall(whole)) + mark + rest)
    is_whole = token.endswith(_NOUGHTS) and _THOUSANDS.fullmatch(token)
    if token.isdecimal() or (_DECIMAL.fullmatch(token) and not is_whole):
        yield Decimal(token.replace(",", "."))


def _split_decimals(token: str) -> tuple[str, str, str]:
    end = re.search(r"[.,](\d+)$", token)
    if end and len(end.group(1)) != 3:
        return token[: end.start()], ".", end.group(1)
    return token, "", ""


def _next_word(match: re.Match[str]) -> str:
    word = _NEXT_WORD.match(match.string, match.end())
    return word.group(1).casefold() if word else ""


# --- dates ----------------------------------------------------------------------------------------


def _days(citation: Citation) -> Iterator[date]:
    yield citation.hit.note.posted_at.date()
    for moment in citation.hit.insight.dates:
        yield from (moment.start, moment.end)


def _figures(day: date) -> tuple[Decimal, ...]:
    in_short = Decimal(f"{day.day}.{day.month}")  # "12.3."
    return (Decimal(day.year), Decimal(day.month), Decimal(day.day), in_short)


def _characters_of(told: Iterable[ResolvedDate], plain: str) -> frozenset[int]:
    """Where the dates stand in the text that they were read from, in order."""
    found: set[int] = set()
    end = 0
    for day in told:
        start = plain.find(day.words, end)
        if start >= 0:
            end = start + len(day.words)
            found.update(range(start, end))
    return frozenset(found)


def _has_month(words: str) -> bool:
    return any(_months_named(word) for word in _WORD.findall(words.casefold()))


def _months_in_figures(text: str) -> Iterator[int]:
    """Of 2027-03-12, 12.3.2027 and 3/12/2027 alike: either figure beside the year may be it."""
    for match in _NUMBER.finditer(_plain(text)):
        parts = _DIGITS.findall(match.group())
        if len(parts) == 3:
            yield from (int(part) for part in parts if len(part) <= 2 and 1 <= int(part) <= 12)


def _months_of(text: str) -> Iterator[int]:
    for match in _WORD.finditer(_plain(text)):
        word = match.group().casefold()
        if word not in _words().ambiguous_months or _is_capital_inside(match):
            yield from _months_named(word)


def _months_named(word: str) -> frozenset[int]:
    words = _words()
    bent = (n for n, start in enumerate(words.month_beginnings, start=1) if word.startswith(start))
    return words.months.get(word, frozenset()).union(bent)


def _is_capital_inside(match: re.Match[str]) -> bool:
    before = match.string[: match.start()].rstrip(" (\"'*")
    return match.group()[0].isupper() and bool(before) and before[-1] not in ".!?\n"
