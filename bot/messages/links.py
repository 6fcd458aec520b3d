"""That somebody shared a customer by its address."""

from dataclasses import dataclass
from typing import Literal

from bot.messages.origin import Place


@dataclass(frozen=True, slots=True)
class CustomerLink:
    """An address of a customer: as it was written, and whom it means."""

    url: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class LinksShared:
    """Links to customers stand in a message; `message_id` is the platform's id of it."""

    place: Place
    person_id: str
    links: tuple[CustomerLink, ...]
    message_id: str
    kind: Literal["links"] = "links"

    @property
    def delivery_key(self) -> str:
        """One key for each message and what it links to: an edit may add a link."""
        place, customers = self.place, "+".join(link.customer_id for link in self.links)
        return f"{place.workspace}|{place.conversation_id}|{self.message_id}|links|{customers}"
