"""A person's own page, read anew whenever it is shown."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.addresses import CustomerAddresses
from bot.domain.audience import Audience
from bot.domain.home import OwnMatters
from bot.domain.note import Note
from bot.messages import Action, ActionTaken, Home, HomeOpened, Reply, Visibility
from bot.ports import Clock, HomeStore, MessageSource, NoteStore, PageSize
from bot.services.current_reads import read_current
from bot.services.moment_cards import MomentCards
from bot.services.places import Places
from bot.services.presentation import home as say
from bot.services.presentation import moments as say_moments
from bot.services.registry import Registries

_NEWS_OF = timedelta(days=7)
_QUESTIONS_OF = timedelta(days=30)
_MOMENTS = 5
_OPENS_FORM = {Action.CHANGE, Action.KEEP, Action.CREATE_CUSTOMER}


@dataclass(frozen=True, slots=True)
class ShowHome:
    """Reads a page within what its one reader may see."""

    matters: HomeStore
    notes: NoteStore
    registries: Registries
    places: Places
    sources: Mapping[str, MessageSource]
    addresses: CustomerAddresses
    clock: Clock
    cards: MomentCards

    def opened(self, opening: HomeOpened) -> tuple[Reply, ...]:
        """Have the page shown to one of our own people; raises MessageUnavailable."""
        source = self.sources.get(opening.place.channel)
        if source is not None and not source.is_ours(opening.place.workspace, opening.person_id):
            return ()
        return (Reply((), refreshes_home=True),)

    def after(self, taken: ActionTaken, reply: Reply) -> Reply:
        """The answer to a press on the page: on top of the page as it then is, or a form."""
        if reply.form is not None and taken.action in _OPENS_FORM:
            return dataclasses.replace(reply, blocks=())
        return dataclasses.replace(reply, refreshes_home=True, visibility=Visibility.PRIVATE)

    def in_chat(self, workspace: str, person_id: str) -> Reply:
        """The page as a message."""
        return say.in_chat(self._read(workspace, person_id, say.IN_CHAT))

    def mine(self, workspace: str, person_id: str) -> Reply:
        """Their latest notes and what became of them, as a message."""
        audience = Audience.of_person(workspace, person_id)
        notes = self._current(audience, say.MINE).notes[: say.MINE.notes]
        return say.in_chat(say.mine(notes, self.registries.for_readers(audience).named))

    def page(self, workspace: str, person_id: str) -> Home:
        """The page as it is now."""
        return self._read(workspace, person_id, say.ON_PAGE)

    def _read(self, workspace: str, person_id: str, size: PageSize) -> Home:
        audience = Audience.of_person(workspace, person_id)
        matters = self._current(audience, size)
        name_of = self.registries.for_readers(audience).named
        page = say.home(matters, name_of, self.addresses.of, size)
        events = self.cards.in_charge(audience, _MOMENTS)
        items = [say_moments.item(event, self.cards.names(event), person_id) for event in events]
        return say.with_moments(page, events, items, person_id)

    def _current(self, audience: Audience, size: PageSize) -> OwnMatters:
        return read_current(
            lambda: self._matters(audience, size),
            _notes_in,
            audience,
            notes=self.notes,
            places=self.places,
        )

    def _matters(self, audience: Audience, size: PageSize) -> OwnMatters:
        now = self.clock.now()
        return self.matters.own_matters(
            audience,
            _with_one_more(size),
            news_since=now - _NEWS_OF,
            asked_since=now - _QUESTIONS_OF,
        )


def _notes_in(matters: OwnMatters) -> list[Note]:
    return [own.record.note for own in matters.notes] + [one.note for one in matters.news]


def _with_one_more(size: PageSize) -> PageSize:
    """So that the page can tell whether there is more."""
    more = {part.name: getattr(size, part.name) + 1 for part in dataclasses.fields(size)}
    return PageSize(**more)
