"""Which customers a statement is on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.domain.customer import Customer
from bot.services.customer_linking.name_finder import NameFinder, NameMention
from bot.services.customer_linking.people_index import Part, PeopleIndex, PersonMention
from bot.services.customer_linking.unknown_names import announced_names, names_with_legal_form
from bot.services.customer_linking.words import Token, tokens, vocabulary, without_markup

_MOST_CANDIDATES = 5
_MOST_UNKNOWN = 20
_SHORTEST_CHANNEL_NAME = 4
_LONGEST_SOURCE_PHRASE = 6  # words
_ACCOUNT_PREFIXES = frozenset(
    {
        "acct",
        "account",
        "acc",
        "cust",
        "customer",
        "client",
        "ext",
        "kunde",
        "kund",
        "asiakas",
        "cliente",
    }
)
_DIRECT_PREFIXES = frozenset({"dm", "mpdm"})


@dataclass(frozen=True, slots=True)
class LinkContext:
    """What a statement stands in.

    `thread_customer_ids` are those of the earlier notes of the thread, nearest first; `mentions`
    and `contacts` are the names of organisations and people that a classifier saw; `note_text` is
    the whole note, where the statement is a part of it.
    """

    conversation_name: str = ""
    conversation_customer_id: str | None = None
    thread_customer_ids: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    note_text: str = ""


@dataclass(frozen=True, slots=True)
class Linking:
    """What a statement is linked to.

    `candidates` are customers that it may be on, which only a person can tell apart;
    `unknown_names` look like organisations that are not registered; `contacts` are the people of
    the linked customers, by their registered names, and those whom only the classifier knows.
    """

    customer_ids: tuple[str, ...] = ()
    candidates: tuple[Customer, ...] = ()
    unknown_names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text says by itself: its words, customers named, and people named."""

    words: Sequence[Token]
    names: tuple[NameMention, ...]
    people: tuple[PersonMention, ...]


