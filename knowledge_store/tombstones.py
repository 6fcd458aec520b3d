"""What was erased: kept so that it is not stored again and does not come back with a backup.

Beside an SQLite database lies a file with the same, one JSON object a line (`earshot.db.erasures`),
since a backup that is put back takes the database's own table with it.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.domain.erasure import ErasureKind, ErasureTarget, Tombstone
from bot.domain.note import MessageKey
from bot.errors import FileNotWritten
from bot.messages import Incoming, IncomingMessage, MessageEdited
from knowledge_store.columns import UtcDateTime
from knowledge_store.tables import ErasureRow

log = logging.getLogger(__name__)

SUFFIX: Final = ".erasures"

_ADAPTER: Final = TypeAdapter(Tombstone)

_HERE = ErasureRow.workspace == bindparam("workspace")
_SINCE = and_(
    ErasureRow.erased_at >= bindparam("at", type_=UtcDateTime()),
    or_(
        ErasureRow.kind == ErasureKind.WORKSPACE,
        and_(
            ErasureRow.kind == ErasureKind.PERSON, ErasureRow.subject_id == bindparam("person_id")
        ),
    ),
)
_MESSAGE = and_(
    ErasureRow.conversation_id == bindparam("conversation_id"),
    ErasureRow.message_id == bindparam("message_id"),
)
# Made once, since making them takes longer than asking, and each acknowledgement asks.
_ERASED_MESSAGE = select(ErasureRow.subject_id).where(_HERE, or_(_MESSAGE, _SINCE)).limit(1)
_ERASED_PERSON = select(ErasureRow.subject_id).where(_HERE, _SINCE).limit(1)

# --- in the database ----------------------------------------------------------------------------


def was_erased(
    connection: Session | Connection, key: MessageKey, author_id: str, posted_at: datetime
) -> bool:
    """Whether this message was erased: itself, with its author, or with its workspace.

    What its author, or anybody, says later is kept again.
    """
    values = {
        "workspace": key.workspace,
        "conversation_id": key.conversation_id,
        "message_id": key.message_id,
        "person_id": author_id,
        "at": posted_at,
    }
    return connection.execute(_ERASED_MESSAGE, values).first() is not None


def is_of_erased(connection: Connection, incoming: Incoming) -> bool:
    """Whether words come in that were erased: a redelivery, or what was long on its way."""
    match incoming:
        case IncomingMessage(key=key, author_id=author_id, sent_at=at):
            return was_erased(connection, key, author_id, at)
        case MessageEdited(key=key, author_id=author_id, edited_at=at):
            return was_erased(connection, key, author_id, at)
        case _:
            return False


def was_forgotten(session: Session, workspace: str, person_id: str, at: datetime) -> bool:
    """Whether the person, or the workspace, was erased then or later."""
    values = {"workspace": workspace, "person_id": person_id, "at": at}
    return session.execute(_ERASED_PERSON, values).first() is not None


def put_tombstones(session: Session, tombstones: Iterable[Tombstone]) -> None:
    """In the place of earlier ones of the same."""
    for one in tombstones:
        session.merge(
            ErasureRow(
                workspace=one.target.workspace,
                kind=one.target.kind,
                subject_id=one.target.subject_id,
                conversation_id=one.conversation_id,
                message_id=one.message_id,
                erased_at=one.erased_at,
            )
        )
    session.flush()


def all_tombstones(session: Session) -> list[Tombstone]:
    """In the order in which things were erased."""
    rows = session.scalars(
        select(ErasureRow).order_by(ErasureRow.erased_at, ErasureRow.workspace, ErasureRow.kind)
    )
    return [
        Tombstone(
            ErasureTarget(row.kind, row.workspace, row.subject_id),
            row.erased_at,
            row.conversation_id,
            row.message_id,
        )
        for row in rows
    ]


# --- beside it ----------------------------------------------------------------------------------


def file_beside(engine: Engine) -> Path | None:
    """Where an SQLite database's file is; None for a server, which keeps its own."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(f"{engine.url.database}{SUFFIX}")


def read_file(path: Path) -> list[Tombstone]:
    """Every line that can be read; none where there is no file. One that was cut short is told."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(_ADAPTER.validate_json(line))
        except ValidationError:
            log.warning("a line of %s cannot be read", path)
    return found


def add_to_file(path: Path, tombstones: Sequence[Tombstone]) -> None:
    """On the disk once this returns. Raises FileNotWritten."""
    if not tombstones:
        return
    lines = "".join(f"{_ADAPTER.dump_json(one).decode()}\n" for one in tombstones)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FileNotWritten(str(path)) from error


def newest(tombstones: Iterable[Tombstone]) -> list[Tombstone]:
    """One of each target, the latest."""
    latest: dict[ErasureTarget, Tombstone] = {}
    for one in tombstones:
        known = latest.get(one.target)
        if known is None or known.erased_at < one.erased_at:
            latest[one.target] = one
    return list(latest.values())
