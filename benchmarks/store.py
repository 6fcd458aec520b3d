"""Times saving and searching in the store: `.venv/bin/python -m benchmarks.store [INSIGHTS ...]`.

Notes of made-up words with the frequencies of a language (Zipf), vectors of 384 dimensions, forty
customers, one in four conversations private. Every figure is of the port as the product calls it.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from bot.domain.answer import SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import Facets
from bot.domain.note import MessageKey
from bot.domain.people import Conversation, ConversationKind
from bot.domain.taxonomy import KnowledgeType
from bot.ports import InsightToStore, JobName, NoteToStore
from bot.services.personal_data import masked
from knowledge_store import Store, migrate, open_engine, open_store

DIMENSIONS = 384
START = datetime(2026, 1, 1, tzinfo=UTC)
READER = Audience.of_person("w", "p1")
RANDOM = np.random.default_rng(7)


class NoQueue:
    """Nothing here is delivered."""

    def enqueue(self, connection: Connection, job: JobName, subject_id: str) -> None:
        """Not called by what is measured here."""
        raise AssertionError(connection, job, subject_id)


class SystemClock:
    """The time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


def main(sizes: Sequence[int]) -> None:
    """Print a table with a row a measurement."""
    print(f"{'insights':>9}  {'what':<34} {'p50 ms':>8} {'p99 ms':>8}")
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'benchmark.db'}")
        migrate(engine)
        store = open_store(engine, NoQueue(), clock=SystemClock(), mask=masked)
        notes = _notes(_fill_directory(store))
        stored = 0
        for size in sizes:
            saving = [_timed(lambda: store.notes.save(next(notes))) for _ in range(size - stored)]
            stored = size
            _report(size, "save", saving)
            _search(store, size)
        store.close()


def _search(store: Store, size: int) -> None:
    customer = store.customers.all(READER)[0].id
    queries: dict[str, Callable[[], SearchQuery]] = {
        "search, words": lambda: SearchQuery(_question()),
        "search, words and meaning": lambda: SearchQuery(_question(), _vector()),
        "search, both, one customer": lambda: SearchQuery(_question(), _vector(), (customer,)),
    }
    for what, make in queries.items():
        _report(size, what, [_search_once(store, make(), READER) for _ in range(200)])
    group = Audience.of_conversation("w", "c3")
    make = queries["search, words and meaning"]
    _report(
        size,
        "search, both, for a private group",
        [_search_once(store, make(), group) for _ in range(200)],
    )


def _search_once(store: Store, query: SearchQuery, audience: Audience) -> float:
    return _timed(lambda: store.retriever.search(query, audience, 20))


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _report(size: int, what: str, times: Sequence[float]) -> None:
    p50, p99 = np.percentile(times, [50, 99])
    print(f"{size:>9}  {what:<34} {p50:>8.2f} {p99:>8.2f}")


def _fill_directory(store: Store) -> list[str]:
    for number in range(100):
        kind = ConversationKind.PUBLIC if number % 4 else ConversationKind.PRIVATE
        members = tuple(f"p{(number + step) % 60}" for step in range(20))
        name = f"c{number + 3}"
        store.directory.put_conversation(Conversation(name, "w", "slack", kind, name, members))
    return [store.customers.create("w", CustomerDraft(_text(2))).id for _ in range(40)]


def _notes(customer_ids: Sequence[str]) -> Iterator[NoteToStore]:
    for number in count():
        text = _text(25)
        yield NoteToStore(
            key=MessageKey("w", f"c{3 + number % 100}", str(number)),
            channel="slack",
            author_id=f"p{number % 60}",
            author_name="Somebody",
            text=text,
            posted_at=START + timedelta(minutes=number),
            thread_id=None,
            permalink=None,
            insights=(_insight(text, customer_ids[number % len(customer_ids)]),),
        )


def _insight(text: str, customer_id: str) -> InsightToStore:
    return InsightToStore(
        statement=text,
        facets=Facets(KnowledgeType.ABOUT),
        customer_ids=(customer_id,),
        contacts=(),
        dates=(),
        classified_by="benchmark",
        confidence=None,
        search_text=text,
        vector=_vector(),
        vector_model="benchmark",
    )


def _text(words: int) -> str:
    return " ".join(f"w{number}" for number in RANDOM.zipf(1.3, words) % 20_000)


def _question() -> str:
    """Eight words, none of the thirty most frequent: those would be stop words."""
    return " ".join(f"w{number}" for number in RANDOM.zipf(1.3, 8) % 20_000 + 30)


def _vector() -> Vector:
    vector = RANDOM.standard_normal(DIMENSIONS).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 10_000])
