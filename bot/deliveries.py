"""From the inbox through the handler to the outbox, and from the outbox to the platform."""

import dataclasses
import logging
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from bot.domain.audience import Audience
from bot.domain.insight import StageEvent
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import ProcessStage
from bot.errors import SendRefused
from bot.handler import Handler
from bot.messages import (
    ActionTaken,
    Incoming,
    IncomingMessage,
    MessageEdited,
    Outgoing,
    Reply,
    Visibility,
)
from bot.ports import (
    Clock,
    Gateway,
    Inbox,
    JobHandler,
    JobName,
    Meter,
    NoteStore,
    Outbox,
    OutboxState,
)

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0
_PAUSE_S = 0.02

RunAsync = Callable[[Coroutine[Any, Any, str | None]], str | None]
"""Runs a coroutine on the transports' event loop and waits for its result."""


class Deliveries:
    """The two jobs that follow an acknowledgement. Both are safe to run twice."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        outbox: Outbox,
        notes: NoteStore,
        handler: Handler,
        gateways: Mapping[str, Gateway],
        run_async: RunAsync,
        meter: Meter,
        clock: Clock,
    ) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._notes = notes
        self._handler = handler
        self._gateways = gateways
        self._run_async = run_async
        self._meter = meter
        self._clock = clock

    def handle(self, delivery_id: str) -> None:
        """Work on what was accepted, and put the replies in the outbox."""
        incoming = self._inbox.get(delivery_id)
        if incoming is None:
            return
        if self._handler.depends_on_earlier(incoming):
            self._wait_for_earlier(delivery_id)
        earlier_waits = isinstance(incoming, MessageEdited) and self._inbox.is_waiting(
            incoming.posted_key
        )
        replies = self._handler.handle(incoming, earlier_waits=earlier_waits)
        self._inbox.finish(delivery_id, [address(incoming, reply) for reply in replies])
        self._meter.job_ended(JobName.HANDLE, succeeded=True)

    @property
    def handlers(self) -> dict[JobName, JobHandler]:
        """What the engine runs for each kind of job."""
        return {JobName.HANDLE: self.handle, JobName.SEND: self.send}

    @property
    def on_give_up(self) -> dict[JobName, JobHandler]:
        """What is told of a job that failed for good; a delivery stays in the inbox."""
        return {JobName.SEND: self.give_up_sending}

    def _wait_for_earlier(self, delivery_id: str) -> None:
        """Let notes that came in before a question be stored, so that it finds them."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._inbox.notes_before(delivery_id) and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)

    def send(self, outgoing_id: str) -> None:
        """Show a reply, unless its readers may no longer see what it tells of.

        Raises SendFailed, for the engine to try again.
        """
        outgoing = self._outbox.get(outgoing_id)
        if outgoing is None:
            return
        if not self._notes.are_visible(outgoing.reply.shows, readers_of(outgoing)):
            log.warning("reply %s withheld: its readers may no longer see its notes", outgoing_id)
            self._outbox.settle(outgoing_id, OutboxState.WITHHELD)
            return
        try:
            gateway = self._gateway(outgoing)
            message_id = self._run_async(gateway.send(outgoing))
        except SendRefused as refusal:
            log.warning("reply %s given up: %s", outgoing_id, refusal)
            self.give_up_sending(outgoing_id)
            return
        self._outbox.settle(outgoing_id, OutboxState.SENT, message_id)
        # Last, since a failure here must not show the reply a second time.
        record_shown(self._notes, outgoing, at=self._clock.now())
        self._meter.job_ended(JobName.SEND, succeeded=True)

    def give_up_sending(self, outgoing_id: str) -> None:
        """Record that a reply will never be shown, and forget its text."""
        self._outbox.settle(outgoing_id, OutboxState.FAILED)
        self._meter.job_ended(JobName.SEND, succeeded=False)

    def _gateway(self, outgoing: Outgoing) -> Gateway:
        channel = outgoing.place.channel
        if channel not in self._gateways:
            raise SendRefused(f"the channel {channel} is off")
        return self._gateways[channel]


def address(incoming: Incoming, reply: Reply) -> Outgoing:
    """A reply to whoever it answers, where they are."""
    outgoing = Outgoing(uuid.uuid4().hex, incoming.place, person_id="", reply=reply)
    match incoming:
        case IncomingMessage(way_in=way_in):
            return dataclasses.replace(
                outgoing,
                person_id=incoming.actor_id,
                trigger=incoming.trigger,
                reply_to_message_id=incoming.message_id if way_in.is_in_conversation else None,
            )
        case ActionTaken():
            return dataclasses.replace(
                outgoing,
                person_id=incoming.person_id,
                trigger=incoming.trigger,
                source_message_id=incoming.source_message_id,
            )
        case MessageEdited():
            return dataclasses.replace(outgoing, person_id=incoming.author_id)
        case _:
            return outgoing


def record_shown(notes: NoteStore, outgoing: Outgoing, *, at: datetime) -> None:
    """Record which insights have reached somebody else than their contributor by a reply."""
    events = [
        StageEvent(
            insight_id,
            ProcessStage.DISSEMINATION,
            f"shown in reply {outgoing.id}",
            outgoing.person_id or None,
            at,
        )
        for insight_id in outgoing.reply.disseminates
    ]
    if events:
        notes.record_stages(events)


def readers_of(outgoing: Outgoing) -> Audience:
    """Who will read a reply: the person, or everybody in the conversation."""
    place = outgoing.place
    is_private = outgoing.reply.visibility is Visibility.PRIVATE
    if is_private or place.kind is ConversationKind.DIRECT:
        return Audience.of_person(place.workspace, outgoing.person_id)
    return Audience.of_conversation(place.workspace, place.conversation_id)
