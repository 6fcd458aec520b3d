"""How searching grows with what is stored: `python -m benchmarks.search_at_size --help`.

Fills a store with a made-up company of many insights (see `made_up_company`), then asks it
questions through the product's own retriever, each followed by the same question to the bare
indexes (see `search_floors`). Prints a table, and adds a line for each measurement to a file.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, func, select

from benchmarks.bulk_load import fill
from benchmarks.made_up_company import Company
from benchmarks.search_floors import Floor, floor_of
from knowledge_store import migrate, open_engine
from knowledge_store.dialects import POSTGRESQL
from knowledge_store.search import SqlRetriever
from knowledge_store.search_postgres import PostgresIndex
from knowledge_store.search_sqlite import SqliteIndex
from knowledge_store.tables import InsightRow
from knowledge_store.transactions import Transactions
from tests.postgres import new_server

_HITS = 20
_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds a question, of the product and of the bare indexes; `load` is the machine's."""

    database: str
    insights: int
    on_customer: bool
    questions: int
    p50: float
    p99: float
    floor_p50: float
    floor_p99: float
    load: float

    @property
    def row(self) -> str:
        """Of the table."""
        asked = "on a customer" if self.on_customer else "on everything"
        return (
            f"{self.database:>10} {self.insights:>9} {asked:<13} {self.p50:>8.1f} {self.p99:>8.1f}"
            f" {self.floor_p50:>8.1f} {self.floor_p99:>8.1f} {self.p50 / self.floor_p50:>6.1f}"
            f" {self.load:>6.1f}"
        )


def main() -> None:
    """Measure each size on one database."""
    asked = _arguments()
    print(
        f"{'':>10} {'insights':>9} {'asked':<13} {'p50 ms':>8} {'p99 ms':>8}"
        f" {'floor':>8} {'its p99':>8} {'ratio':>6} {'load':>6}"
    )
    for insights in asked.insights:
        with _database(asked.database, asked.url) as url:
            engine = open_engine(url)
            company = _filled(engine, insights)
            retriever, floor = _retriever(engine), floor_of(engine)
            for on_customer in (False, True):
                measured = _measure(
                    retriever,
                    floor,
                    company,
                    asked.questions,
                    database=engine.dialect.name,
                    on_customer=on_customer,
                )
                print(measured.row, flush=True)
                if asked.json:
                    with asked.json.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(measured)) + "\n")
            engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--insights", type=int, nargs="+", default=[10_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--url", help="a database to use and keep; one that is filled is only read")
    parser.add_argument("--json", type=Path, help="a file to which a line a measurement is added")
    return parser.parse_args()


@contextmanager
def _database(kind: str, url: str | None) -> Iterator[str]:
    if url:
        yield url
    elif kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'benchmark.db'}"
    else:
        server = new_server()
        server.start(settings=("fsync=off", "shared_buffers=2GB", "max_wal_size=8GB"))
        try:
            yield server.new_database()
        finally:
            server.remove()


def _filled(engine: Engine, insights: int) -> Company:
    migrate(engine)
    company = Company(insights)
    with engine.connect() as connection:
        stored = connection.scalar(select(func.count()).select_from(InsightRow)) or 0
    if stored not in {0, insights}:
        raise SystemExit(f"the database holds {stored} insights already")
    if not stored:
        fill(engine, company)
    return company


def _retriever(engine: Engine) -> SqlRetriever:
    index = PostgresIndex() if engine.dialect.name == POSTGRESQL else SqliteIndex()
    return SqlRetriever(Transactions(engine), index)


def _measure(
    retriever: SqlRetriever,
    floor: Floor,
    company: Company,
    count: int,
    *,
    database: str,
    on_customer: bool,
) -> Measured:
    """Product and floor take turns, so that a busy machine slows them alike."""
    questions = [*company.questions(count + _WARM_UP, on_customer=on_customer)]
    own, bare = [], []
    for query, audience in questions:
        own.append(_ms(partial(retriever.search, query, audience, _HITS)))
        bare.append(_ms(partial(floor, query, _HITS)))
    p50, p99 = np.percentile(own[_WARM_UP:], [50, 99]).tolist()
    floor_p50, floor_p99 = np.percentile(bare[_WARM_UP:], [50, 99]).tolist()
    return Measured(
        database=database,
        insights=company.insights,
        on_customer=on_customer,
        questions=count,
        p50=round(p50, 2),
        p99=round(p99, 2),
        floor_p50=round(floor_p50, 2),
        floor_p99=round(floor_p99, 2),
        load=round(os.getloadavg()[0], 1),
    )


def _ms(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
