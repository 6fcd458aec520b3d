"""What differs between SQLite and PostgreSQL and is needed by several stores.

Stores are otherwise written in what SQLAlchemy offers on both: `func.aggregate_strings(x, ",")`
instead of `group_concat` or `string_agg`, `select(…).with_for_update()` (which SQLite leaves out),
`func.count().filter(…)`. A store of one database only, such as its search, may use its own dialect.

Of transactions: a writer (`Transactions.writing`) is alone in the whole database from its
beginning, on both. One that is opened with `alone=False` is so on SQLite only. On PostgreSQL others
write beside it, and each statement sees what they have committed meanwhile (READ COMMITTED); where
it decides by what it has read it locks those rows (`with_for_update`), lets a unique key decide
(`insert`), or, where there is no row yet to lock, takes `lock_until_commit` first.
"""

from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge_store.tables.base import Base

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


def dialect_of(bind: Session | Connection) -> str:
    """`SQLITE` or `POSTGRESQL`."""
    connection = bind if isinstance(bind, Connection) else bind.get_bind()
    return connection.dialect.name


def insert(bind: Session | Connection, row: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that offers `on_conflict_do_nothing` and `on_conflict_do_update` on both.

    Its result's `rowcount` says how many rows were added or changed, on both.
    """
    adding = postgresql.insert(row) if dialect_of(bind) == POSTGRESQL else sqlite.insert(row)
    return adding.execution_options(preserve_rowcount=True)


def lock_until_commit(bind: Session | Connection, *names: str) -> None:
    """Wait until no other transaction holds these names, and hold them to the end of this one.

    Take it before reading what is decided by, and several in one fixed order. Does nothing on
    SQLite, where a writing transaction excludes all others anyway.
    """
    if dialect_of(bind) == POSTGRESQL:
        bind.execute(select(func.pg_advisory_xact_lock(lock_number(*names))))


def lock_number(*names: str) -> int:
    """The signed 64 bits that stand for these names among PostgreSQL's advisory locks."""
    digest = blake2b("\0".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
