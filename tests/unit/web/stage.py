"""What stands around the playground in its tests: a directory in memory, a product that echoes."""

import asyncio
import uuid
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.people import Conversation, Person
from bot.messages import (
    Action,
    ActionTaken,
    Button,
    FieldKind,
    Form,
    FormField,
    Incoming,
    IncomingMessage,
    Option,
    Outgoing,
    Paragraph,
    Quote,
    Reply,
    Span,
    Visibility,
)
from bot.ports import Gateway
from tests.fakes import RecordingIntake


class MemoryDirectory:
    """Plays `bot.ports.DirectoryStore`."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, str], Person] = {}
        self._conversations: dict[tuple[str, str], Conversation] = {}

    def put_people(self, people: Iterable[Person]) -> None:
        self._people.update({(p.workspace, p.id): p for p in people})

    def person(self, workspace: str, person_id: str) -> Person | None:
        return self._people.get((workspace, person_id))

    def people(self, workspace: str) -> tuple[Person, ...]:
        ours = [p for p in self._people.values() if p.workspace == workspace]
        return tuple(sorted(ours, key=lambda p: p.name))

    def put_conversation(self, conversation: Conversation) -> None:
        key = (conversation.workspace, conversation.id)
        known = self._conversations.get(key)
        listening = known.listening if known else False
        self._conversations[key] = replace(conversation, listening=listening)

    def conversation(self, workspace: str, conversation_id: str) -> Conversation | None:
        return self._conversations.get((workspace, conversation_id))

    def conversations(self, workspace: str) -> tuple[Conversation, ...]:
        ours = [c for c in self._conversations.values() if c.workspace == workspace]
        return tuple(sorted(ours, key=lambda c: c.name))

    def set_listening(self, workspace: str, conversation_id: str, *, listening: bool) -> None:
        key = (workspace, conversation_id)
        self._conversations[key] = replace(self._conversations[key], listening=listening)

    def is_listening(self, workspace: str, conversation_id: str) -> bool:
        found = self.conversation(workspace, conversation_id)
        return found is not None and found.listening


CHANGE_FORM = Form(
    title="What was understood",
    action=Action.SAVE_CHANGE,
    value="insight-1",
    fields=(
        FormField(
            "knowledge_type",
            "Knowledge type",
            FieldKind.CHOICE,
            (Option("about", "About the customer"), Option("from", "From the customer")),
            ("about",),
            required=True,
            hint="Whose knowledge it is and which way it flows.",
        ),
        FormField(
            "topics",
            "Topics",
            FieldKind.CHOICES,
            (Option("needs", "Needs"), Option("price", "Price"), Option("quality", "Quality")),
            ("needs",),
        ),
        FormField("contacts", "Contacts", FieldKind.TEXT, hint="Names, separated by commas."),
    ),
)


class EchoProduct(RecordingIntake):
    """Takes everything, and answers what was addressed to it when it is told to work."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway: Gateway | None = None
        self._waiting: list[Incoming] = []

    def take(self, incoming: Incoming) -> bool:
        is_new = super().take(incoming)
        if is_new:
            self._waiting.append(incoming)
        return is_new

    def work(self) -> None:
        """Answer everything that waits."""
        assert self.gateway is not None, "tell the product where to send"
        while self._waiting:
            incoming = self._waiting.pop(0)
            outgoing = self._answer(incoming)
            if outgoing:
                asyncio.run(self._send(outgoing))

    async def _send(self, outgoing: Outgoing) -> None:
        assert self.gateway is not None
        await self.gateway.send(outgoing)

    def _answer(self, incoming: Incoming) -> Outgoing | None:
        match incoming:
            case IncomingMessage(way_in=way_in) if way_in.is_addressed and not incoming.from_bot:
                return outgoing_to(incoming, noted(incoming.text))
            case ActionTaken(action=Action.CHANGE):
                return outgoing_to(incoming, Reply((), form=CHANGE_FORM))
            case ActionTaken():
                done = Paragraph((Span(f"Done: {incoming.action.value} {dict(incoming.fields)}"),))
                return outgoing_to(incoming, Reply((done,), replaces_source=True))
            case _:
                return None


def noted(text: str, visibility: Visibility = Visibility.PRIVATE) -> Reply:
    """The echo: what was said, with the buttons of a captured note."""
    return Reply(
        blocks=(
            Paragraph((Span("Noted", bold=True), Span(" for Novara."))),
            Quote(text),
            Paragraph(
                (Span("unverified", italic=True), Span(" · see "), Span("the note", href=LINK)),
                subdued=True,
            ),
        ),
        buttons=(
            Button("Change", Action.CHANGE, "insight-1"),
            Button("Undo", Action.UNDO, "note-1", style="danger"),
        ),
        visibility=visibility,
    )


LINK = "http://127.0.0.1:8080/playground#sales/1"


def outgoing_to(incoming: IncomingMessage | ActionTaken, reply: Reply) -> Outgoing:
    """A reply with the address of whoever it answers."""
    if isinstance(incoming, IncomingMessage):
        return _outgoing(incoming, reply, incoming.actor_id, None, incoming.message_id)
    return _outgoing(incoming, reply, incoming.person_id, incoming.source_message_id, None)


def _outgoing(
    incoming: IncomingMessage | ActionTaken,
    reply: Reply,
    person_id: str,
    source_id: str | None,
    answered_id: str | None,
) -> Outgoing:
    return Outgoing(
        id=uuid.uuid4().hex,
        place=incoming.place,
        person_id=person_id,
        reply=reply,
        trigger=incoming.trigger,
        source_message_id=source_id,
        reply_to_message_id=answered_id,
    )
