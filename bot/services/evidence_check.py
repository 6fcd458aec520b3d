"""Whether a sentence says more than its evidence, as far as that can be told without reading.

Numbers, dates, addresses and customers' names are compared, the rest of the wording is not. Where
in doubt a sentence fails: the reader then sees the quotes themselves.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import chain

from bot.domain.answer import Citation

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:/-]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_NEXT_WORD = re.compile(r"\s?([^\W\d_]+)")
_LINK = re.compile(r"\w://|\bwww\.|\bmailto:|\w\.[a-z]{2,24}/|\]\(|<[^<>]*\|", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@\w|<[@!#]")
# Breaks a word in two for the checks below and not for a reader. Two joiners are part of scripts.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b")
_LONGEST_WHOLE_NAME = 4
_ALSO_UNITS = {"m", "md"}
_EARLIEST_YEAR = 1900
_BESIDE = 12  # characters: "4th of March", "März, den 4."


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the notes behind a sentence say, and who and when stands beside them.

    `numbers` holds every reading of every number in the words, `date_figures` what the days that
    were meant are written with, `months` 1 to 12.
    """

    text: str
    numbers: frozenset[Decimal]
    date_figures: frozenset[Decimal]
    months: frozenset[int]


def gather(citations: Iterable[Citation], customer_names: Iterable[str]) -> Evidence:
    """What may be said on the strength of these citations and of the customers they are on."""
    cited = tuple(citations)
    text = "\n".join((*chain.from_iterable(map(_texts, cited)), *customer_names))
    days = tuple(chain.from_iterable(map(_days, cited)))
    months = {*_months_of(text), *(day.month for day in days), *_months_in_figures(text)}
    figures = {*chain.from_iterable(map(_figures, days)), *map(Decimal, months)}
    return Evidence(
        _folded(text), frozenset(_all_numbers(text)), frozenset(figures), frozenset(months)
    )


def excess(sentence: str, evidence: Evidence, customer_names: Iterable[str]) -> str | None:
    """What kind of thing the sentence has beyond its evidence; None when nothing was found.

    `customer_names` are all names there are. Links and mentions are excess even where a note has
    them: a note must not be able to put them into an answer.
    """
    if _has_links(sentence):
        return "link or mention"
    if not _has_addresses(sentence, evidence):
        return "address"
    if not all(_is_supported(match, evidence) for match in _NUMBER.finditer(_plain(sentence))):
        return "number"
    if not evidence.months.issuperset(_months_of(sentence)):
        return "month"
    if any(_speaks_of(name, sentence, evidence) for name in customer_names):
        return "customer"
    return None


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


def _has_links(sentence: str) -> bool:
    """Also one of wide characters, which some clients take for others, or one that is disguised."""
    forms = (sentence, _plain(sentence))
    is_plain = not any(_LINK.search(form) or _MENTION.search(form) for form in forms)
    return not is_plain or _UNSEEN.search(sentence) is not None


def _has_addresses(sentence: str, evidence: Evidence) -> bool:
    folded = _folded(sentence)
    found = (*_EMAIL.findall(folded), *_DOMAIN.findall(_EMAIL.sub(" ", folded)))
    return all(address.strip(".") in evidence.text for address in found)


def _speaks_of(name: str, sentence: str, evidence: Evidence) -> bool:
    """Whether a customer is named that the evidence does not name. Endings may be bent."""
    if not name or name not in sentence or _folded(name) in evidence.text:
        return False
    end = r"\b" if len(name) <= _LONGEST_WHOLE_NAME else ""
    return re.search(rf"(?<!\w){re.escape(name)}{end}", sentence) is not None


# --- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    numbers: dict[str, frozenset[int]]
    months: dict[str, frozenset[int]]
    month_beginnings: tuple[str, ...]
    ambiguous_months: frozenset[str]
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
        magnitudes={w: int(size) for size, words in tables["magnitudes"].items() for w in words},
    )


def _by_word(lists: list[list[str]]) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, words in enumerate(lists, start=1):
        for word in words:
            found[word] = found.get(word, frozenset()) | {number}
    return found


def _is_supported(match: re.Match[str], evidence: Evidence) -> bool:
    token, unit = match.group(), _next_word(match)
    likeliest = next(_readings(token), None)
    if likeliest is None:
        return (evidence.numbers | evidence.date_figures).issuperset(_parts(token))
    size = _words().magnitudes.get(unit, 1)
    sizes = {size, 1} if unit in _ALSO_UNITS else {size}
    if any(likeliest * size in evidence.numbers for size in sizes):
        return True
    if match.string[: match.start()].endswith(("Q", "q")):
        return likeliest in {(month + 2) // 3 for month in evidence.months}
    return likeliest in evidence.date_figures and _is_of_a_date(match, likeliest)


def _all_numbers(text: str) -> Iterator[Decimal]:
    """Every reading of every number, with and without the magnitude that follows."""
    for match in _NUMBER.finditer(_plain(text)):
        size = _words().magnitudes.get(_next_word(match), 1)
        readings = tuple(_readings(match.group()))
        yield from (reading * factor for reading in readings for factor in (1, size))
        yield from () if readings else _parts(match.group())
    for word in _WORD.findall(_folded(text)):
        yield from map(Decimal, _words().numbers.get(word, ()))


def _parts(token: str) -> Iterator[Decimal]:
    """The figures of a date, a time or a range."""
    return map(Decimal, _DIGITS.findall(token))


def _readings(token: str) -> Iterator[Decimal]:
    """Likeliest first: 40.000 is forty thousand, or forty. A date, a time or a range has none."""
    if _THOUSANDS.fullmatch(token):
        whole, mark, rest = _split_decimals(token)
        yield Decimal("".join(_DIGITS.findall(whole)) + mark + rest)
    if _DECIMAL.fullmatch(token) or token.isdecimal():
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


def _is_of_a_date(match: re.Match[str], value: Decimal) -> bool:
    """A year, a day with its month in figures, or a number beside a month's name."""
    if value >= _EARLIEST_YEAR or value != value.to_integral_value():
        return True
    beside = match.string[max(match.start() - _BESIDE, 0) : match.end() + _BESIDE]
    return any(_months_named(word) for word in _WORD.findall(beside.casefold()))


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
