"""The product in a terminal: no engine and no server, the work is done between two lines."""

import asyncio
import sys
from collections.abc import Iterable
from typing import TextIO

from bot.bootstrap.core import (
    WORKSPACE,
    Models,
    build_deliveries,
    build_handler,
    build_intake,
    load_models,
)
from bot.bootstrap.server import migrate
from bot.domain.people import Person
from bot.settings import Settings


def chat(
    settings: Settings,
    name: str,
    *,
    lines: Iterable[str] | None = None,
    out: TextIO | None = None,
    models: Models | None = None,
) -> None:
    """Talk until the lines end."""
    from adapters.console import ConsoleChannel
    from adapters.inline_jobs import InlineJobs
    from adapters.system_clock import SystemClock
    from knowledge_store import open_engine, open_store

    migrate(settings)
    clock, jobs = SystemClock(), InlineJobs()
    store = open_store(open_engine(settings.database_url), jobs, clock=clock)
    person = Person(f"console-{name.casefold()}", WORKSPACE, name)
    console = ConsoleChannel(
        intake=build_intake(store),
        person=person,
        workspace=WORKSPACE,
        out=out or sys.stdout,
        clock=clock,
        work=jobs.run_waiting,
    )
    handler = build_handler(
        store, models or load_models(settings), {console.name: console.roster}, clock
    )
    gateways = {console.name: console.gateway}
    deliveries = build_deliveries(store, handler, gateways, asyncio.run)
    jobs.start(deliveries.handlers)
    console.run(lines if lines is not None else sys.stdin)
    store.close()
