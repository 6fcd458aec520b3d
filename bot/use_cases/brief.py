"""`/brief CUSTOMER`: what to know before meeting them, on one screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.addresses import CustomerAddresses
from bot.domain.audience import Audience
from bot.domain.brief import Brief
from bot.domain.customer import LONGEST_NAME
from bot.messages import IncomingMessage, Reply
from bot.ports import Clock, CustomerStore, NoteStore
from bot.services.briefs import brief_of
from bot.services.presentation import brief as say
from bot.services.presentation import customers as say_customers
from bot.services.presentation import general
from bot.services.profiles import ProfileReader

_READ: Final = 300
_CANDIDATES: Final = 10
_CHANGED_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BriefPeople:
    """Puts a brief together for whoever will read it."""

    customers: CustomerStore
    notes: NoteStore
    profiles: ProfileReader
    addresses: CustomerAddresses
    clock: Clock

    def asked(self, message: IncomingMessage, name: str) -> Reply:
        """The brief, the customers to choose from, or that there is none."""
        if not name:
            return say.on_whom()
        if len(name) > LONGEST_NAME:
            return general.customer_name_too_long()
        audience = Audience.of_person(message.place.workspace, message.actor_id)
        found = self.customers.named(name, audience) or self.customers.matching(
            name, audience, _CANDIDATES
        )
        if len(found) > 1:
            return say.which(name, found)
        reply = self.reply(found[0].id, audience) if found else None
        return reply or say_customers.unknown(name)

    def reply(
        self, customer_id: str, audience: Audience, *, since: datetime | None = None
    ) -> Reply | None:
        """The brief as its reader is shown it; None for a customer they may not know of.

        `since` is when they last met, where that is known.
        """
        brief = self.brief(customer_id, audience, since=since)
        if brief is None:
            return None
        return say.brief(brief, audience.person_id, self.addresses.of(customer_id))

    def brief(
        self, customer_id: str, audience: Audience, *, since: datetime | None = None
    ) -> Brief | None:
        """What is in it; None for a customer whom the audience may not know of."""
        profile = self.profiles.read(customer_id, audience, _READ)
        if profile is None:
            return None
        now = self.clock.now()
        relations = self.notes.relations([one.insight.id for one in profile.told], audience)
        return brief_of(profile, relations, since=since or now - _CHANGED_WITHIN, now=now)
