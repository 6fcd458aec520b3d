"""The log says where something failed, never what people wrote."""

import io
import logging

from bot.logs import configure_logging


def test_a_traceback_names_the_place_and_the_kind_but_not_the_message():
    """Messages of exceptions quote the value that was wrong, and that may be a note."""
    out = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logging(out)
        try:
            int("canary-4711")
        except ValueError:
            logging.getLogger("bot").exception("a number was expected")
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before
    logged = out.getvalue()
    assert "canary-4711" not in logged
    assert "builtins.ValueError" in logged
    assert "test_logs_are_discreet.py" in logged


def test_libraries_speak_only_when_something_is_wrong():
    """A start does not scroll past what it should say."""
    out = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logging(out)
        logging.getLogger("alembic.runtime.migration").info("Context impl")
        logging.getLogger("alembic.runtime.migration").warning("something is wrong")
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before
    assert "Context impl" not in out.getvalue()
    assert "something is wrong" in out.getvalue()
