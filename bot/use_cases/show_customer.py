"""`/earshot customer NAME`: everything that a person may know of one customer."""

from dataclasses import dataclass, replace

from bot.domain.addresses import CustomerAddresses
from bot.domain.audience import Audience
from bot.domain.customer import LONGEST_NAME, Customer
from bot.messages import IncomingMessage, Reply
from bot.ports import CustomerStore
from bot.services.presentation import customers as say
from bot.services.presentation import general
from bot.services.profiles import ProfileReader

_MOST = 500
_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """Finds the customer by what was typed of its name."""

    customers: CustomerStore
    profiles: ProfileReader
    addresses: CustomerAddresses

    def show(self, message: IncomingMessage, name: str) -> Reply:
        """The customer in full, the ones to choose from, or that there is none."""
        if len(name) > LONGEST_NAME:
            return general.customer_name_too_long()
        audience = Audience.of_person(message.place.workspace, message.actor_id)
        meant = self.customers.named(name, audience)
        candidates = meant or self.customers.matching(name, audience, _CANDIDATES)
        match candidates:
            case ():
                return say.unknown(name)
            case (customer,):
                return self._in_full(customer, audience)
            case _:
                return say.which(name, candidates)

    def _in_full(self, customer: Customer, audience: Audience) -> Reply:
        profile = self.profiles.read(customer.id, audience, _MOST)
        if profile is None:
            return say.unknown(customer.name)
        news = (one for one in profile.told if one.note.author_id != audience.person_id)
        reply = say.everything(profile, self.addresses.of(customer.id))
        return replace(reply, disseminates=tuple(one.insight.id for one in news))
