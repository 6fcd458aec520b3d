"""Somebody opens their talk with the bot: what they could ask, from what they may see."""

from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.insight import Insight
from bot.domain.note import Note
from bot.messages import Reply, TalkOpened
from bot.ports import CustomerStore, NoteStore
from bot.services.current_reads import read_current
from bot.services.places import Places
from bot.services.presentation import suggestions as say

_LOOKED_AT = 200
"""The latest notes: what was last heard of a customer before these is not what people ask for."""


@dataclass(frozen=True, slots=True)
class Suggest:
    """Suggests questions on what was lately heard, the person's own customers first."""

    notes: NoteStore
    customers: CustomerStore
    places: Places

    def offer(self, opened: TalkOpened) -> Reply:
        """What the person may ask, and nothing that tells of what they may not see."""
        audience = Audience.of_person(opened.place.workspace, opened.person_id)
        heard = self._heard(audience)
        known = {customer.id: customer for customer in self.customers.all(audience)}
        chosen = [known[customer_id] for customer_id in heard if customer_id in known]
        chosen.sort(key=lambda customer: customer.owner_id != opened.person_id)
        return say.what_to_ask([(customer, *heard[customer.id]) for customer in chosen])

    def _heard(self, audience: Audience) -> dict[str, tuple[Note, Insight]]:
        """The latest insight on each customer, by the customer's id, the latest first."""
        return read_current(
            lambda: self._latest(audience),
            lambda heard: (note for note, _ in heard.values()),
            audience,
            notes=self.notes,
            places=self.places,
        )

    def _latest(self, audience: Audience) -> dict[str, tuple[Note, Insight]]:
        heard: dict[str, tuple[Note, Insight]] = {}
        for record in self.notes.latest(audience, _LOOKED_AT):
            for insight in record.insights:
                for customer_id in insight.customer_ids:
                    heard.setdefault(customer_id, (record.note, insight))
        return heard
