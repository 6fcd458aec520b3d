"""What a search cannot be faster than: the bare queries of the indexes, on the bare driver.

The same words, the same customers, the same number of neighbours, and the rows of what is found;
but no walls, nothing combined, and no values made of the rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.made_up_company import DIMENSIONS, vector_of
from bot.domain.answer import SearchQuery
from knowledge_store.columns import to_matrix
from knowledge_store.dialects import POSTGRESQL
from knowledge_store.insights import customer_tag
from knowledge_store.search_lexemes import LexemeStatistics, any_of, telling_of
from knowledge_store.words import match_expression, words_of

Floor = Callable[[SearchQuery, int], int]
"""Answers a question with so many rows; returns how many there were."""

_ROWS = "SELECT * FROM insights JOIN notes ON notes.id = insights.note_id WHERE insights.number"


def floor_of(engine: Engine) -> Floor:
    """The one of this database, on a connection of its own."""
    if engine.dialect.name == POSTGRESQL:
        return _PostgresFloor(engine).answer
    return _SqliteFloor(engine).answer


def _own_connection(engine: Engine) -> Any:
    """The driver's, which the pool has no say in any more."""
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return connection


class _SqliteFloor:
    def __init__(self, engine: Engine) -> None:
        self._connection = _own_connection(engine)
        rows = self._all(
            "SELECT insight_number, vector FROM insight_vectors WHERE workspace = 'w0'"
        )
        self._numbers = np.array([number for number, _ in rows])
        self._matrix = to_matrix([blob for _, blob in rows])

    def answer(self, query: SearchQuery, limit: int) -> int:
        """FTS5 with its own rank, and one look at the matrix."""
        tags = [customer_tag(customer) for customer in query.customer_ids]
        expression = match_expression(words_of(query.words), tags)
        by_words = self._all(
            "SELECT rowid FROM insight_words WHERE insight_words MATCH ? "
            "AND rank MATCH 'bm25(1.0, 0.0)' ORDER BY rank LIMIT 100",
            expression,
        )
        near = self._near(query)
        best = [number for (number,) in by_words[: limit // 2]] + near[: limit // 2].tolist()
        return len(self._all(f"{_ROWS} IN ({', '.join('?' * len(best))})", *best))

    def _near(self, query: SearchQuery) -> np.ndarray[Any, Any]:
        numbers, matrix = self._numbers, self._matrix
        if query.customer_ids:
            linked = self._all(
                "SELECT insight_number FROM insight_customers WHERE customer_id = ?",
                query.customer_ids[0],
            )
            is_linked = np.isin(numbers, np.array([number for (number,) in linked]))
            numbers, matrix = numbers[is_linked], matrix[is_linked]
        cosines = np.vecdot(matrix, vector_of(query))
        return numbers[np.argsort(-cosines)[:100]]

    def _all(self, statement: str, *values: object) -> Sequence[Any]:
        found: Sequence[Any] = self._connection.execute(statement, values).fetchall()
        return found


class _PostgresFloor:
    def __init__(self, engine: Engine) -> None:
        with Session(engine) as session:
            self._known = LexemeStatistics().of(session)
        self._connection = _own_connection(engine)
        self._connection.autocommit = True
        self._all("SET hnsw.ef_search = 100")
        self._all("SET hnsw.iterative_scan = relaxed_order")

    def answer(self, query: SearchQuery, limit: int) -> int:
        """The GIN index with `ts_rank`, and the HNSW index."""
        by_words = self._all(
            "SELECT insight_number FROM (SELECT insight_number, ts_rank(words, %(q)s, 1) AS score "
            "FROM insight_words WHERE words @@ %(q)s::tsquery LIMIT 5000) AS found "
            "ORDER BY score DESC LIMIT 100",
            {"q": self._wanted(query)},
        )
        near = self._near(query)
        best = [number for (number,) in [*by_words[: limit // 2], *near[: limit // 2]]]
        return len(self._all(f"{_ROWS} = ANY(%s)", (best,)))

    def _wanted(self, query: SearchQuery) -> str:
        words = " ".join(words_of(query.words))
        ((lexemes,),) = self._all("SELECT tsvector_to_array(search_words_of(%s))", (words,))
        tags = [f"#{customer_tag(customer)}" for customer in query.customer_ids]
        if not tags:
            return telling_of(lexemes, self._known, share=1.0).any
        asked = telling_of(lexemes, self._known, share=self._known.share_of_any(tags)).any
        return f"({asked}) & ({any_of(tags)})"

    def _near(self, query: SearchQuery) -> Sequence[Any]:
        listed = "[" + ",".join(map(str, vector_of(query).tolist())) + "]"
        nearness = f"vector::halfvec({DIMENSIONS}) <#> '{listed}'"
        of_length = f"vector_dims(vector) = {DIMENSIONS}"
        if not query.customer_ids:
            return self._all(
                f"SELECT insight_number FROM insight_vectors WHERE {of_length} "
                f"ORDER BY {nearness} LIMIT 100"
            )
        return self._all(
            "SELECT insight_number FROM insight_vectors JOIN insight_customers "
            f"USING (insight_number) WHERE customer_id = %s AND {of_length} "
            f"ORDER BY ({nearness}) + 0 LIMIT 100",
            (query.customer_ids[0],),
        )

    def _all(self, statement: str, values: object = None) -> Sequence[Any]:
        cursor = self._connection.execute(statement, values)
        found: Sequence[Any] = cursor.fetchall() if cursor.description else []
        return found
