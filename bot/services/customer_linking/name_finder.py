"""Where a text names customers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice

from rapidfuzz.distance import OSA

from bot.domain.customer import Customer
from bot.services.customer_linking.company_names import (
    CompanyName,
    Likeness,
    figures_of,
    likeness_of,
    name_parts,
    read_name,
)
from bot.services.customer_linking.endings import abbreviation_stem, stems
from bot.services.customer_linking.forms import Form, Kind, glue
from bot.services.customer_linking.full_names import FullName, full_names, is_legal_form
from bot.services.customer_linking.index import NameIndex, allowed_mistakes, owners
from bot.services.customer_linking.people_index import PeopleIndex
from bot.services.customer_linking.words import Token, Vocabulary, name_words

_LONGEST_MISSPELT = 5  # words
_LONGEST_SPLIT = 3  # words that may stand for a name of one
_LONGEST_ABBREVIATION = 3
_SHORTEST_SPLIT = 7  # letters of a one-word name that may be written as several words
_SHORTEST_GLUED = 6  # letters of a name of several words that may be written as one
_SHORTEST_IN_LOWER_CASE = 7  # letters of a misspelt or shortened name without its capital
_SHORTEST_HEAD = 4
_MOST_MENTIONS = 200  # nobody names more in one note, and the time stays bounded
_MOST_FULL_NAMES = 50  # looked up in one note
_MOST_LOOKED_UP = 20  # customers that share one word
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class NameMention:
    """Words `first` up to `last` (excluded) that name one of `customers`; certain or not.

    `is_weak`: the words may as well mean what they mean in any text.
    """

    first: int
    last: int
    customers: tuple[int, ...]
    is_certain: bool
    is_weak: bool = False


class _Strength(IntEnum):
    """How well a form fits where it was found."""

    NONE = 0
    WEAK = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that may be a name. `is_bent`: an ending was cut off the last one."""

    words: Sequence[Token]
    first: int
    last: int
    is_bent: bool
    is_shouted: bool

    @property
    def written(self) -> Sequence[Token]:
        return self.words[self.first : self.last]

    @property
    def head(self) -> Token:
        return self.words[self.first]


