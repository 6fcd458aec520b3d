"""Loads the demonstration company into the playground: said there, understood here."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.bootstrap.core import WORKSPACE
from bot.demo import DemoCompany, load_demo
from bot.domain.audience import Audience
from bot.domain.people import Conversation
from bot.handler import Handler
from bot.messages import IncomingMessage
from bot.ports import Clock, NoteStore

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
    messages = [playground.with_permalink(message) for message in company.messages]
    for message in _not_said_yet(messages, store.notes):
        handler.handle(message)
    playground.recall(messages)
    counts = store.notes.counts(Audience.operator(WORKSPACE))
    said = len(messages)
    return f"The demonstration company said {said} things; {counts['notes']} notes are kept."


def _not_said_yet(
    messages: Sequence[IncomingMessage], notes: NoteStore
) -> Sequence[IncomingMessage]:
    """What follows the last message that is kept: chatter before it was read then, and dropped."""
    operator = Audience.operator(WORKSPACE)
    for place in range(len(messages), 0, -1):
        if notes.find(messages[place - 1].key, operator):
            return messages[place:]
    return messages


def _conversations(company: DemoCompany, store: "Store") -> list[Conversation]:
    customers = store.customers.all(Audience.operator(WORKSPACE))
    id_of = {customer.name: customer.id for customer in customers}
    return [
        dataclasses.replace(
            conversation, customer_id=id_of.get(company.customer_names.get(conversation.id, ""))
        )
        for conversation in company.conversations
    ]
