"""From the inbox through the handler to the outbox, and from the outbox to the platform."""

import dataclasses
import logging
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from bot.domain.audience import Audience
from bot.domain.audit import AuditEntry, AuditEvent
from bot.domain.fate import TO_A_QUESTION
from bot.domain.insight import StageEvent
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import ProcessStage
from bot.errors import SendFailed, SendRefused
from bot.handler import Handler
from bot.messages import (
    HOME,
    Action,
    ActionTaken,
    Home,
    HomeOpened,
    Incoming,
    IncomingMessage,
    LinksShared,
    MessageEdited,
    Outgoing,
    ReactionChanged,
    Reply,
    StepRun,
    TalkOpened,
    Visibility,
)
from bot.ports import (
    AuditLog,
    Clock,
    Gateway,
    Inbox,
    JobHandler,
    JobName,
    Meter,
    NoteStore,
    Outbox,
    OutboxState,
    WallStore,
    WorkSign,
)

log = logging.getLogger(__name__)

_PATIENCE_S = 2.0
_PAUSE_S = 0.02
_LOOKS = 3

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
        walls: WallStore,
        audit: AuditLog,
        handler: Handler,
        gateways: Mapping[str, Gateway],
        run_async: RunAsync,
        meter: Meter,
        clock: Clock,
        work_signs: Mapping[str, WorkSign] | None = None,
    ) -> None:
        """`gateways` and `work_signs` are by channel name; not every platform has such a sign."""
        self._inbox = inbox
        self._outbox = outbox
        self._notes = notes
        self._walls = walls
        self._audit = audit
        self._handler = handler
        self._gateways = gateways
        self._run_async = run_async
        self._meter = meter
        self._clock = clock
        self._work_signs = work_signs or {}

    def handle(self, delivery_id: str) -> None:
        """Work on what was accepted, and put the replies in the outbox."""
        incoming = self._inbox.get(delivery_id)
        if incoming is None:
            return
        with self._sign_of_work(incoming):
            if self._handler.depends_on_earlier(incoming):
                self._wait_for_earlier(delivery_id)
            earlier_waits = isinstance(incoming, MessageEdited) and self._inbox.is_waiting(
                incoming.posted_key
            )
            replies = self._handler.handle(incoming, earlier_waits=earlier_waits)
        self._inbox.finish(delivery_id, [address(incoming, reply) for reply in replies])
        self._meter.job_ended(JobName.HANDLE, succeeded=True)

    def _sign_of_work(self, incoming: Incoming) -> AbstractContextManager[None]:
        """Shown to whoever waits for an answer, and taken down however the work ends."""
        sign = self._work_signs.get(incoming.place.channel)
        if sign is None or not self._handler.is_question(incoming):
            return nullcontext()
        return sign.shown(incoming)

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
        """Show a reply, unless its readers may not see what it tells of, or it is out of date.

        Raises SendFailed, for the engine to try again.
        """
        outgoing = self._outbox.get(outgoing_id)
        if outgoing is None:
            return
        if not self._may_be_shown(outgoing) and outgoing.reply.refreshes_home:
            outgoing = dataclasses.replace(outgoing, reply=Reply((), refreshes_home=True))
        if not self._may_be_shown(outgoing):
            log.warning("reply %s withheld: its readers may no longer see its notes", outgoing_id)
            self._outbox.settle(outgoing_id, OutboxState.WITHHELD)
            return
        try:
            message_id = self._show(outgoing)
        except SendRefused as refusal:
            log.warning("reply %s given up: %s", outgoing_id, refusal)
            self.give_up_sending(outgoing_id)
            return
        self._outbox.settle(outgoing_id, OutboxState.SENT, message_id)
        # Last, since a failure here must not show the reply a second time.
        record_shown(self._notes, outgoing, at=self._clock.now())
        self._meter.job_ended(JobName.SEND, succeeded=True)

    def _may_be_shown(self, outgoing: Outgoing) -> bool:
        shows, made_at = outgoing.reply.shows, outgoing.made_at
        if made_at is not None and self._notes.changed_since(shows, made_at):
            return False
        readers = readers_of(outgoing)
        walled_off = self._walls.walled_off(readers) if outgoing.reply.names else frozenset()
        if not walled_off.isdisjoint(outgoing.reply.names):
            return False
        return self._notes.are_visible(shows, readers)

    def _show(self, outgoing: Outgoing) -> str | None:
        if outgoing.reply.refreshes_home:
            return self._show_home(outgoing)
        return self._run_async(self._gateway(outgoing).send(outgoing))

    def _show_home(self, outgoing: Outgoing) -> str | None:
        """Show the person's page as it is now, so that a late or repeated try shows nothing old.

        What other threads and processes show at the same time could be newer. So it is read again
        after it was shown, and shown again where it had changed: whoever shows a page last leaves
        the latest one. Raises SendFailed where it does not come to rest.
        """
        gateway = self._gateway(outgoing)
        page = self._page(outgoing)
        for _ in range(_LOOKS):
            message_id = self._run_async(gateway.send(dataclasses.replace(outgoing, home=page)))
            record_seen(self._notes, page, outgoing.person_id, at=self._clock.now())
            self._audit_page(page, outgoing)
            shown, page = page, self._page(outgoing)
            if page == shown:
                return message_id
            # The form, if any, is open, and its permission is used up.
            outgoing = dataclasses.replace(
                outgoing, reply=dataclasses.replace(outgoing.reply, form=None)
            )
        raise SendFailed("the page changes faster than it is shown")

    def _audit_page(self, page: Home, outgoing: Outgoing) -> None:
        """Of other replies the outbox tells as it settles them."""
        if page.shows:
            workspace, person_id = outgoing.place.workspace, outgoing.person_id
            self._audit.record(
                AuditEntry(workspace, AuditEvent.DISCLOSED, person_id, HOME, page.shows)
            )

    def _page(self, outgoing: Outgoing) -> Home:
        return self._handler.home.page(outgoing.place.workspace, outgoing.person_id)

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
        case LinksShared() | StepRun():
            return _beside_messages(incoming, outgoing)
        case ReactionChanged() | TalkOpened() | HomeOpened():
            return dataclasses.replace(outgoing, person_id=incoming.person_id)
        case _:
            return outgoing


