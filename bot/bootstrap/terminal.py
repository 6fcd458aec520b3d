"""The product in a terminal: no engine and no server, the work is done between two lines."""

import asyncio
import sys
from collections.abc import Iterable
from typing import TextIO

from bot.bootstrap.core import (
    WORKSPACE,
    Models,
    Unmetered,
    build_deliveries,
    build_handler,
    build_intake,
)
from bot.bootstrap.models import build_budget, load_models, model_use_of
from bot.bootstrap.server import migrate
from bot.bootstrap.unasked import build_timekeeper
from bot.domain.people import Person, Standing
from bot.services.personal_data import masked
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
    store = open_store(open_engine(settings.database_url), jobs, clock=clock, mask=masked)
    person = Person(f"console-{name.casefold()}", WORKSPACE, name, standing=Standing.MEMBER)
    console = ConsoleChannel(
        intake=build_intake(store),
        person=person,
        workspace=WORKSPACE,
        out=out or sys.stdout,
        clock=clock,
        work=jobs.run_waiting,
    )
    models = models or load_models(
        settings, budget=build_budget(settings, store), use_of=model_use_of(settings, store)
    )
    handler = build_handler(store, models, {console.name: console.roster}, clock)
    gateways = {console.name: console.gateway}
    deliveries = build_deliveries(store, handler, gateways, asyncio.run)
    timekeeper = build_timekeeper(store, handler.places, clock, Unmetered())
    handlers = {**deliveries.handlers, **timekeeper.handlers}
    # Else the server sees to what is due: most of it goes to where this terminal cannot.
    is_alone = not (settings.slack_is_on or settings.teams_is_on)
    jobs.start(handlers, tick=timekeeper.tick if is_alone else None)
    console.run(lines if lines is not None else sys.stdin)
    store.close()
