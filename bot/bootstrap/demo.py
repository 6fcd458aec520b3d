"""Loads the demonstration company into the playground: said there, understood here."""

import dataclasses
from typing import TYPE_CHECKING

from bot.bootstrap.core import WORKSPACE
from bot.demo import DemoCompany, load_demo
from bot.domain.audience import Audience
from bot.domain.people import Conversation
from bot.handler import Handler
from bot.ports import Clock

if TYPE_CHECKING:
    from adapters.web.playground.channel import PlaygroundChannel
    from knowledge_store import Store


def settle_demo_company(
    playground: "PlaygroundChannel", store: "Store", handler: Handler, clock: Clock
) -> str:
    """Register the company and let it say what it said; loading it again adds nothing."""
    company = load_demo(workspace=WORKSPACE, channel=playground.name, now=clock.now())
    store.customers.import_all(WORKSPACE, company.customers)
    playground.settle_in(company.people, _conversations(company, store))
    for message in company.messages:
        handler.handle(message)
    playground.recall(company.messages)
    counts = store.notes.counts(Audience.operator(WORKSPACE))
    said = len(company.messages)
    return f"The demonstration company said {said} things; {counts['notes']} notes are kept."


def _conversations(company: DemoCompany, store: "Store") -> list[Conversation]:
    customers = store.customers.all(Audience.operator(WORKSPACE))
    id_of = {customer.name: customer.id for customer in customers}
    return [
        dataclasses.replace(
            conversation, customer_id=id_of.get(company.customer_names.get(conversation.id, ""))
        )
        for conversation in company.conversations
    ]
