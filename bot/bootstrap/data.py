"""Import, export and reclassification, over the store that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.bootstrap.core import WORKSPACE, build_handler, load_models
from bot.domain.audience import Audience
from bot.settings import Settings
from bot.use_cases.reclassify import Reclassify

if TYPE_CHECKING:
    from knowledge_store import Store


@contextmanager
def opened_store(settings: Settings) -> "Iterator[Store]":
    """The store for a command that enqueues no work."""
    from adapters.inline_jobs import InlineJobs
    from adapters.system_clock import SystemClock
    from knowledge_store import open_engine, open_store

    store = open_store(open_engine(settings.database_url), InlineJobs(), clock=SystemClock())
    try:
        yield store
    finally:
        store.close()


def reclassify_notes(settings: Settings, *, everything: bool) -> str:
    """Read notes again, and say how many."""
    from adapters.system_clock import SystemClock

    with opened_store(settings) as store:
        handler = build_handler(store, load_models(settings), {}, SystemClock())
        again = Reclassify(store.notes, store.directory, handler.capture)
        count = again.run(Audience.operator(WORKSPACE), everything=everything)
    return f"{count.read_again} of {count.looked_at} notes were read again."
