"""A whole copy of a SQLite database while others work on it, and a database put back from one.

A copy is a SQLite file with everything: knowledge, work that waits, jobs. It is made within one
read, so it is of one moment, and anew page by page, so nothing deleted is in it.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pysqlite3 import dbapi2  # type: ignore[import-untyped] # no stubs
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.domain.erasure import Tombstone
from bot.errors import BackupUnusable, FileNotWritten, RestoreRefused, StoreUnavailable
from knowledge_store.engine import open_engine
from knowledge_store.schema import is_known
from knowledge_store.tables import DeliveryRow, ErasureRow, NoteRow, QuestionRow
from knowledge_store.tombstones import SUFFIX, all_tombstones, newest, read_file
from knowledge_store.transactions import Transactions

_PRIVATE = 0o600
_SIDE_FILES = ("", "-wal", "-shm", "-journal", SUFFIX)


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was found whole."""

    path: Path
    revision: str
    size: int
    notes: int


def back_up(engine: Engine, path: Path) -> Backup:
    """Copy the database to a new file that only its owner may read.

    Raises FileNotWritten where the file is there already or cannot be written, and BackupUnusable
    where the copy is found to be damaged, as the database then is.
    """
    beside = path.with_name(f"{path.name}.part")
    _create_private(path, beside)
    try:
        _copy_whole(engine, beside)
        backup = check_backup(beside)
        _flush(beside)
        beside.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise FileNotWritten(f"{path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return Backup(path, backup.revision, backup.size, backup.notes)


def check_backup(path: Path) -> Backup:
    """Read all of the file. Raises BackupUnusable unless it is whole and of a known version."""
    try:
        with _reading(path) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupUnusable(f"{path}: it is damaged")
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            notes = connection.execute("SELECT count(*) FROM notes").fetchone()[0]
    except (dbapi2.Error, TypeError):
        raise BackupUnusable(f"{path}: it is no backup of Earshot, or damaged") from None
    if not is_known(revision):
        raise BackupUnusable(f"{path}: a newer version of Earshot wrote it")
    return Backup(path, str(revision), path.stat().st_size, int(notes))


@contextmanager
def working_copy(backup: Backup, beside: Path) -> Iterator[Engine]:
    """A copy of the backup that may be changed, in a file of its own that is gone at the end."""
    copy = beside.with_name(f"{beside.name}.restoring")
    _remove(copy)
    engine = open_engine(f"sqlite:///{copy}")
    try:
        with _driver_connection(engine) as target, _reading(backup.path) as source:
            source.backup(target)
        yield engine
    finally:
        engine.dispose()
        _remove(copy)


def replace_database(engine: Engine, copy: Engine) -> None:
    """Have the database hold what the copy holds: all of it, or, where that fails, what it held.

    Raises RestoreRefused while anybody else has the database open.
    """
    with _driver_connection(engine) as target, _driver_connection(copy) as source:
        try:
            # Only who is alone may leave the write-ahead log; and the old kind of journal makes
            # one transaction of the whole copy, which a crash rolls back.
            target.execute("PRAGMA busy_timeout = 0")
            target.execute("PRAGMA journal_mode = DELETE").fetchone()
        except dbapi2.Error as error:
            raise RestoreRefused(f"others have the database open: {error}") from None
        source.backup(target)
    engine.dispose()


def holds_anything(engine: Engine) -> bool:
    """Whether anything would be lost with the database."""
    for row in (NoteRow, DeliveryRow, QuestionRow):
        with engine.connect() as connection, suppress(DBAPIError):
            if connection.exec_driver_sql(f"SELECT 1 FROM {row.__tablename__} LIMIT 1").first():  # noqa: S608 # nosec B608 - our own names
                return True
    return False


def erased_here(engine: Engine) -> list[Tombstone]:
    """What this database, of whatever version, and the file beside it know to be erased."""
    stones = read_file(Path(f"{engine.url.database}{SUFFIX}"))
    with engine.connect() as connection:
        knows = engine.dialect.has_table(connection, ErasureRow.__tablename__)
    if knows:
        with Transactions(engine).reading() as session:
            stones += all_tombstones(session)
    return newest(stones)


# --- files --------------------------------------------------------------------------------------


def _create_private(path: Path, beside: Path) -> None:
    if path.exists():
        raise FileNotWritten(f"{path} is there already")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=_PRIVATE, exist_ok=False)
    except OSError as error:
        raise FileNotWritten(f"{path}: {error.strerror}") from error


def _copy_whole(engine: Engine, path: Path) -> None:
    try:
        with _driver_connection(engine) as source:
            source.execute("VACUUM INTO ?", (str(path),))
    except dbapi2.Error as error:
        raise StoreUnavailable(f"{path}: {error}") from None


def _flush(path: Path) -> None:
    """To the disk, so that it outlasts a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for suffix in _SIDE_FILES:
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)


# --- the driver ---------------------------------------------------------------------------------


@contextmanager
def _driver_connection(engine: Engine) -> Iterator[Any]:
    """A connection that goes back to no pool: its settings are changed."""
    with engine.connect() as connection:
        connection.detach()
        yield connection.connection.dbapi_connection


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """Opened without making it ours, since that would change the file."""
    with closing(dbapi2.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        yield connection
