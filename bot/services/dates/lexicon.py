"""The words that dates are made of, and where a text has them."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s]")
_ENDS_SENTENCE = frozenset(".!?•")
_WORDS_TO_TELL_LANGUAGE = 500
_CLEAR_SHARE = 0.6
_MOST_TOKENS = 10_000  # 40 000 characters of prose have fewer; the time stays bounded


class Role(StrEnum):
    """What a phrase does in a date."""

    NOTHING = "nothing"
    OFFSET = "offset"  # value: days from today
    WEEKDAY = "weekday"  # value: 0 is Monday
    LAST_WEEKDAY = "last_weekday"
    MONTH = "month"  # value: 1 is January
    DIRECTION = "direction"  # value: -1, 0, 1
    UNIT = "unit"
    FIXED = "fixed"  # value: direction-unit
    PART = "part"
    PART_AFTER = "part_after"
    COMPOUND = "compound"  # value: part-unit
    SEASON = "season"
    FEAST = "feast"
    NUMBER = "number"
    AHEAD_BEFORE = "ahead_before"
    AHEAD_AFTER = "ahead_after"
    WITHIN = "within"
    WITHIN_AFTER = "within_after"
    AGO_BEFORE = "ago_before"
    AGO_AFTER = "ago_after"
    LEAD = "leads"
    LEAD_TO_YEAR = "leads_to_year"
    OF = "of"
    TO = "to"
    WEEK_OF = "week_of"
    FIRST = "first"
    PAST = "past"
    FUTURE = "future"
    ORDINAL = "ordinals"
    DAY_LEAD = "day_leads"
    CLOCK = "clock"
    RECURRING = "recurring"


class Token(NamedTuple):
    """A word, a run of digits or a sign. `start` and `end` count characters of the text."""

    text: str
    word: str
    start: int
    end: int
    starts_sentence: bool


def tokens(text: str) -> list[Token]:
    """The text in tokens, ten thousand at most; `word` is lower case, without a possessive."""
    found: list[Token] = []
    starts, before = True, 0
    has_lines = "\n" in text
    for match in islice(_TOKEN.finditer(text), _MOST_TOKENS):
        written, start, end = match.group(), match.start(), match.end()
        starts = starts or (has_lines and "\n" in text[before:start])
        word = written.lower()
        if word.endswith(("'s", "’s")):
            word = word[:-2]
        found.append(Token(written, word, start, end, starts))
        starts, before = written in _ENDS_SENTENCE, end
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase of a language and what it does."""

    phrase: tuple[str, ...]
    role: Role
    value: int | str
    language: str
    is_wary: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry in a text, up to the token `end` (excluded)."""

    entry: Entry
    end: int

    @property
    def value(self) -> int | str:
        """What the entry stands for."""
        return self.entry.value

    @property
    def language(self) -> str:
        """The entry's language."""
        return self.entry.language


