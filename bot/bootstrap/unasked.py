"""What is done and said unasked: a handler for each kind of work that can be due, and the plans."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.bootstrap.core import WORKSPACE
from bot.domain.due_work import DueKind
from bot.ports import Clock, DueHandler, Meter, Plan
from bot.services.moment_cards import MomentCards
from bot.services.places import Places
from bot.services.reaching import Reaching
from bot.services.registry import Registries
from bot.timekeeper import Timekeeper
from bot.use_cases.alert_moments import AlertMoments
from bot.use_cases.close_loop import CloseLoop, LoopPlan

if TYPE_CHECKING:
    from knowledge_store import Store


def build_timekeeper(store: "Store", places: Places, clock: Clock, meter: Meter) -> Timekeeper:
    """Sees to what is due. It needs no models."""
    reaching = Reaching(store.directory, places)
    registries = Registries(store.customers, store.directory, store.walls)
    settings, directory = store.person_settings, store.directory
    cards = MomentCards(store.moments, store.notes, store.retriever, directory, places)
    alerts = AlertMoments(store.moments, cards, reaching, store.outbox, settings, clock)
    loop = CloseLoop(store.uses, settings, store.timetable, registries, reaching, clock)
    handlers: Mapping[DueKind, DueHandler] = {
        DueKind.NOTE_TOLD: alerts.note_told,
        DueKind.MOMENT_ASSIGNED: alerts.assigned,
        DueKind.LOOP: loop.tell,
    }

    def workspaces() -> Sequence[str]:
        return (WORKSPACE, *(one.workspace for one in store.workspaces()))

    plans: tuple[Plan, ...] = (LoopPlan(store.uses, settings, directory, workspaces),)
    return Timekeeper(store.timetable, handlers, plans, clock, meter)
