"""Somebody types a customer's name in a form: which ones it may be, of those they may know."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.messages import Place
from bot.ports import CustomerStore
from bot.services.places import Places


@dataclass(frozen=True, slots=True)
class OfferCustomers:
    """The CustomerOffers port."""

    customers: CustomerStore
    places: Places

    def offered(self, place: Place, person_id: str, typed: str, most: int) -> Sequence[Customer]:
        """Asks the platform who somebody is who has never said anything."""
        self.places.recognise(place, person_id)
        audience = Audience.of_person(place.workspace, person_id)
        return self.customers.matching(typed, audience, most)
