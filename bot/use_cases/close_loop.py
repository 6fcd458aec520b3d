"""Contributors hear what became of what they told, once a day at most, and as they choose."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audience import Audience
from bot.domain.due_work import DueKind, DueWork
from bot.domain.people import Person
from bot.domain.recurrence import Daily
from bot.messages import IncomingMessage, Reply
from bot.ports import Clock, DirectoryStore, Done, PersonSettingsStore, Timetable, UseStore
from bot.services.places import Places
from bot.services.presentation import uses as say
from bot.services.presentation.words import day
from bot.services.reaching import Reaching
from bot.services.registry import Registries

_AT = Daily(16)
_NEWS_OF = timedelta(days=2)
_AT_MOST_OF = timedelta(days=14)
_PAUSE = re.compile(r"pause\s+(\d{1,3}|a|an|one)\s+(day|week|month)s?", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """When whom to tell: whose notes were of use lately, in their afternoon."""

    uses: UseStore
    settings: PersonSettingsStore
    directory: DirectoryStore
    workspaces: Callable[[], Sequence[str]]

    def upcoming(self, now: datetime) -> Iterable[DueWork]:
        """See `bot.ports.Plan`."""
        for workspace in self.workspaces():
            for person_id in self.uses.contributors_with_news(workspace, now - _NEWS_OF):
                yield from self._next(workspace, person_id, now)

    def _next(self, workspace: str, person_id: str, now: datetime) -> Iterator[DueWork]:
        if self.settings.get(workspace, person_id).hears_of_notes(now):
            nobody = Person(person_id, workspace, person_id)
            person = self.directory.person(workspace, person_id) or nobody
            next_time = _AT.after(person.local(now))
            key = f"loop:{person_id}:{next_time.name}"
            yield DueWork(workspace, DueKind.LOOP, key, person_id, next_time.due_at)


@dataclass(frozen=True, slots=True)
class CloseLoop:
    """Tells one person of their own notes. Never who asked, confirmed or used."""

    uses: UseStore
    settings: PersonSettingsStore
    timetable: Timetable
    registries: Registries
    reaching: Reaching
    clock: Clock

    def tell(self, work: DueWork) -> Done:
        """What there is since the last time; nothing where there is nothing."""
        now = self.clock.now()
        chosen = self.settings.get(work.workspace, work.subject)
        place = self.reaching.place_of(work.workspace, work.subject)
        if place is None or not chosen.hears_of_notes(now):
            return Done()
        person = self.reaching.places.person(place, work.subject)
        quiet_until = chosen.quiet.end_of(person.local(now)) if chosen.quiet else None
        if quiet_until is not None:
            return Done(put_off_until=quiet_until)
        audience = Audience.of_person(work.workspace, work.subject)
        fates = self.uses.fates(audience, after=self._since(work), until=work.due_at)
        if not fates:
            return Done()
        reply = say.fates(fates, self.registries.for_readers(audience).named)
        return Done((self.reaching.person(place, reply, key=work.key, made_at=now),))

    def _since(self, work: DueWork) -> datetime:
        last = self.timetable.last_done(DueKind.LOOP, work.workspace, work.subject)
        earliest = work.due_at - _AT_MOST_OF
        return max(last, earliest) if last else earliest


@dataclass(frozen=True, slots=True)
class ChooseLoop:
    """`/earshot loop on`, `off`, `pause 2 weeks`."""

    settings: PersonSettingsStore
    places: Places
    clock: Clock

    def choose(self, message: IncomingMessage, wish: str) -> Reply:
        """Keep what the person wants to hear."""
        before = self.settings.get(message.place.workspace, message.actor_id)
        pause = _PAUSE.fullmatch(wish)
        if wish.casefold() in {"on", "off"}:
            on = wish.casefold() == "on"
            self.settings.put(replace(before, loop_on=on, loop_paused_until=None))
            return say.loop_on() if on else say.loop_off()
        if pause is None:
            return say.loop_how()
        number = int(pause[1]) if pause[1].isdecimal() else 1
        until = self.clock.now() + timedelta(days=number * _DAYS[pause[2].casefold()])
        self.settings.put(replace(before, loop_on=True, loop_paused_until=until))
        person = self.places.person(message.place, message.actor_id)
        return say.loop_paused(day(person.local(until)))