class CustomerLinker:
    """Recognises the customers of one workspace. Built once, it serves any number of notes.

    A wrong link is worse than none: what could be two customers is a candidate, never a guess.
    `employee_names` are our own people: they are nobody's contacts, whatever they are called.
    """

    def __init__(self, customers: Sequence[Customer], employee_names: Sequence[str] = ()) -> None:
        self._customers = tuple(customers)
        self._numbers = {customer.id: number for number, customer in enumerate(customers)}
        self._known = vocabulary()
        self._people = PeopleIndex(customers, employee_names, self._known)
        self._names = NameFinder(customers, self._people, self._known)

    def link(self, statement: str, context: LinkContext) -> Linking:
        """The customers that a statement is on, else those it may be on."""
        reading = self._read(statement, context.mentions)
        expected = self._expected(context)
        linked, unclear = self._named(reading, expected)
        announced = self._unknown(reading, announced_names(reading.words, self._known))
        if not linked and not unclear and not announced:
            linked = self._spoken_of(context, expected)
            unclear = () if linked else self._maybe_named(reading)
        unknown = self._unknown(reading, names_with_legal_form(reading.words, self._known))
        return Linking(
            customer_ids=tuple(self._customers[number].id for number in linked),
            candidates=tuple(self._customers[n] for n in unclear[:_MOST_CANDIDATES]),
            unknown_names=tuple(dict.fromkeys((*announced, *unknown))),
            contacts=self._contacts(reading, linked, context),
        )

    # --- what the text says ---

    def _read(self, text: str, mentions: Sequence[str] = ()) -> _Reading:
        lowered = text.lower()
        unsaid = [mention for mention in mentions if mention.lower() not in lowered]
        words = tokens(without_markup("\n".join((text, *unsaid))))
        full = self._people.full_names(words)
        taken = _positions(full)
        names = self._names.find(words, taken)
        people = [*full, *self._people.part_names(words, taken | _positions(names))]
        return _Reading(words, tuple(names), tuple(people))

    def _named(
        self, reading: _Reading, expected: Sequence[int]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Customers that are certain, and those that are not: by names, else by people."""
        names = [m for m in reading.names if not m.is_weak or set(m.customers) & set(expected)]
        linked, unclear = _settle(names, expected)
        linked = self._subjects(reading, linked)
        by_people = [p for p in reading.people if p.forms]
        if linked or not by_people:
            return linked, unclear
        if unclear:
            narrowed = [n for n in unclear if any(n in p.customers for p in by_people)]
            return ((narrowed[0],), ()) if len(narrowed) == 1 else ((), unclear)
        return _settle_people(by_people, expected)

    def _maybe_named(self, reading: _Reading) -> tuple[int, ...]:
        """Customers whose names are words that, with their capital, may mean just what they say."""
        weak = [m for m in reading.names if m.is_weak and reading.words[m.first].is_capitalised]
        return tuple(dict.fromkeys(n for m in weak for n in m.customers))

    def _subjects(self, reading: _Reading, linked: tuple[int, ...]) -> tuple[int, ...]:
        """Without those who are only the source of what is said of another customer."""
        if len(linked) < 2:
            return linked
        sources = {
            m.customers[0]
            for m in reading.names
            if m.is_certain and self._is_source(reading.words, m)
        }
        elsewhere = {m.customers[0] for m in reading.names if not self._is_source(reading.words, m)}
        subjects = tuple(n for n in linked if n not in sources or n in elsewhere)
        return subjects or linked

    def _is_source(self, words: Sequence[Token], mention: NameMention) -> bool:
        earliest = max(0, mention.first - _LONGEST_SOURCE_PHRASE)
        before = [token.folded for token in words[earliest : mention.first]]
        after = [t.folded for t in words[mention.last : mention.last + _LONGEST_SOURCE_PHRASE]]
        if before and before[-1] in self._known.articles:
            before.pop()
        return any(
            tuple(before[-len(phrase) :]) == phrase for phrase in self._known.before_source
        ) or any(tuple(after[: len(phrase)]) == phrase for phrase in self._known.after_source)

    # --- what it stands in ---

    def _expected(self, context: LinkContext) -> tuple[int, ...]:
        """Whom one speaks of in this place: the thread's customers, then the conversation's."""
        ids = [*context.thread_customer_ids, context.conversation_customer_id]
        known = [self._numbers[i] for i in ids if i in self._numbers]
        return tuple(
            dict.fromkeys((*known, *self._in_conversation_name(context.conversation_name)))
        )

    def _in_conversation_name(self, name: str) -> tuple[int, ...]:
        words = tokens(name.replace("_", "-"))
        if not words or words[0].folded in _DIRECT_PREFIXES:
            return ()
        is_account = words[0].folded in _ACCOUNT_PREFIXES
        found = {
            mention.customers[0]
            for mention in self._names.named_exactly(words[1:] if is_account else words)
            if mention.is_certain and self._names_channel(words[is_account:], mention, is_account)
        }
        return tuple(found) if len(found) == 1 else ()

    def _names_channel(
        self, words: Sequence[Token], mention: NameMention, is_account: bool
    ) -> bool:
        run = words[mention.first : mention.last]
        if is_account:
            return True
        is_long = sum(len(token.folded) for token in run) >= _SHORTEST_CHANNEL_NAME
        return is_long and not all(token.folded in self._known.common for token in run)

    def _spoken_of(self, context: LinkContext, expected: Sequence[int]) -> tuple[int, ...]:
        """Whom a statement is on that names nobody: the rest of its note, its thread, its place."""
        if context.note_text:
            linked, unclear = self._named(self._read(context.note_text), expected)
            if linked or unclear:
                return linked
        return tuple(expected[:1])

    # --- beside the link ---

    def _unknown(self, reading: _Reading, runs: Iterable[tuple[int, int]]) -> tuple[str, ...]:
        named = _positions([name for name in reading.names if name.is_certain])
        return tuple(
            " ".join(token.stem for token in reading.words[first:last])
            for first, last in islice(runs, _MOST_UNKNOWN)
            if named.isdisjoint(range(first, last))
            and not self._is_known(reading.words[first:last])
        )

    def _is_known(self, run: Sequence[Token]) -> bool:
        taken: frozenset[int] = frozenset()
        if self._names.find(run, taken) or self._people.full_names(run):
            return True
        return all(self._people.is_our_name(token.folded) for token in run)

    def _contacts(
        self, reading: _Reading, linked: Sequence[int], context: LinkContext
    ) -> tuple[str, ...]:
        named = [
            form.contact.name
            for person in reading.people
            for form in person.forms
            if form.customer in linked
        ]
        seen = [name for name in context.contacts if not self._is_one_of(name, named)]
        return tuple(dict.fromkeys((*named, *seen)))

    def _is_one_of(self, name: str, named: Sequence[str]) -> bool:
        words = tokens(name)
        if words and all(self._people.is_our_name(token.folded) for token in words):
            return True
        parts = {token.folded for token in words}
        return any(parts <= {token.folded for token in tokens(other)} for other in named)


def _settle(
    mentions: Iterable[NameMention], expected: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Customers that are certain; then those of mentions that neither text nor place decides."""
    mentions = tuple(mentions)
    certain = {m.customers[0] for m in mentions if m.is_certain}
    linked: list[int] = []
    unclear: list[int] = []
    for mention in mentions:
        likely = [n for n in mention.customers if n in certain]
        likely = likely or [n for n in mention.customers if n in expected]
        if len(likely) == 1:
            linked.append(likely[0])
        else:
            unclear.extend(mention.customers)
    return tuple(dict.fromkeys(linked)), tuple(dict.fromkeys(unclear))


def _settle_people(
    people: Sequence[PersonMention], expected: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    mentions = [
        NameMention(p.first, p.last, p.customers, _tells_alone(p, expected)) for p in people
    ]
    return _settle(mentions, expected)


def _tells_alone(person: PersonMention, expected: Sequence[int]) -> bool:
    """Whether a person names their customer: not by a first name, where another is spoken of."""
    elsewhere = bool(expected) and person.customers[0] not in expected
    return len(person.customers) == 1 and not (person.part is Part.FIRST and elsewhere)


def _positions(mentions: Sequence[NameMention] | Sequence[PersonMention]) -> frozenset[int]:
    return frozenset(_each_position(mentions))


def _each_position(mentions: Iterable[NameMention | PersonMention]) -> Iterator[int]:
    for mention in mentions:
        yield from range(mention.first, mention.last)
