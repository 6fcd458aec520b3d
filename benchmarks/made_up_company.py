"""Makes up what a store of many insights holds: workspaces, places with walls, customers, notes.

Words are fragments of the labelled notes, English and German in turns, and terms of a topic of its
own; vectors lie around their topic with cosines of about a half; customers are spoken of by Zipf's
law. The same size gives the same store. Everything comes as rows of the product's tables.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.domain.answer import SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import Certainty, CustomerStatus, KnowledgeType, ProcessStage, Source
from knowledge_store.insights import customer_tag, vector_space
from knowledge_store.tables import (
    Base,
    ConversationRow,
    CustomerRow,
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
    MemberRow,
    NoteRow,
    PersonRow,
)

DIMENSIONS = 384
MODEL = "made-up"
_START = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 3 * 365 * 24 * 60
_BATCH = 5_000
_SHARE_OF_FIRST_WORKSPACE = 0.7
_OTHER_WORKSPACES = 9
_GERMAN = frozenset(["und", "der", "die", "nicht", "ist", "das", "mit", "für", "wir"])
_KINDS = (ConversationKind.PUBLIC, ConversationKind.PRIVATE, ConversationKind.DIRECT)
_SHARES_OF_KINDS = (0.6, 0.3, 0.1)

Rows = Sequence[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Workspace:
    """What one firm has; `places` are conversation ids by kind."""

    id: str
    people: Sequence[str]
    places: dict[ConversationKind, Sequence[str]]
    members: dict[str, Sequence[str]]
    customers: Sequence[str]


class Company:
    """The first workspace has seven tenths of the insights, nine others share the rest."""

    def __init__(self, insights: int) -> None:
        self.insights = insights
        random = np.random.default_rng(insights)
        self._topics = max(50, insights // 300)
        self._centres = _unit(random.standard_normal((self._topics, DIMENSIONS)))
        others = int(insights * (1 - _SHARE_OF_FIRST_WORKSPACE)) // _OTHER_WORKSPACES
        sizes = [insights - others * _OTHER_WORKSPACES] + [others] * _OTHER_WORKSPACES
        self.workspaces = [_workspace(f"w{n}", size, random) for n, size in enumerate(sizes)]
        self._share = np.array(sizes) / insights

    def directory(self) -> Iterator[tuple[type[Base], Rows]]:
        """Everything but the notes, in an order in which references are kept."""
        for place in self.workspaces:
            yield PersonRow, [_person(place.id, person) for person in place.people]
            for kind, names in place.places.items():
                yield ConversationRow, [_conversation(place.id, name, kind) for name in names]
            yield (
                MemberRow,
                [
                    {"workspace": place.id, "conversation_id": name, "person_id": person}
                    for name, people in place.members.items()
                    for person in people
                ],
            )
            yield CustomerRow, [_customer(place.id, name) for name in place.customers]

    def knowledge(self) -> Iterator[tuple[type[Base], Rows]]:
        """The notes and what hangs on them, some thousands at a time."""
        for start in range(0, self.insights, _BATCH):
            yield from self._batch(start, min(_BATCH, self.insights - start))

    def questions(
        self, count: int, *, on_customer: bool, seed: int = 1
    ) -> Iterator[tuple[SearchQuery, Audience]]:
        """What members of the first workspace ask, one in five of them in a private group."""
        random = np.random.default_rng((self.insights, seed))
        place = self.workspaces[0]
        for number in range(count):
            topic = int(random.integers(self._topics))
            words = f"{_fragment(random, number % 2 == 0, 6)} {_terms(topic, random, 2)}"
            customer = place.customers[_by_zipf(random, len(place.customers), 1)[0]]
            query = SearchQuery(
                words,
                self._vectors(random, np.array([topic]))[0],
                (customer,) if on_customer else (),
                vector_model=MODEL,
            )
            yield query, _audience(place, random, in_group=number % 5 == 0)

    def _batch(self, start: int, count: int) -> Iterator[tuple[type[Base], Rows]]:
        random = np.random.default_rng((self.insights, start + 1))
        whose = random.choice(len(self.workspaces), count, p=self._share)
        topics = random.integers(self._topics, size=count)
        vectors = self._vectors(random, topics)
        notes: list[dict[str, object]] = []
        insights: list[dict[str, object]] = []
        links: list[dict[str, object]] = []
        stored: list[dict[str, object]] = []
        for row in range(count):
            number = start + row + 1
            place = self.workspaces[whose[row]]
            text = _text(random, int(topics[row]), german=number % 2 == 0)
            customers = _customers(place, random)
            notes.append(_note(place, number, text, random))
            insights.append(_insight(place.id, number, text, customers, random))
            links += _links(place.id, number, customers)
            stored.append(
                {
                    "number": number,
                    "insight_number": number,
                    "workspace": place.id,
                    "space": vector_space(MODEL, vectors[row]),
                    "vector": vectors[row],
                }
            )
        yield NoteRow, notes
        yield InsightRow, insights
        yield InsightCustomerRow, links
        yield InsightVectorRow, stored

    def _vectors(
        self, random: np.random.Generator, topics: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        noise = _unit(random.standard_normal((len(topics), DIMENSIONS)))
        return _unit(self._centres[topics] + noise).astype(np.float32)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _by_zipf(random: np.random.Generator, length: int, count: int) -> NDArray[np.int64]:
    """Places in a list whose n-th entry comes up in proportion to n ** -0.9."""
    chances: NDArray[np.float64] = _zipf(length)
    return np.minimum(np.searchsorted(chances, random.random(count)), length - 1)


def _any(random: np.random.Generator, length: int) -> int:
    return int(random.integers(length))


@cache
def _zipf(length: int) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.cumsum(np.arange(1, length + 1, dtype=np.float64) ** -0.9)
    shares: NDArray[np.float64] = weights / weights[-1]
    return shares


# --- who and where ------------------------------------------------------------------------------


def _workspace(name: str, insights: int, random: np.random.Generator) -> Workspace:
    people = [f"{name}-p{n}" for n in range(min(2_000, max(40, insights // 400)))]
    public = [f"{name}-c{n}" for n in range(10 + insights // 2_000)]
    private = [f"{name}-g{n}" for n in range(10 + insights // 3_000)]
    direct = [f"{name}-d{n}" for n in range(len(people))]
    members: dict[str, Sequence[str]] = {
        group: [people[n] for n in random.choice(len(people), random.integers(6, 26), False)]
        for group in private
    }
    members |= {talk: [person] for talk, person in zip(direct, people, strict=True)}
    customers = [f"{name}x{n:05}" for n in range(min(4_000, max(40, insights // 250)))]
    places: dict[ConversationKind, Sequence[str]] = dict(
        zip(_KINDS, (public, private, direct), strict=True)
    )
    return Workspace(name, people, places, members, customers)


def _audience(place: Workspace, random: np.random.Generator, *, in_group: bool) -> Audience:
    if in_group:
        groups = place.places[ConversationKind.PRIVATE]
        return Audience.of_conversation(place.id, groups[_any(random, len(groups))])
    return Audience.of_person(place.id, place.people[_any(random, len(place.people))])


def _person(workspace: str, name: str) -> dict[str, object]:
    return {
        "workspace": workspace,
        "id": name,
        "name": name,
        "role": "",
        "time_zone": "",
        "standing": "member",
    }


def _conversation(workspace: str, name: str, kind: ConversationKind) -> dict[str, object]:
    return {
        "workspace": workspace,
        "id": name,
        "channel": "slack",
        "kind": kind,
        "name": name,
        "members_known": True,
    }


def _customer(workspace: str, name: str) -> dict[str, object]:
    return {
        "id": name,
        "workspace": workspace,
        "name": name,
        "name_key": name,
        "aliases": (),
        "segment": "",
        "industry": "",
        "status": CustomerStatus.EXISTING,
    }


# --- what is said -------------------------------------------------------------------------------


def _text(random: np.random.Generator, topic: int, *, german: bool) -> str:
    parts = (_fragment(random, german, 8), _terms(topic, random, 3), _fragment(random, german, 6))
    return " ".join(parts)


def _terms(topic: int, random: np.random.Generator, count: int) -> str:
    """Words that only this topic has, such as products and projects; each has eight."""
    return " ".join(f"t{topic:x}q{n}" for n in random.integers(8, size=count))


def _fragment(random: np.random.Generator, german: bool, words: int) -> str:
    texts = _said()[german]
    text = texts[_any(random, len(texts))]
    start = _any(random, max(1, len(text) - words))
    return " ".join(text[start : start + words])


@cache
def _said() -> dict[bool, Sequence[Sequence[str]]]:
    """The words of each labelled note, by whether it is German."""
    said: dict[bool, list[Sequence[str]]] = {True: [], False: []}
    for path in sorted((Path(__file__).parents[1] / "evals").rglob("notes.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = json.loads(line)["text"].split()
            said[len(_GERMAN.intersection(words)) > 1].append(words)
    return dict(said)


def _customers(place: Workspace, random: np.random.Generator) -> list[str]:
    """One mostly, now and then two or none."""
    count = int(random.choice(3, p=(0.05, 0.9, 0.05)))
    found = _by_zipf(random, len(place.customers), count)
    return list(dict.fromkeys(place.customers[n] for n in found))


def _note(
    place: Workspace, number: int, text: str, random: np.random.Generator
) -> dict[str, object]:
    kind = _KINDS[int(np.searchsorted(np.cumsum(_SHARES_OF_KINDS), random.random()))]
    names = place.places[kind]
    posted_at = _START + timedelta(minutes=int(random.integers(_MINUTES)))
    author = place.people[_any(random, len(place.people))]
    return {
        "id": f"n{number:031x}",
        "workspace": place.id,
        "conversation_id": names[_by_zipf(random, len(names), 1)[0]],
        "message_id": str(number),
        "channel": "slack",
        "author_id": author,
        "author_name": author,
        "text": text,
        "posted_at": posted_at,
        "version": 1,
        "hidden_at": posted_at if random.random() < 0.01 else None,
    }


def _insight(
    workspace: str, number: int, text: str, customers: Sequence[str], random: np.random.Generator
) -> dict[str, object]:
    kinds = tuple(KnowledgeType)
    return {
        "number": number,
        "id": f"i{number:031x}",
        "workspace": workspace,
        "note_id": f"n{number:031x}",
        "position": 0,
        "statement": text,
        "knowledge_type": kinds[_any(random, len(kinds))],
        "process_stage": ProcessStage.STORAGE,
        "stage": ProcessStage.STORAGE,
        "topics": (),
        "certainty": Certainty.STATED,
        "source": Source.LISTENING,
        "weak_signal": False,
        "contacts": (),
        "dates": (),
        "classified_by": MODEL,
        "search_text": text,
        "tags": " ".join(customer_tag(customer) for customer in customers),
        "customers_by_person": False,
    }


def _links(workspace: str, number: int, customers: Sequence[str]) -> Rows:
    return [
        {
            "insight_number": number,
            "customer_id": customer,
            "workspace": workspace,
            "position": position,
        }
        for position, customer in enumerate(customers)
    ]


def vector_of(query: SearchQuery) -> Vector:
    """The question's vector, which each question here has."""
    if query.vector is None:
        raise ValueError("a question without a vector")
    return query.vector
