"""What keeps the library from running planted code, from talking, and from the network."""

import logging
from typing import Any, Final

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from dbos._serialization import DefaultSerializer
from sqlalchemy import Engine

from adapters.jobs.errors import JobGivenUp, JobNotRecorded, PickleRefused

APPLICATION: Final = "earshot"
VERSION: Final = "earshot"
"""The same in every release: by default the library strands what an older release began."""

SERIALIZER: Final = DBOSPortableJSONSerializer()

_REFUSED_VALUE: Final = '"refused"'


def refuse_pickle() -> None:
    """Keep the library from ever unpickling, in all of this process.

    It unpickles whatever a row of its tables calls pickled, also with another serializer set; so
    whoever can write a row could run code. A failed read is recorded as the row's error, which it
    pickles in turn: there a constant is written instead, so that the row ends.
    """

    def deserialize(cls: DefaultSerializer, serialized_data: str) -> Any:  # noqa: ARG001 - theirs
        raise PickleRefused

    def serialize(self: DefaultSerializer, data: Any) -> str:  # noqa: ARG001 - same
        return _REFUSED_VALUE

    # Assigned to the class, since the library makes instances of it in several places.
    DefaultSerializer.deserialize = deserialize  # type: ignore[method-assign] # the one door to pickle
    DefaultSerializer.serialize = serialize  # type: ignore[method-assign] # same


def quiet_logging() -> None:
    """Let the library's warnings go where ours go, and nothing else of it anywhere."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # else it adds one that prints to stderr
    if not any(isinstance(known, _AlreadyTold) for known in logger.filters):
        logger.addFilter(_AlreadyTold())


class _AlreadyTold(logging.Filter):
    """Drops the traceback of how a job ended badly: that was logged, with its id only."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = JobGivenUp, JobNotRecorded
        return not (record.exc_info and isinstance(record.exc_info[1], told))


def configuration(engine: Engine, executor_id: str) -> DBOSConfig:
    """Everything the library is told: our engine, fixed names, JSON, no telemetry, no remote."""
    return DBOSConfig(
        name=APPLICATION,
        system_database_engine=engine,
        application_version=VERSION,
        executor_id=executor_id,
        serializer=SERIALIZER,
        enable_otlp=False,
        log_level="WARNING",
        use_listen_notify=False,
        notification_listener_polling_interval_sec=0.1,  # how long its thread delays a stop
    )
