"""Transactions, and the one place where a database in trouble becomes StoreUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, exc
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from bot.domain.masking import Mask
from bot.errors import StoreUnavailable
from knowledge_store.dialects import lock_until_commit
from knowledge_store.engine import for_reading, for_writing, reason_of
from knowledge_store.showing import with_mask

_WRITERS: Final = "writers"
_READ_ONLY: Final = "25006"  # PostgreSQL's word for a server that another one has taken over from


class Transactions:
    """Opens a session that is one transaction."""

    def __init__(self, engine: Engine, mask: Mask | None = None) -> None:
        self._reads = for_reading(engine)
        self._writes = for_writing(engine)
        self._mask = mask or _withheld

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the database throughout. Raises StoreUnavailable."""
        with _speaking_plainly(), Session(self._reads) as session:
            yield with_mask(session, self._mask)

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[Session]:
        """Committed at the end, rolled back on any error. Raises StoreUnavailable.

        Whoever writes is alone from the beginning, in whichever process, so that what it reads
        stays true until it has written: SQLite knows no other way, and on PostgreSQL a lock has
        the same effect. With `alone=False` PostgreSQL lets it write beside others: for what comes
        often and is decided by unique keys or by rows that it locks itself (see `dialects`).
        """
        session = with_mask(Session(self._writes, expire_on_commit=False), self._mask)
        with _speaking_plainly(), session, session.begin():
            if alone:
                lock_until_commit(session, _WRITERS)
            yield session


def _withheld(_: str) -> str:
    """What others than contributors read where nothing masks."""
    return ""


@contextmanager
def _speaking_plainly() -> Iterator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("all connections are in use") from error
    except DBAPIError as error:
        if not _is_trouble(error):
            raise
        raise StoreUnavailable(reason_of(error)) from error


def _is_trouble(error: DBAPIError) -> bool:
    """Locked, full, unreachable; or damaged, for which drivers raise the bare base class."""
    if isinstance(error, InternalError):
        return getattr(error.orig, "sqlstate", None) == _READ_ONLY
    return isinstance(error, OperationalError) or type(error) is DatabaseError
