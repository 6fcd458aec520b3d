"""A small company to try the product with: an invented supplier of industrial packaging."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from bot.domain.customer import Contact, CustomerDraft
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.domain.taxonomy import CustomerStatus
from bot.messages import IncomingMessage, Place, WayIn

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Who is there, where they talk, what they said, and what one might ask.

    `customer_names` tells by conversation id on which customer it is; customers get their ids
    only when they are registered. `messages` are oldest first, with ids that never change, so that
    loading them again adds nothing.
    """

    people: tuple[Person, ...]
    customers: tuple[CustomerDraft, ...]
    conversations: tuple[Conversation, ...]
    customer_names: Mapping[str, str]
    messages: tuple[IncomingMessage, ...]
    questions: tuple[str, ...]


def load_demo(*, workspace: str, channel: str, now: datetime) -> DemoCompany:
    """The company as it stands today: what was said is dated back from `now` in working days."""
    company = json.loads(_read("company.json"))
    people = tuple(
        Person(p["id"], workspace, p["name"], p["role"], standing=Standing.MEMBER)
        for p in company["people"]
    )
    everyone = tuple(person.id for person in people)
    conversations = tuple(
        Conversation(
            id=found["id"],
            workspace=workspace,
            channel=channel,
            kind=ConversationKind(found["kind"]),
            name=found["name"],
            member_ids=tuple(found.get("members", everyone)),
            listening=found.get("listening", False),
        )
        for found in company["conversations"]
    )
    return DemoCompany(
        people=people,
        customers=tuple(_customer(found) for found in company["customers"]),
        conversations=conversations,
        customer_names={
            c["id"]: c["customer"] for c in company["conversations"] if "customer" in c
        },
        messages=_messages(people, conversations, now),
        questions=tuple(company["questions"]),
    )


def _customer(found: Mapping[str, Any]) -> CustomerDraft:
    return CustomerDraft(
        name=found["name"],
        aliases=tuple(found["aliases"]),
        owner_id=found["owner"],
        segment=found["segment"],
        industry=found["industry"],
        status=CustomerStatus(found["status"]),
        contacts=tuple(Contact(c["name"], c["role"]) for c in found["contacts"]),
    )


def _messages(
    people: tuple[Person, ...], conversations: tuple[Conversation, ...], now: datetime
) -> tuple[IncomingMessage, ...]:
    names = {person.id: person.name for person in people}
    places = {found.id: found for found in conversations}
    lines = [json.loads(line) for line in _read("notes.jsonl").splitlines()]
    return tuple(_message(line, places[line["in"]], names[line["by"]], now) for line in lines)


def _message(
    line: Mapping[str, Any], conversation: Conversation, author_name: str, now: datetime
) -> IncomingMessage:
    thread = line.get("thread")
    return IncomingMessage(
        place=Place(
            channel=conversation.channel,
            workspace=conversation.workspace,
            conversation_id=conversation.id,
            kind=conversation.kind,
            thread_id=_message_id(thread) if thread else None,
        ),
        message_id=_message_id(line["number"]),
        author_id=line["by"],
        author_name=author_name,
        text=line["text"],
        sent_at=datetime.combine(
            _working_days_before(now.date(), line["workdays_ago"]),
            time.fromisoformat(line["at"]),
            now.tzinfo,
        ),
        way_in=WayIn.MENTION if line.get("mention") else WayIn.LISTENED,
    )


def _message_id(number: int) -> str:
    # Sorts before every id that the playground gives, which count microseconds.
    return f"{number:017d}"


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            count -= 1
    return day


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
