"""Where a text names customers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.domain.customer import Customer
from bot.services.customer_linking.endings import abbreviation_stem, stems
from bot.services.customer_linking.forms import Form, Kind, glue
from bot.services.customer_linking.index import NameIndex, allowed_mistakes, owners
from bot.services.customer_linking.people_index import PeopleIndex
from bot.services.customer_linking.words import Token, Vocabulary, name_words

_LONGEST_RUN = 8
_LONGEST_ABBREVIATION = 3
_SHORTEST_SPLIT = 7  # letters of a one-word name that may be written as several words
_SHORTEST_GLUED = 6  # letters of a name of several words that may be written as one
_SHORTEST_IN_LOWER_CASE = 7  # letters of a misspelt or shortened name without its capital
_SHORTEST_HEAD = 4


@dataclass(frozen=True, slots=True)
class NameMention:
    """Words `first` up to `last` (excluded) that name one of `customers`; certain or not."""

    first: int
    last: int
    customers: tuple[int, ...]
    is_certain: bool


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
        self._longest = min(self._index.most_words + 2, _LONGEST_RUN)

    def find(self, words: Sequence[Token], taken: frozenset[int]) -> list[NameMention]:
        """Every mention, longest first at each place, in the order of the text."""
        shouted = _is_shouted(words)
        exact = self._scan(words, taken, self._as_written, shouted)
        taken = taken | {i for mention in exact for i in range(mention.first, mention.last)}
        misspelt = self._scan(words, taken, self._misspelt, shouted)
        return sorted(exact + misspelt, key=lambda mention: mention.first)

    def named_exactly(self, words: Sequence[Token]) -> list[NameMention]:
        """Mentions without endings or mistakes, whatever the capitals, as in a channel's name."""
        found: list[NameMention] = []
        for first, last in _runs(words, self._longest, frozenset()):
            if found and first < found[-1].last:
                continue
            forms = self._index.exact(
                glue([w.folded for w in words[first:last]], self._known.connectors)
            )
            if forms:
                whom = owners(forms)
                found.append(NameMention(first, last, whom, len(whom) == 1))
        return found

    def _scan(
        self,
        words: Sequence[Token],
        taken: frozenset[int],
        look: "Callable[[_Run], NameMention | None]",
        shouted: bool,
    ) -> list[NameMention]:
        found: list[NameMention] = []
        for first, last in _runs(words, self._longest, taken):
            if not found or first >= found[-1].last:
                mention = look(_Run(words, first, last, is_bent=False, is_shouted=shouted))
                if mention:
                    found.append(mention)
        return found

    # --- as registered, shortened, bent or glued ---

    def _as_written(self, run: _Run) -> NameMention | None:
        for key, is_bent in self._keys(run):
            forms = self._index.exact(key)
            if not forms:
                continue
            tried = _Run(run.words, run.first, run.last, is_bent, run.is_shouted)
            fitting = [form for form in forms if self._fits(form, key, tried)]
            if fitting:
                return self._mention(run, key, owners(fitting))
        return None

    def _keys(self, run: _Run) -> Iterator[tuple[str, bool]]:
        *before, last = run.written
        head = [token.folded for token in before]
        yield glue([*head, last.folded], self._known.connectors), False
        short = abbreviation_stem(last)
        if short and not head:
            yield short, True
        if last.folded not in self._known.ordinary:
            for stem in stems(last, self._known):
                yield glue([*head, stem], self._known.connectors), True

    def _fits(self, form: Form, key: str, run: _Run) -> bool:
        count = sum(token.folded not in self._known.connectors for token in run.written)
        if form.words < count:
            return len(key) >= _SHORTEST_SPLIT and self._looks_like_name(run)
        if form.words > count:
            return len(key) >= _SHORTEST_GLUED and key not in self._known.ordinary
        if form.kind is Kind.HEAD:
            return self._fits_head(key, run)
        if count > 1:
            return run.head.is_capitalised or not self._all_ordinary(run) or form.written.islower()
        return self._fits_word(form, key, run)

    def _fits_word(self, form: Form, key: str, run: _Run) -> bool:
        token = run.head
        if _is_abbreviation(form) and (
            len(key) <= _LONGEST_ABBREVIATION or key in self._known.ordinary
        ):
            written_so = token.is_abbreviation or (run.is_bent and abbreviation_stem(token) == key)
            return written_so and not run.is_shouted and not _follows_number(run)
        if form.written.islower():
            return not run.is_bent or key not in self._known.ordinary
        if key in self._known.ordinary:
            return token.is_capitalised and not token.starts_sentence and not run.is_shouted
        return token.is_capitalised or len(key) > _LONGEST_ABBREVIATION

    def _fits_head(self, key: str, run: _Run) -> bool:
        if any(t.folded in self._known.ordinary for t in run.written) and self._all_ordinary(run):
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
        if _digits(key) != _digits(name):
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

    # --- what stands beside it ---

    def _mention(self, run: _Run, key: str, whom: tuple[int, ...]) -> NameMention:
        others = self._people.last_name_at(key) if len(run.written) == 1 else frozenset()
        everybody = tuple(dict.fromkeys((*whom, *sorted(others))))
        certain = (
            len(everybody) == 1
            and not self._another_kind_follows(run, whom[0])
            and not self._is_persons_name(run, key, whom[0])
        )
        return NameMention(run.first, run.last, everybody, certain)

    def _another_kind_follows(self, run: _Run, customer: int) -> bool:
        """Dunmarrow Construction is hardly Dunmarrow Mobility."""
        follower = run.words[run.last] if run.last < len(run.words) else None
        if follower is None or run.words[run.last - 1].ending or not follower.is_capitalised:
            return False
        if not follower.is_next:
            return False
        named = set(name_words(self._customers[customer].name))
        is_kind = follower.folded in self._known.kinds and len(follower.folded) > 1
        return is_kind and follower.folded not in named

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


def _runs(words: Sequence[Token], longest: int, taken: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Every run of words that stand close, the longest at each place first."""
    for first in range(len(words)):
        if first in taken:
            continue
        end = first + 1
        limit = min(len(words), first + longest)
        while end < limit and end not in taken and words[end].is_close:
            end += 1
        for last in range(end, first, -1):
            yield first, last


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
