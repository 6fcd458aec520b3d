"""How the product logs: where something failed and what kind of error, never what people wrote."""

import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from bot.services.log_redaction import redacted, secrets_of

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_LOUD = (
    "alembic",
    "botbuilder",
    "dbos",
    "httpx",
    "httpx2",
    "openai",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "uvicorn",
)
_SPEAKING: Final = {
    "bot", "adapters", "knowledge_store", "prompts", "training", "evals", "benchmarks", "alembic",
    "uvicorn.error",
}  # fmt: skip
"""Whose messages are shown: ours, and two that never see what people wrote."""

_MOST_CAUSES = 5


class DiscreetFormatter(logging.Formatter):
    """Prints tracebacks without the messages of exceptions, which may hold a note or a token.

    Of other libraries only the place is told: what they say is put together with what they hold.
    """

    def __init__(self, fmt: str | None = None) -> None:
        super().__init__(fmt)
        self._secrets = secrets_of(os.environ)

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the places of an error below it."""
        record.message = redacted(_said(record), self._secrets)
        record.asctime = self.formatTime(record, self.datefmt)
        lines = [self.formatMessage(record)]
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(filter(None, lines))

    def formatException(  # noqa: N802 - the name that logging gives it
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The kind of error and where it came from, the innermost place last; then its causes."""
        return "\n".join(line for error in _chain(ei[1]) for line in _places(error))


def _said(record: logging.LogRecord) -> str:
    if any(record.name == name or record.name.startswith(f"{name}.") for name in _SPEAKING):
        try:
            return record.getMessage()
        except (TypeError, ValueError):  # the arguments do not fit, and are not told either
            return str(record.msg)
    folder = Path(record.pathname).parent.name
    return f"(not told) at {folder}/{record.filename}:{record.lineno} in {record.funcName}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what caused it, and so on. A chain may be a ring."""
    for _ in range(_MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield f"  {type(error).__module__}.{type(error).__qualname__}"


def configure_logging(stream: TextIO | None = None) -> None:
    """Log to standard error, and let libraries speak only when something is wrong."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(DiscreetFormatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def take_over_hooks() -> None:
    """Log what else would print itself: uncaught errors, warnings, and errors while logging.

    All of these show messages and values as they are.
    """
    log = logging.getLogger("bot")

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("stopped by an error that nobody expected", exc_info=error)

    def uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
        log.error("a thread ended by an error", exc_info=failed.exc_value)

    def never_raised(failed: "sys.UnraisableHookArgs") -> None:
        log.error("an error could not be raised", exc_info=failed.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = never_raised
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False
