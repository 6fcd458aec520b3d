"""Column types: what a database would otherwise store in its own way, or refuse."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.answer import Vector


def storable(text: str) -> str:
    """What a person wrote, in the one form in which equal texts are equal (Unicode NFC).

    U+0000 and halves of surrogate pairs are left out: no database takes both.
    """
    if text.isascii() and "\0" not in text:
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return unicodedata.normalize("NFC", whole.replace("\0", ""))


Stored = TypeVar("Stored")


def as_stored(value: Stored) -> Stored:
    """A value of the domain as it would be read back: every text in it storable, times in UTC.

    Raises ValueError on a time without a zone.
    """
    stored: Stored = _as_stored(value)
    return stored


def _as_stored(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case datetime():
            return in_utc(value)
        case tuple():
            return tuple(_as_stored(item) for item in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = {part.name: _as_stored(getattr(value, part.name)) for part in fields(value)}
            return replace(value, **parts)
        case _:
            return value


def in_utc(time: datetime) -> datetime:
    """The same moment in UTC; raises ValueError on a time without a zone."""
    if time.tzinfo is None:
        raise ValueError("a time without a time zone names no moment")
    return time.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text in storable form, whether it is kept or looked for."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Cleaned where it is written and where it is compared."""
        return None if value is None else storable(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time. SQLite drops time zones, so all are turned to UTC and back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turned to UTC; raises ValueError on a time without a zone."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """With the zone that the database may have dropped."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class AsJson(TypeDecorator[Any]):
    """A value of this shape (a dataclass, a union, a tuple of them) as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Compact JSON, every text in it in storable form."""
        if value is None:
            return None
        tree = _adapter(self.shape).dump_python(value, mode="json")
        return json.dumps(_storable_tree(tree), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Checked against the shape."""
        return None if value is None else _adapter(self.shape).validate_json(value)


class HalfVector(TypeDecorator[Vector]):
    """A vector as 16-bit floats: half the room, and the ranking stays the same.

    Little-endian bytes on SQLite, what the extension `vector` compares on PostgreSQL.
    """

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """By the database."""
        if dialect.name == "postgresql":
            # Slow to import, and of no use on SQLite.
            from pgvector.sqlalchemy import HALFVEC  # noqa: PLC0415

            return HALFVEC()
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: Vector | None, dialect: Dialect) -> Any:
        """Of half the precision."""
        if value is None:
            return None
        halves = value.astype("<f2")
        return halves if dialect.name == "postgresql" else halves.tobytes()

    def process_result_value(self, value: Any, _dialect: Dialect) -> Vector | None:
        """Back to 32-bit floats."""
        if value is None or isinstance(value, bytes):
            return None if value is None else to_matrix([value])[0]
        return np.array(value, dtype=np.float32)


def to_matrix(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored vectors of one length as the rows of a matrix."""
    flat = np.frombuffer(b"".join(blobs), dtype="<f2")
    return flat.reshape(len(blobs), -1).astype(np.float32)


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _storable_tree(tree: Any) -> Any:
    if isinstance(tree, str):
        return storable(tree)
    if isinstance(tree, list):
        return [_storable_tree(item) for item in tree]
    if isinstance(tree, dict):
        return {_storable_tree(name): _storable_tree(item) for name, item in tree.items()}
    return tree