class NameFinder:
    """Finds customers' names: as registered, shortened, bent, glued, and misspelt."""

    def __init__(
        self, customers: Sequence[Customer], people: PeopleIndex, known: Vocabulary
    ) -> None:
        self._customers = customers
        self._people = people
        self._known = known
        self._index = NameIndex(customers, known)

    def find(self, words: Sequence[Token], taken: frozenset[int]) -> list[NameMention]:
        """Every mention, longest first at each place, in the order of the text."""
        shouted = _is_shouted(words)
        exact = self._scan(words, taken, shouted, self._as_written, self._longest_from)
        taken = taken | {i for mention in exact for i in range(mention.first, mention.last)}
        misspelt = self._scan(words, taken, shouted, self._misspelt, lambda _: _LONGEST_MISSPELT)
        if any(mention.is_certain for mention in exact):
            misspelt = [_doubted(mention) for mention in misspelt]
        found = sorted(exact + misspelt, key=lambda mention: mention.first)
        for full in full_names(words, self._known)[:_MOST_FULL_NAMES]:
            if not any(self._is_settled(words, mention, full) for mention in exact):
                found = self._with_full_name(words, full, found)
        return found

    def named_exactly(self, words: Sequence[Token]) -> list[NameMention]:
        """Mentions without endings or mistakes, whatever the capitals, as in a channel's name."""
        found: list[NameMention] = []
        for first, last in _runs(words, frozenset(), self._longest_from):
            if found and first < found[-1].last:
                continue
            key = glue([w.folded for w in words[first:last]], self._known.connectors)
            forms = self._index.exact(key)
            if forms:
                whom = owners(forms)
                found.append(NameMention(first, last, whom, len(whom) == 1))
        return found

    def _longest_from(self, token: Token) -> int:
        """How many words a name may have that begins with this one."""
        split = 1 if token.folded in self._known.common else _LONGEST_SPLIT
        return max(split, self._index.longest_from(token.folded))

    def _scan(
        self,
        words: Sequence[Token],
        taken: frozenset[int],
        shouted: bool,
        look: Callable[[_Run], NameMention | None],
        longest_from: Callable[[Token], int],
    ) -> list[NameMention]:
        found: list[NameMention] = []
        for first, last in _runs(words, taken, longest_from):
            if not found or first >= found[-1].last:
                mention = look(_Run(words, first, last, is_bent=False, is_shouted=shouted))
                if mention:
                    found.append(mention)
                    if len(found) == _MOST_MENTIONS:
                        break
        return found

    # --- as registered, shortened, bent or glued ---

    def _as_written(self, run: _Run) -> NameMention | None:
        for key, is_bent in self._keys(run):
            forms = self._index.exact(key)
            if not forms:
                continue
            tried = _Run(run.words, run.first, run.last, is_bent, run.is_shouted)
            strengths = [self._strength(form, key, tried) for form in forms]
            best = max(strengths)
            if best is not _Strength.NONE:
                fitting = [f for f, s in zip(forms, strengths, strict=True) if s is best]
                return self._mention(run, key, owners(fitting), is_weak=best is _Strength.WEAK)
        return None

    def _keys(self, run: _Run) -> Iterator[tuple[str, bool]]:
        *before, last = run.written
        head = [token.folded for token in before]
        yield glue([*head, last.folded], self._known.connectors), False
        short = abbreviation_stem(last)
        if short and not head:
            yield short, True
        if last.folded not in self._known.ordinary:
            for stem in stems(last):
                yield glue([*head, stem], self._known.connectors), True

    def _strength(self, form: Form, key: str, run: _Run) -> _Strength:
        count = sum(token.folded not in self._known.connectors for token in run.written)
        if "&" in key:  # H & V is one word, as H&V is
            count = 1
        if form.words < count:
            return _sure(len(key) >= _SHORTEST_SPLIT and self._looks_like_name(run))
        if form.words > count:
            return _sure(len(key) >= _SHORTEST_GLUED and key not in self._known.ordinary)
        if form.kind is Kind.HEAD:
            return _sure(self._fits_head(key, run))
        if count > 1:
            is_name = run.head.is_capitalised or not self._all_ordinary(run)
            return _sure(is_name) or _weak(form.written.islower())
        if _is_abbreviation(form):
            return self._abbreviation_strength(key, run)
        return self._word_strength(form, key, run)

    def _abbreviation_strength(self, key: str, run: _Run) -> _Strength:
        is_ordinary = key in self._known.ordinary
        if len(key) > _LONGEST_ABBREVIATION and not is_ordinary:
            return _Strength.SURE
        token = run.head
        if token.is_abbreviation or (run.is_bent and abbreviation_stem(token) == key):
            return _sure(not run.is_shouted and not _follows_number(run))
        is_unsayable = len(key) == _LONGEST_ABBREVIATION and not set(key) & _VOWELS
        return _sure(is_unsayable and not is_ordinary and not run.is_bent)

    def _word_strength(self, form: Form, key: str, run: _Run) -> _Strength:
        token = run.head
        if key not in self._known.ordinary:
            return _sure(token.is_capitalised or len(key) > _LONGEST_ABBREVIATION)
        stands_out = token.is_capitalised and (bool(token.ending) or not token.starts_sentence)
        if stands_out and not run.is_shouted and not form.written.islower():
            return _Strength.SURE
        return _weak(key in self._known.brandable or form.written.islower())

    def _fits_head(self, key: str, run: _Run) -> bool:
        if self._all_ordinary(run):
            return False
        is_long = len(key) >= _SHORTEST_IN_LOWER_CASE
        return len(key) >= _SHORTEST_HEAD and (is_long or run.head.is_capitalised)

    def _looks_like_name(self, run: _Run) -> bool:
        return run.head.is_capitalised and not self._all_ordinary(run)

    def _all_ordinary(self, run: _Run) -> bool:
        return all(token.folded in self._known.common for token in run.written)

    # --- misspelt ---

    def _misspelt(self, run: _Run) -> NameMention | None:
        if not self._may_be_misspelt(run):
            return None
        for key, _ in self._keys(run):
            near = [
                (name, distance)
                for name, distance in self._index.alike(key)
                if self._is_mistake(run, key, name, distance)
            ]
            if near:
                fewest = near[0][1]
                forms = [
                    form
                    for name, distance in near
                    if distance == fewest
                    for form in self._index.exact(name)
                ]
                return self._mention(run, key, owners(forms))
        return None

    def _may_be_misspelt(self, run: _Run) -> bool:
        if len(run.written) == 1:
            token = run.head
            is_name = token.is_capitalised or len(token.folded) >= _SHORTEST_IN_LOWER_CASE
            person = self._people.is_our_name(token.folded) or self._people.is_contact(token.folded)
            return is_name and token.folded not in self._known.common and not person
        small = self._known.small
        capitals = all(t.is_capitalised or t.folded in small for t in run.written)
        return capitals and not self._all_ordinary(run)

    def _is_mistake(self, run: _Run, key: str, name: str, distance: int) -> bool:
        """Whether a near key is this name misspelt, and not another name."""
        if not run.head.is_capitalised and distance > 1:
            return False
        if _digits(key) != _digits(name) or name in self._known.ordinary:
            return False
        return any(self._same_words(run, form, name) for form in self._index.exact(name))

    def _same_words(self, run: _Run, form: Form, key: str) -> bool:
        """Each word is the same but for few letters: a short word in another's place is no slip."""
        if _is_abbreviation(form) and len(form.written) <= _LONGEST_ABBREVIATION + 1:
            return False
        written = [t.folded for t in run.written if t.folded not in self._known.connectors]
        if len(written) == 1 or form.words == 1:
            return len(written) == form.words
        right = self._words_of(form, key, len(written))
        return len(right) == len(written) and all(
            OSA.distance(a, b) <= allowed_mistakes(min(len(a), len(b)))
            for a, b in zip(written, right, strict=True)
        )

    def _words_of(self, form: Form, key: str, count: int) -> list[str]:
        """The words of the part of a name that a key stands for."""
        words = [w for w in name_words(form.written) if w not in self._known.connectors]
        parts = (words[start : start + count] for start in range(len(words) - count + 1))
        return next((part for part in parts if "".join(part) == key), [])

    # --- written in full ---

    def _is_settled(self, words: Sequence[Token], mention: NameMention, full: FullName) -> bool:
        """Whether a mention is the full name already: to its end, or to the legal form."""
        if not mention.is_certain or mention.first >= full.last or mention.last <= full.first:
            return False
        run = words[mention.first : mention.last]
        is_told_apart = any(t.folded not in self._known.names_little for t in run)
        return mention.last >= full.last or (is_legal_form(run[-1]) and is_told_apart)

    def _with_full_name(
        self, words: Sequence[Token], full: FullName, found: list[NameMention]
    ) -> list[NameMention]:
        """The mentions, those within a full name replaced by the company that bears it."""
        within = [m for m in found if m.first < full.last and m.last > full.first]
        whom = tuple(dict.fromkeys(number for mention in within for number in mention.customers))
        if len(within) > 1 < len(whom):
            return found
        first = full.first if full.is_line or not within else within[0].first
        bearers = self._bearers(words[first : full.last], whom)
        if not bearers and not (within and self._is_of_another(full, whom)):
            return found
        others = [m for m in found if m not in within]
        named = NameMention(first, full.last, bearers or whom, len(bearers) == 1)
        return sorted([*others, named], key=lambda mention: mention.first)

    def _is_of_another(self, full: FullName, whom: Sequence[int]) -> bool:
        """Whether a full name that nobody bears is one at all, and no remark on a customer."""
        theirs = {word for number in whom for word in name_words(self._customers[number].name)}
        has_number = any(word.isdecimal() for word in theirs)
        said = full.said if not has_number else {w for w in full.said if not w.isdecimal()}
        return full.says_kind and said <= theirs

    def _bearers(self, run: Sequence[Token], near: Sequence[int]) -> tuple[int, ...]:
        """The customers whose full name is written, or of several those whose it is exactly."""
        written = read_name(" ".join(token.stem for token in run))
        likeness = {
            number: max(likeness_of(written, name) for name in self._names_of(number))
            for number in dict.fromkeys((*near, *self._look_up(run)))
        }
        best = max(likeness.values(), default=Likeness.NONE)
        return tuple(n for n, like in likeness.items() if like is best is not Likeness.NONE)

    def _names_of(self, number: int) -> Iterator[CompanyName]:
        customer = self._customers[number]
        return map(read_name, (customer.name, *customer.aliases))

    def _look_up(self, run: Sequence[Token]) -> Iterator[int]:
        """Customers that share a word, or have nearly so the beginning of a name."""
        keys = [token.folded for token in run]
        for key in dict.fromkeys((*keys, "".join(keys[:2]), "".join(keys))):
            yield from self._index.holding(key)
            near = (name for name, _ in self._index.alike(key))
            for form in islice(self._forms_of((key, *near)), _MOST_LOOKED_UP):
                yield form.customer

    def _forms_of(self, keys: Iterable[str]) -> Iterator[Form]:
        for key in keys:
            yield from self._index.exact(key)

    # --- what stands beside it ---

    def _mention(
        self, run: _Run, key: str, whom: tuple[int, ...], *, is_weak: bool = False
    ) -> NameMention:
        others = self._people.last_name_at(key) if len(run.written) == 1 else frozenset()
        everybody = tuple(dict.fromkeys((*whom, *sorted(others))))
        certain = (
            len(everybody) == 1
            and not self._another_kind_follows(run, whom[0])
            and not self._is_persons_name(run, key, whom[0])
        )
        return NameMention(run.first, run.last, everybody, certain, is_weak)

    def _another_kind_follows(self, run: _Run, customer: int) -> bool:
        """Dunmarrow Construction is hardly Dunmarrow Mobility, nor Halvex Norway Halvex Sweden.

        Where the customer's own name bears no place or number, one that follows is said of it.
        """
        follower = run.words[run.last] if run.last < len(run.words) else None
        if follower is None or run.words[run.last - 1].ending or not follower.is_capitalised:
            return False
        if not follower.is_next or len(follower.folded) < 2:
            return False
        named = name_words(self._customers[customer].name)
        for read in (name_parts().places.get, figures_of):
            value, theirs = read(follower.folded), {read(word) for word in named} - {None}
            if value and theirs:
                return value not in theirs
        return follower.folded in self._known.kinds and follower.folded not in named

    def _is_persons_name(self, run: _Run, key: str, customer: int) -> bool:
        """Whether it is (also) somebody's name: after a title or a first name, or an employee's."""
        if len(run.written) > 1 or customer in self._people.last_name_at(key):
            return False
        if self._people.is_our_name(key):
            return True
        before = run.words[run.first - 1] if run.first else None
        if before is None or before.ending or not run.head.is_next or not before.is_capitalised:
            return False
        return before.folded in self._known.titles or self._people.is_first_name(before.folded)


