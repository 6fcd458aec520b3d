"""A text as the rules look at it: what stands where, what leads to it, whether it is past."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.services.dates.lexicon import Lexicon, Role, Sighting, Token
from bot.services.dates.periods import Period, occurring

_MARKERS_WITHIN = 3  # words before a date that may tell whether it is past
_YEARS = range(1990, 2101)
_COUNTS = range(1, 121)
_NOTHING: Mapping[Role, Sequence[Sighting]] = {}
_DASHES = frozenset("-–—")


@dataclass(frozen=True, slots=True)
class Found:
    """A date up to the token `end` (excluded)."""

    end: int
    period: Period


@dataclass(frozen=True, slots=True)
class Amount:
    """A number up to the token `end`; `most` differs in "2-3 weeks", digits have no language."""

    least: int
    most: int
    end: int
    language: str | None = None


class Scan:
    """Answers the rules' questions on one text."""

    def __init__(self, text: str, words: Sequence[Token], today: date, lexicon: Lexicon) -> None:
        self.text = text
        self.words = words
        self.today = today
        self.lexicon = lexicon
        self._seen = lexicon.sightings(words)
        self._leads = self._ends_of(Role.LEAD)
        self._leads_to_year = self._ends_of(Role.LEAD_TO_YEAR)

    def roles(self, at: int) -> Collection[Role]:
        """What the phrases that begin at a token may do in a date."""
        return self._seen.get(at, _NOTHING)

    def is_number(self, at: int) -> bool:
        """Whether a token is made of digits."""
        return 0 <= at < len(self.words) and self.words[at].text.isdecimal()

    def _ends_of(self, role: Role) -> frozenset[int]:
        return frozenset(s.end for seen in self._seen.values() for s in seen.get(role, ()))

    def see(self, at: int, role: Role, language: str | None = None) -> Iterator[Sighting]:
        """The phrases with a role that begin at a token, longest first."""
        for sighting in self._seen.get(at, _NOTHING).get(role, ()):
            if language is None or sighting.entry.language == language:
                yield sighting

    def has(self, at: int, role: Role) -> bool:
        """Whether any phrase with the role begins at a token."""
        return role in self._seen.get(at, _NOTHING)

    def after(self, at: int, role: Role, language: str | None = None) -> int:
        """The token behind a phrase with the role; the same one where there is none."""
        if role not in self._seen.get(at, _NOTHING):
            return at
        return next((sighting.end for sighting in self.see(at, role, language)), at)

    # --- numbers ---

    def number(self, at: int, limit: range) -> int | None:
        """The digits at a token, where they are within the limit."""
        if not 0 <= at < len(self.words):
            return None
        digits = self.words[at].text
        if not digits.isdecimal() or len(digits) > 4:
            return None
        return int(digits) if int(digits) in limit else None

    def year(self, at: int) -> tuple[int, int] | None:
        """The year at a token, perhaps behind a comma or slash, and the token after it."""
        for start in (at, at + 1 if self.is_sign(at, ",/") else at):
            year = self.number(start, _YEARS)
            if year and not self._is_part_of_number(start):
                return year, start + 1
        return None

    def _is_part_of_number(self, at: int) -> bool:
        """`2,000.50`, `2026-0419`: more digits follow at once."""
        if not (self.is_sign(at + 1, ".,-/:") and self.is_joined(at + 1)):
            return False
        return self.is_joined(at + 2) and self.words[at + 2].text.isdecimal()

    def amounts(self, at: int) -> Iterator[Amount]:
        """The numbers that begin at a token, in digits or in the words of each language."""
        count = self.number(at, _COUNTS)
        if count is not None:
            most = self.number(at + 2, _COUNTS) if self.is_dash(at + 1) else None
            is_range = most is not None and most > count
            yield Amount(count, most or count, at + 3) if is_range else Amount(count, count, at + 1)
        for sighting in self.see(at, Role.NUMBER):
            number = int(sighting.value)
            yield Amount(number, number, sighting.end, sighting.language)

    def goes_on(self, at: int) -> bool:
        """Whether what follows digits makes them something else: 34.5, 10:30, 4 %."""
        after = at + 1
        if self.is_sign(after, "%€$£"):
            return True
        cut = self.is_sign(after, ".,:") and self.is_joined(after) and self.is_joined(after + 1)
        return cut and self.is_number(after + 1)

    # --- signs and gaps ---

    def is_sign(self, at: int, signs: str) -> bool:
        """Whether a token is one of these signs."""
        return 0 <= at < len(self.words) and self.words[at].text in signs

    def is_dash(self, at: int) -> bool:
        """Whether a token is a dash of any length."""
        return 0 <= at < len(self.words) and self.words[at].text in _DASHES

    def is_joined(self, at: int) -> bool:
        """Whether nothing is between a token and the one before."""
        return 0 < at < len(self.words) and self.words[at].start == self.words[at - 1].end

    def skip_to(self, at: int, language: str | None = None) -> int:
        """Behind a dash, or "to" in some language; the same token where there is neither."""
        return at + 1 if self.is_dash(at) else self.after(at, Role.TO, language)

    def token_at(self, character: int, start: int) -> int:
        """The first token that begins at a character of the text or later."""
        at = start
        while at < len(self.words) and self.words[at].start < character:
            at += 1
        return at

    # --- what stands before ---

    def is_led(self, at: int) -> bool:
        """Whether a word that leads to a date stands right before."""
        return at in self._leads

    def is_led_to_year(self, at: int) -> bool:
        """Whether a word that leads to a year stands right before."""
        return at in self._leads_to_year

    def is_recurring(self, at: int) -> bool:
        """Whether it is said of every such day: every Monday."""
        return any(
            sighting.end == at
            for start in range(max(0, at - 3), at)
            for sighting in self.see(start, Role.RECURRING)
        )

    def stands_as_name(self, at: int) -> bool:
        """Whether a word has a capital that no sentence gave it, and no name stands before it."""
        token = self.words[at]
        if not token.text[0].isupper() or token.starts_sentence or token.text.isupper():
            return False
        return not self.words[at - 1].text[:1].isupper()

    def is_past(self, at: int) -> bool:
        """Whether the words right before tell of something that has been."""
        first = at
        while first > 0 and at - first < _MARKERS_WITHIN and not self.words[first].starts_sentence:
            first -= 1
        around = range(first, at)
        if any(self.has(i, Role.FUTURE) for i in around):
            return False
        return any(self.has(i, Role.PAST) for i in around)

    # --- when ---

    def occurring(self, at: int, in_year: Callable[[int], Period | None]) -> Period | None:
        """What comes every year, the one that is meant at a token."""
        return occurring(self.today, in_year, is_past=self.is_past(at))

    def yearly(self, start: int, end: int, in_year: Callable[[int], Period | None]) -> Found | None:
        """What comes every year, in the year behind it or else in the one that is meant."""
        year = self.year(self.after(end, Role.OF)) or self.year(end)
        if year:
            period = in_year(year[0])
            return Found(year[1], period) if period else None
        directed = self._directed_year(end)
        if directed:
            period = in_year(directed[0])
            return Found(directed[1], period) if period else None
        period = self.occurring(start, in_year)
        return Found(end, period) if period else None

    def _directed_year(self, at: int) -> tuple[int, int] | None:
        """`next year`, `nächsten Jahres`, `del próximo año`, behind a month or a quarter."""
        start = self.after(at, Role.OF)
        for direction in self.see(start, Role.DIRECTION):
            for unit in self.see(direction.end, Role.UNIT, direction.language):
                if unit.value == "year":
                    return self.today.year + int(direction.value), unit.end
        return None

    def weekday(self, at: int, number: int) -> Period:
        """The weekday after today, or behind "since" and the like the one before."""
        ahead = (number - self.today.weekday() - 1) % 7 + 1
        back = (self.today.weekday() - number - 1) % 7 + 1
        found = self.today + timedelta(days=-back if self.is_past(at) else ahead)
        return Period(found, found)
