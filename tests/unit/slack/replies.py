"""Replies to send, and sending them."""

import asyncio
from typing import Any

from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    Button,
    FieldKind,
    Form,
    FormField,
    Outgoing,
    Paragraph,
    Place,
    Reply,
    Span,
    Visibility,
)
from tests.contract.drivers_slack import SlackDriver
from tests.unit.slack.conftest import Slack

SALES = Place("slack", "main", SlackDriver.SALES)
DIRECT = Place("slack", "main", SlackDriver.DIRECT, ConversationKind.DIRECT)
QUESTION = "1795000000.000900"
FORM = Form(
    "Change", Action.SAVE_CHANGE, "i1", (FormField("contacts", "Contacts", FieldKind.TEXT),)
)


def reply(text: str = "Kept.", **options: Any) -> Reply:
    return Reply((Paragraph((Span(text),)),), (Button("Undo", Action.UNDO, "n1"),), **options)


def to_all(text: str = "Known.", **options: Any) -> Reply:
    return reply(text, visibility=Visibility.CONVERSATION, **options)


def send(slack: Slack, reply: Reply, place: Place = SALES, **address: Any) -> str | None:
    """Send it from a worker's own event loop, as the product does."""
    outgoing = Outgoing("o1", place, SlackDriver.ANNA, reply, **address)
    return asyncio.run(slack.channel.gateway.send(outgoing))
