"""Reads a customer's profile within what its readers may see as of lately."""

from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.domain.home import News
from bot.domain.profile import CustomerProfile
from bot.ports import CustomerStore, DirectoryStore, NoteStore, ProfileStore, QuestionStore
from bot.services.current_reads import read_current
from bot.services.places import Places


@dataclass(frozen=True, slots=True)
class ProfileReader:
    """Puts together what is kept on a customer."""

    customers: CustomerStore
    profiles: ProfileStore
    notes: NoteStore
    questions: QuestionStore
    directory: DirectoryStore
    places: Places

    def read(self, customer_id: str, audience: Audience, most: int) -> CustomerProfile | None:
        """At most so many insights; None for a customer whom the audience may not know of."""
        customer = self.customers.get(customer_id, audience)
        if customer is None:
            return None
        told = self._told(customer_id, audience, most + 1)
        return CustomerProfile(
            customer=customer,
            told=told[:most],
            owner_name=self._owner_name(customer),
            needs=self._needs(customer_id, audience),
            has_more=len(told) > most,
        )

    def _told(self, customer_id: str, audience: Audience, most: int) -> tuple[News, ...]:
        return read_current(
            lambda: self.profiles.told_of(customer_id, audience, most),
            lambda told: (one.note for one in told),
            audience,
            notes=self.notes,
            places=self.places,
        )

    def _owner_name(self, customer: Customer) -> str:
        if customer.owner_id is None:
            return ""
        owner = self.directory.person(customer.workspace, customer.owner_id)
        return owner.name if owner else ""

    def _needs(self, customer_id: str, audience: Audience) -> int:
        return sum(customer_id in need.customer_ids for need in self.questions.needs(audience))