def _runs(
    words: Sequence[Token], taken: frozenset[int], longest_from: Callable[[Token], int]
) -> Iterator[tuple[int, int]]:
    """Every run of words that stand close, the longest at each place first."""
    for first, token in enumerate(words):
        if first in taken:
            continue
        end = first + 1
        limit = min(len(words), first + longest_from(token))
        while end < limit and end not in taken and words[end].is_close:
            end += 1
        for last in range(end, first, -1):
            yield first, last


def _doubted(mention: NameMention) -> NameMention:
    """One word that is nearly a name, beside a customer named without a slip.

    It may well be a name of something else: a place, or a person.
    """
    is_word = mention.last - mention.first == 1
    return replace(mention, is_certain=False) if is_word else mention


def _sure(fits: bool) -> _Strength:
    return _Strength.SURE if fits else _Strength.NONE


def _weak(fits: bool) -> _Strength:
    return _Strength.WEAK if fits else _Strength.NONE


def _is_abbreviation(form: Form) -> bool:
    return form.words == 1 and form.written.replace(".", "").isupper()


def _follows_number(run: _Run) -> bool:
    """`3 PM`, `20 MT`: a unit."""
    before = run.words[run.first - 1] if run.first else None
    return before is not None and before.folded[-1].isdigit() and run.head.is_next


def _is_shouted(words: Sequence[Token]) -> bool:
    letters = [token for token in words if len(token.folded) > 1]
    return len(letters) > 3 and all(token.written.isupper() for token in letters)


def _digits(key: str) -> str:
    return "".join(c for c in key if c.isdigit())
