"""Leaks, each sown by changing one thing of the product while a test runs.

Every one must be found: a suite that lets one pass proves nothing of the others.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import exists, select, true

from adapters.teams.roster import TeamsRoster
from bot.deliveries import Deliveries
from bot.domain.audience import Audience
from bot.domain.people import Conversation, ConversationKind
from bot.domain.wall import WallChange
from bot.services import places
from bot.services.registry import Registries
from bot.use_cases.look_up import Windows
from knowledge_store import customers, directory, visibility, walls
from knowledge_store.customers import SqlCustomerStore
from knowledge_store.notes import SqlNoteStore
from knowledge_store.search import SqlRetriever
from knowledge_store.tables import NoteRow
from knowledge_store.walls import SqlWallStore
from tests.security.walls import scenarios as lives
from tests.security.walls.company import furnished
from tests.security.walls.scenarios import Scenario

Leak = Callable[[pytest.MonkeyPatch], None]


def _as_operator(owner: type, method: str, at: int) -> Leak:
    """The method reads everything: the audience among its arguments is the operator."""

    def sow(patch: pytest.MonkeyPatch) -> None:
        real: Callable[..., Any] = getattr(owner, method)

        def leaky(self: Any, *given: Any) -> Any:
            everything = Audience.operator(given[at].workspace)
            return real(self, *given[:at], everything, *given[at + 1 :])

        patch.setattr(owner, method, leaky)

    return sow


def asker_instead_of_audience(patch: pytest.MonkeyPatch) -> None:
    def asker(_: Any, place: Any, person_id: str) -> Audience:
        return Audience.of_person(place.workspace, person_id)

    patch.setattr(Windows, "_readers", asker)


def cache_without_epoch(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlWallStore, "epoch", lambda *_: 0)


def leave_ignored(patch: pytest.MonkeyPatch) -> None:
    real = directory.SqlDirectoryStore.put_conversation

    def put(self: Any, conversation: Conversation) -> None:
        known = self.conversation(conversation.workspace, conversation.id)
        stayed = (known.member_ids or ()) if known else ()
        there = conversation.member_ids
        all_of_them = None if there is None else tuple({*there, *stayed})
        real(self, replace(conversation, member_ids=all_of_them))

    patch.setattr(directory.SqlDirectoryStore, "put_conversation", put)


def lost_sight_ignored(patch: pytest.MonkeyPatch) -> None:
    real = places._with_unknown_members
    patch.setattr(places, "_with_unknown_members", lambda place, known: known or real(place, known))


def guest_sees_public(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_are_ours", lambda _: true())


def new_guest_not_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(directory, "_is_told_later", lambda _, row: row.checked_at is None)


def no_walls_at_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_is_inside_walls", lambda *_: true())


def deny_does_not_win(patch: pytest.MonkeyPatch) -> None:
    real = walls._put

    def put(session: Any, customer: Any, person_id: str, *, is_allowed: bool) -> None:
        if is_allowed:
            real(session, customer, person_id, is_allowed=True)

    patch.setattr(walls, "_put", put)


def wall_by_who_is_there_now(patch: pytest.MonkeyPatch) -> None:
    """Only those who are there now count in a public place, which anybody may join."""
    patch.setattr(visibility, "_is_closed", visibility._is_known)


def contributors_let_in(patch: pytest.MonkeyPatch) -> None:
    """Whoever ever wrote of a customer is let in to it."""
    real = visibility._is_inside_walls

    def for_all(audience: Audience, note: Any) -> Any:
        wrote = select(NoteRow.author_id).where(NoteRow.author_id == audience.person_id)
        return real(audience, note) | exists(wrote.correlate(None))

    patch.setattr(visibility, "_is_inside_walls", for_all)


def list_wiped_by_an_update(patch: pytest.MonkeyPatch) -> None:
    def wipe(session: Any, workspace: str, drafts: Any) -> None:
        for draft in drafts:
            row = customers._by_name(session, workspace, draft.name)
            if row is not None:
                walls.change_wall(session, row, WallChange(opens=True))

    patch.setattr(customers, "_build_walls", wipe)


def deleted_note_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlNoteStore, "hide", lambda *_, **__: True)


def no_check_at_send(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Deliveries, "_may_be_shown", lambda *_: True)


def notes_alone_checked_at_send(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlWallStore, "walled_off", lambda *_: frozenset())


def teams_channel_as_public(patch: pytest.MonkeyPatch) -> None:
    real = TeamsRoster.conversation

    def public(self: TeamsRoster, workspace: str, conversation_id: str) -> Conversation:
        told = real(self, workspace, conversation_id)
        return replace(told, kind=ConversationKind.PUBLIC)

    patch.setattr(TeamsRoster, "conversation", public)


def filter_after_top_k(patch: pytest.MonkeyPatch) -> None:
    real_search = SqlRetriever.search

    def search(self: Any, query: Any, audience: Audience, limit: int) -> Any:
        best = real_search(self, query, Audience.operator(audience.workspace), limit)
        notes = SqlNoteStore(self._transactions, None)  # type: ignore[arg-type]
        return [hit for hit in best if notes.are_visible((hit.note.id,), audience)]

    patch.setattr(SqlRetriever, "search", search)


def whole_register_for_models(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Registries, "for_readers", lambda self, audience: self.of(audience.workspace))


def guessed_id(patch: pytest.MonkeyPatch) -> None:
    _as_operator(SqlNoteStore, "get", 1)(patch)
    _as_operator(SqlNoteStore, "are_visible", 1)(patch)


LEAKS: dict[str, tuple[Leak, Scenario]] = {
    "asker_instead_of_audience": (asker_instead_of_audience, lives.reading_along),
    "autocomplete_unfiltered": (_as_operator(SqlCustomerStore, "matching", 1), lives.walls),
    "cache_without_epoch": (cache_without_epoch, lives.a_wall_after_a_look),
    "contributors_let_in": (contributors_let_in, lives.a_contributor_kept_out),
    "count_leak": (_as_operator(SqlNoteStore, "counts", 0), lives.walls),
    "deleted_note_shown": (deleted_note_shown, lives.deleting),
    "deny_does_not_win": (deny_does_not_win, lives.denying),
    "experts_unfiltered": (_as_operator(SqlRetriever, "experts", 1), lives.knowing_who_knows),
    "filter_after_top_k": (filter_after_top_k, lives.among_many),
    "guessed_id": (guessed_id, lives.guessing),
    "guest_sees_public": (guest_sees_public, lives.becoming_a_guest),
    "leave_ignored": (leave_ignored, lives.leaving),
    "list_wiped_by_an_update": (list_wiped_by_an_update, lives.importing),
    "lost_sight_ignored": (lost_sight_ignored, lives.losing_sight),
    "names_unfiltered": (_as_operator(SqlCustomerStore, "named", 1), lives.walls),
    "new_guest_not_noticed": (new_guest_not_noticed, lives.becoming_a_guest),
    "no_check_at_send": (no_check_at_send, lives.sending_late),
    "no_walls_at_all": (no_walls_at_all, lives.walls),
    "notes_alone_checked_at_send": (notes_alone_checked_at_send, lives.sending_late),
    "teams_channel_as_public": (teams_channel_as_public, lives.a_teams_channel),
    "wall_by_who_is_there_now": (wall_by_who_is_there_now, lives.a_wall_where_anybody_may_join),
    "wall_forgotten_in_lists": (_as_operator(SqlNoteStore, "all", 0), lives.walls),
    "whole_register_for_models": (whole_register_for_models, lives.a_wall_after_a_look),
}
"""Each with the short life that has to find it."""


@contextmanager
def sown(leak: Leak) -> Iterator[None]:
    """The product with the leak, and without it afterwards."""
    furnished()  # by the product as it is
    with pytest.MonkeyPatch.context() as patch:
        leak(patch)
        forget_conditions()
        yield
    forget_conditions()


def forget_conditions() -> None:
    """Conditions are kept, and would be those of the product without the leak."""
    visibility.may_see.cache_clear()
    visibility.may_know.cache_clear()