Sightings: TypeAlias = dict[int, dict[Role, list[Sighting]]]
"""What begins at which token, by what it does."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every phrase of every language by its first word, longest first."""

    languages: tuple[str, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    function_words: Mapping[str, tuple[str, ...]]  # word -> languages
    contested: frozenset[str]
    coming_weekday: frozenset[str]  # languages, as in the file's head
    direction_follows: frozenset[str]
    day_follows_month: frozenset[str]
    part_follows: frozenset[str]  # the languages that have `part_after`

    def sightings(self, words: Sequence[Token]) -> Sightings:
        """Where a text has which entries."""
        spoken = self._languages(words)
        found: Sightings = {}
        hidden = -1  # words that look like a date and are none end before this token
        known = self.entries
        for start, token in enumerate(words):
            if token.word not in known:
                continue
            for entry in known[token.word]:
                if start < hidden or not _has(words, start, entry.phrase):
                    continue
                if entry.role is Role.NOTHING:
                    hidden = start + len(entry.phrase)
                elif token.word not in self.contested or entry.language in spoken:
                    sighting = Sighting(entry, start + len(entry.phrase))
                    found.setdefault(start, {}).setdefault(entry.role, []).append(sighting)
            if start < hidden:
                found.pop(start, None)
        return found

    def _languages(self, words: Sequence[Token]) -> frozenset[str]:
        """The languages that most of the text may be in."""
        counts: Counter[str] = Counter()
        for token in words[:_WORDS_TO_TELL_LANGUAGE]:
            counts.update(self.function_words.get(token.word, ()))
        most = max(counts.values(), default=0)
        if not most:
            return frozenset(name for names in self.function_words.values() for name in names)
        return frozenset(name for name, n in counts.items() if n >= most * _CLEAR_SHARE)


def _has(words: Sequence[Token], start: int, phrase: tuple[str, ...]) -> bool:
    if len(phrase) == 1:
        return True
    if start + len(phrase) > len(words):
        return False
    return all(words[start + i].word == part for i, part in enumerate(phrase))


@cache
def lexicon() -> Lexicon:
    """What `languages.toml` holds."""
    source = files(__package__) / "languages.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    contested = frozenset(data.pop("contested")["words"])
    builder = _Builder()
    for language, table in data.items():
        builder.add(language, table)
    return Lexicon(
        languages=tuple(data),
        entries={
            word: tuple(sorted(entries, key=lambda e: len(e.phrase), reverse=True))
            for word, entries in builder.entries.items()
        },
        function_words={word: tuple(names) for word, names in builder.function_words.items()},
        contested=contested,
        coming_weekday=_with_flag(data, "coming_weekday"),
        direction_follows=_with_flag(data, "direction_follows"),
        day_follows_month=_with_flag(data, "day_follows_month"),
        part_follows=_with_flag(data, "part_after"),
    )


def _with_flag(data: Mapping[str, Any], flag: str) -> frozenset[str]:
    return frozenset(language for language, table in data.items() if table.get(flag))


_OFFSETS = {
    "today": 0,
    "tomorrow": 1,
    "day_after_tomorrow": 2,
    "yesterday": -1,
    "day_before_yesterday": -2,
}
_DIRECTIONS = {"next": 1, "this": 0, "last": -1}
_NUMBERED = {"numbers": (Role.NUMBER, 1), "last_weekdays": (Role.LAST_WEEKDAY, 0)}
_NAMED = {
    "units": Role.UNIT,
    "fixed": Role.FIXED,
    "part": Role.PART,
    "part_after": Role.PART_AFTER,
    "compound": Role.COMPOUND,
    "seasons": Role.SEASON,
    "feasts": Role.FEAST,
}
_PLAIN = (
    Role.NOTHING,
    Role.AHEAD_BEFORE,
    Role.AHEAD_AFTER,
    Role.WITHIN,
    Role.WITHIN_AFTER,
    Role.AGO_BEFORE,
    Role.AGO_AFTER,
    Role.LEAD,
    Role.LEAD_TO_YEAR,
    Role.OF,
    Role.TO,
    Role.WEEK_OF,
    Role.FIRST,
    Role.PAST,
    Role.FUTURE,
    Role.ORDINAL,
    Role.DAY_LEAD,
    Role.CLOCK,
    Role.RECURRING,
)


@dataclass(slots=True)
class _Builder:
    entries: defaultdict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    function_words: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, language: str, table: Mapping[str, Any]) -> None:
        """Every phrase of a language."""
        for word in table["function_words"]:
            self.function_words[word].append(language)
        wary = frozenset(table.get("wary", ()))
        for phrase, role, value in _phrases(table):
            words = tuple(token.word for token in tokens(phrase))
            self.entries[words[0]].append(Entry(words, role, value, language, phrase in wary))


def _phrases(table: Mapping[str, Any]) -> Iterator[tuple[str, Role, int | str]]:
    for key, days in _OFFSETS.items():
        yield from ((phrase, Role.OFFSET, days) for phrase in table[key])
    for key, direction in _DIRECTIONS.items():
        yield from ((phrase, Role.DIRECTION, direction) for phrase in table[key])
    for key, (role, first) in _NUMBERED.items():
        for number, forms in enumerate(table.get(key, ()), start=first):
            yield from ((phrase, role, number) for phrase in forms)
    yield from _bent(table["weekdays"], Role.WEEKDAY, 0, table.get("weekday_endings", ()))
    yield from _bent(table["months"], Role.MONTH, 1, table.get("month_endings", ()))
    for key, role in _NAMED.items():
        for value, forms in table.get(key, {}).items():
            yield from ((phrase, role, value) for phrase in forms)
    for role in _PLAIN:
        yield from ((phrase, role, 0) for phrase in table.get(role.value, ()))


def _bent(
    names: Sequence[Sequence[str]], role: Role, first: int, endings: Sequence[str]
) -> Iterator[tuple[str, Role, int | str]]:
    for number, forms in enumerate(names, start=first):
        for form in forms:
            yield form, role, number
            yield from ((form + ending, role, number) for ending in endings)
