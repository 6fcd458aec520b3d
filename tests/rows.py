"""Rows for every table of the store, made of its columns alone."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Column, Connection, Enum, Table, UniqueConstraint, types

from bot.domain.insight import Facets
from bot.domain.reading import Labels
from bot.domain.taxonomy import KnowledgeType
from bot.messages import IncomingMessage, Outgoing, Paragraph, Place, Reply, Span, WayIn
from knowledge_store.columns import AsJson, HalfVector, UtcDateTime, Words
from knowledge_store.tables import Base
from tests.fakes import MONDAY

_DIMENSIONS = 384
_BATCH = 1000
_PLACE = Place("slack", "w", "C1")
_FACETS = Facets(KnowledgeType.ABOUT)
_SPACE = f"test/1:{_DIMENSIONS}"


def fill(connection: Connection, count: int) -> None:
    """Put so many rows into each table; the n-th refers to the n-th of another table."""
    for table in Base.metadata.sorted_tables:
        rows = [_row(table, number) for number in range(1, count + 1)]
        for start in range(0, count, _BATCH):
            connection.execute(table.insert(), rows[start : start + _BATCH])


def content(connection: Connection, tables: Sequence[Table]) -> dict[str, list[str]]:
    """All rows as text, in an order that does not depend on how they lie."""
    return {
        table.name: sorted(str(tuple(row)) for row in connection.execute(table.select()))
        for table in tables
    }


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(table, column, number) for column in table.columns}


def _value(table: Table, column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        return _value(key.column.table, key.column, number)
    if (table.name, column.name) == ("insight_vectors", "space"):
        return _SPACE
    if isinstance(column.type, Words):
        return _text(table, column, number)
    for kind, make in _MAKERS:
        if isinstance(column.type, kind):
            return make(column.type, number)
    raise TypeError(f"{table.name}.{column.name} is of a kind that nobody made rows of yet")


def _text(table: Table, column: Column[Any], number: int) -> str | None:
    if column.name == "workspace" and not _stands_alone(table, column):
        return "w"
    if column.nullable and number % 3 == 0:
        return None
    return f"{column.name} né {number}"


def _stands_alone(table: Table, column: Column[Any]) -> bool:
    """Whether no two rows may have the same value in it."""
    unique = [table.primary_key, *(c for c in table.constraints if isinstance(c, UniqueConstraint))]
    return any([*constraint.columns] == [column] for constraint in unique)


def _told(shape: str, number: int) -> Any:
    """A value of the shape; tuples are empty but for those of words."""
    if shape == "tuple[str, ...]":
        return (f"word {number}", f"other-{number}")
    if "IncomingMessage" in shape:
        text = f"Novara wants report {number}"
        return IncomingMessage(_PLACE, str(number), "anna", text, MONDAY, WayIn.MENTION)
    if "Outgoing" in shape:
        reply = Reply((Paragraph((Span(f"Noted {number}"),)),))
        return Outgoing(f"id né {number}", _PLACE, "anna", reply)
    if "Labels" in shape:
        return Labels(_FACETS)
    return _FACETS if "Facets" in shape else ()


def _member(kind: Enum, number: int) -> Any:
    members = list(kind.enum_class or ())
    return members[number % len(members)]


_MAKERS: Sequence[tuple[type[Any], Callable[[Any, int], Any]]] = (
    (AsJson, lambda kind, number: _told(str(kind.shape), number)),
    (HalfVector, lambda _, __: np.full(_DIMENSIONS, 1 / np.sqrt(_DIMENSIONS), dtype=np.float32)),
    (Enum, _member),
    (UtcDateTime, lambda _, number: MONDAY + timedelta(seconds=number)),
    (types.Date, lambda _, number: date(2026, 1, 1) + timedelta(days=number)),
    (types.Boolean, lambda _, number: number % 2 == 0),
    (types.Float, lambda _, __: 0.5),
    (types.Integer, lambda _, number: number),
)