def _beside_messages(incoming: LinksShared | StepRun, outgoing: Outgoing) -> Outgoing:
    """What is told of a message's links goes to the message, and of a step to its workflow."""
    outgoing = dataclasses.replace(outgoing, person_id=incoming.person_id)
    if isinstance(incoming, StepRun):
        return dataclasses.replace(outgoing, step_run_id=incoming.run_id)
    return dataclasses.replace(outgoing, reply_to_message_id=incoming.message_id)


def record_shown(notes: NoteStore, outgoing: Outgoing, *, at: datetime) -> None:
    """Record which insights have reached somebody else than their contributor by a reply."""
    is_answer = any(button.action is Action.RATE_GOOD for button in outgoing.reply.buttons)
    evidence = f"shown in reply {outgoing.id}{TO_A_QUESTION if is_answer else ''}"
    events = [
        StageEvent(
            insight_id,
            ProcessStage.DISSEMINATION,
            evidence,
            outgoing.person_id or None,
            at,
        )
        for insight_id in outgoing.reply.disseminates
    ]
    if events:
        notes.record_stages(events)


def record_seen(notes: NoteStore, page: Home, person_id: str, *, at: datetime) -> None:
    """Record which insights have reached a person by their page, once however often they look."""
    evidence = f"shown on the page of {person_id}"
    events = [
        StageEvent(insight_id, ProcessStage.DISSEMINATION, evidence, person_id, at)
        for insight_id in page.disseminates
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
