"""What a person waits for with a window open: too little time for the way through the inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.customer import Customer
from bot.messages import ActionTaken, Place, Reply


@dataclass(frozen=True, slots=True)
class Find:
    """An insight that was found: its two lines in a list, and what is shown of it when chosen."""

    title: str
    line: str
    reply: Reply


class CustomerOffers(Protocol):
    """Customers for a field of a form, while somebody types in it. Blocks as `LookUp` does."""

    def offered(self, place: Place, person_id: str, typed: str, most: int) -> Sequence[Customer]:
        """What is typed so far may mean these, best first, as far as the person may know."""
        ...


class LookUp(Protocol):
    """Reads for a window, and changes nothing that is known.

    Blocks on the database, and may ask the platform who is where: call it off the event loop, and
    wait for it no longer than the person does. Raises StoreUnavailable.
    """

    def open(self, pressed: ActionTaken) -> Reply:
        """The form or the note that a press asks for; what is not theirs looks like nothing."""
        ...

    def search(self, place: Place, person_id: str, words: str, most: int) -> Sequence[Find] | None:
        """What is known on these words, or told last without any, best first.

        Only what the person may see and whoever else reads in that place; None where nobody knows
        who does.
        """
        ...
