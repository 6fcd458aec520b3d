"""How the product logs: where something failed and what kind of error, never what people wrote."""

import logging
import sys
import traceback
from types import TracebackType
from typing import TextIO

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


class DiscreetFormatter(logging.Formatter):
    """Prints tracebacks without the messages of exceptions, which may hold a note or a token."""

    def formatException(  # noqa: N802 - the name that logging gives it
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The kind of error and where it came from, the innermost place last."""
        kind, error, _ = ei
        if kind is None or error is None:
            return ""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        return "\n".join([*places, f"  {kind.__module__}.{kind.__qualname__}"])


def configure_logging(stream: TextIO | None = None) -> None:
    """Log to standard error, and let libraries speak only when something is wrong."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(DiscreetFormatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
