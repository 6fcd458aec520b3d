"""Names of workers on any machine, held by locks that PostgreSQL lets go with the connection."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_LOOK_EVERY_S: Final = 1.0
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_TRY = text("SELECT pg_try_advisory_xact_lock(:key)")
_ALIVE = text("SELECT 1")

_log = logging.getLogger(__name__)


class ServerSlot(threading.Thread):
    """A name that no other process ever has, and a connection that holds its lock.

    A server that restarts drops the lock while the process lives on: a thread takes it again,
    within seconds, and until then others have to find it abandoned twice.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(name=f"worker-{uuid.uuid4().hex}", daemon=True)
        self._engine = engine
        self._connection: Connection | None = None
        self._released = threading.Event()
        self._hold()
        self.start()

    def release(self) -> None:
        """Let others take over what was begun under the name."""
        self._released.set()
        self.join()
        self._let_go()

    def run(self) -> None:
        """Hold the lock until it is released."""
        while not self._released.wait(_LOOK_EVERY_S):
            try:
                self._hold()
            except DBAPIError as error:
                if self._connection is not None:  # else that was said already
                    what = type(error.orig).__name__
                    _log.warning("the lock on this worker's name is lost for now (%s)", what)
                self._let_go()

    def _hold(self) -> None:
        if self._connection is not None:
            self._connection.execute(_ALIVE)
            return
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.detach()  # for as long as the process lives, so not one of the pool's
            is_held = connection.scalar(_TAKE, {"key": _key(self.name)})
        except DBAPIError:
            connection.close()
            raise
        if is_held:
            self._connection = connection
        else:
            connection.close()  # somebody looks at it just now: the next time

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class ServerSlots:
    """The names of the workers on a PostgreSQL database."""

    looks_before_take_over = 2

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self) -> ServerSlot:
        """A new one: what a process left behind goes to whichever looks first."""
        return ServerSlot(self._engine)

    @contextmanager
    def if_abandoned(self, name: str) -> Iterator[bool]:
        """Whether nobody has this name, and nobody gets it while the block runs."""
        with self._engine.begin() as connection:
            yield bool(connection.scalar(_TRY, {"key": _key(name)}))


def _key(name: str) -> int:
    """The signed 64 bits that stand for a name among the server's locks."""
    digest = blake2b(f"earshot job slot {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
