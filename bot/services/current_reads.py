"""Reads what readers may see as of lately, and not as of when somebody last looked."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.domain.audience import Audience
from bot.domain.note import Note
from bot.ports import NoteStore
from bot.services.places import Places

_Found = TypeVar("_Found")


def read_current(
    read: Callable[[], _Found],
    notes_in: Callable[[_Found], Iterable[Note]],
    audience: Audience,
    *,
    notes: NoteStore,
    places: Places,
) -> _Found:
    """What was read, once the audience may still see every note in it.

    Reads again where the platform, asked anew, says that somebody is a member no longer: then there
    is less to be found.
    """
    while True:
        found = read()
        told = list(notes_in(found))
        places.keep_current(told)
        if notes.are_visible([note.id for note in told], audience):
            return found
