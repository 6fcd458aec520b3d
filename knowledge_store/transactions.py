"""Transactions, and the one place where a database in trouble becomes StoreUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, exc
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.errors import StoreUnavailable
from knowledge_store.engine import BEGIN_WITH, reason_of


class Transactions:
    """Opens a session that is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._reads = engine.execution_options(**{BEGIN_WITH: "DEFERRED"})
        self._writes = engine.execution_options(**{BEGIN_WITH: "IMMEDIATE"})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the database throughout. Raises StoreUnavailable."""
        with _speaking_plainly(), Session(self._reads) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Committed at the end, rolled back on any error. Raises StoreUnavailable."""
        session = Session(self._writes, expire_on_commit=False)
        with _speaking_plainly(), session, session.begin():
            yield session


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
    return isinstance(error, OperationalError) or type(error) is DatabaseError
