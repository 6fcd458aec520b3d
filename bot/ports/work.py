"""Work: what is received, queued, done and sent."""

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.people import Conversation, Person
from bot.messages import Incoming, Outgoing


class Inbox(Protocol):
    """What was acknowledged to a platform and must not be lost."""

    def accept(self, incoming: Incoming) -> bool:
        """Store it together with the job that handles it, in one transaction.

        False when its delivery key is known: a redelivery. Raises StoreUnavailable.
        """
        ...

    def get(self, delivery_id: str) -> Incoming | None:
        """What waits to be handled; None when it is done."""
        ...

    def finish(self, delivery_id: str, outgoing: Sequence[Outgoing]) -> None:
        """Mark as done, forget its text, and put the replies in the outbox with their jobs."""
        ...

    def notes_before(self, delivery_id: str) -> int:
        """How many messages of the same workspace that came in earlier still wait to be handled.

        Of the last minute only: what waits for longer has failed, and should hold up nothing.
        """
        ...

    def is_waiting(self, delivery_key: str) -> bool:
        """Whether what came in under this key still waits to be handled."""
        ...


class OutboxState(StrEnum):
    """How far a reply has come on its way out."""

    WAITING = "waiting"
    SENT = "sent"
    WITHHELD = "withheld"  # its readers may no longer see what it shows
    FAILED = "failed"


class Outbox(Protocol):
    """Replies on their way out."""

    def get(self, outgoing_id: str) -> Outgoing | None:
        """What waits to be sent; None when it was sent, withheld or given up."""
        ...

    def settle(self, outgoing_id: str, state: OutboxState, message_id: str | None = None) -> None:
        """Record how the sending ended, and forget the reply's text.

        The key of what was withheld is free again: nobody has seen it.
        """
        ...

    def message_id(self, workspace: str, key: str) -> str | None:
        """The platform's id of what was sent under this key; None while there is none."""
        ...


class Intake(Protocol):
    """Where a channel hands over what it received and verified."""

    def take(self, incoming: Incoming) -> bool:
        """Keep it for work before the platform gets its acknowledgement.

        False when there is nothing to do: a redelivery, a bot's message, or a message that was
        neither addressed to the bot nor posted where it listens (of which nothing is stored).
        Blocks on the database: call it off the event loop. Raises StoreUnavailable.
        """
        ...


class Gateway(Protocol):
    """One platform's way out."""

    def send(self, outgoing: Outgoing) -> Coroutine[Any, Any, str | None]:
        """Show it; returns the platform's message id, None where there is none.

        Raises SendFailed (worth another try) or SendRefused (never again).
        """
        ...


class WorkSign(Protocol):
    """How a platform shows a person that their question is being worked on."""

    def shown(self, incoming: Incoming) -> AbstractContextManager[None]:
        """Show it for as long as the block runs, where the platform can show it there.

        Neither waits for the platform nor raises when it fails: the answer matters, not this.
        """
        ...


class Roster(Protocol):
    """Who is there: what a platform tells of people and conversations. Raises RosterUnavailable."""

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """The conversation as the platform has it now, with its members."""
        ...

    def person(self, workspace: str, person_id: str) -> Person:
        """The person as the platform has them now."""
        ...


class JobName(StrEnum):
    """The kinds of work after the acknowledgement, each with a queue of its own."""

    HANDLE = "handle"  # argument: a delivery id
    SEND = "send"  # argument: an outgoing id
    DUE = "due"  # argument: the id of work that has become due


class JobHandler(Protocol):
    """Does one job. Must be safe to run twice."""

    def __call__(self, subject_id: str, /) -> None:
        """Do the work for a row, named by its id."""
        ...


class Jobs(Protocol):
    """The durable engine. Jobs are enqueued by the store, inside its own transactions."""

    def start(self, handlers: Mapping[JobName, JobHandler]) -> None:
        """Begin to work: first what an earlier run left, then what comes."""
        ...

    def stop(self, timeout_s: float) -> None:
        """Take no new job, give running ones this long to end."""
        ...

    def is_alive(self) -> bool:
        """Whether jobs are being worked on."""
        ...


class Meter(Protocol):
    """Counts what the product does. Never given a text, a name or an id."""

    def job_ended(self, job: JobName, *, succeeded: bool) -> None:
        """A job was done, or given up."""
        ...

    def note_captured(self, classified_by: str) -> None:
        """A note was stored; by which classifier and version it was read."""
        ...

    def question_answered(self, *, abstained: bool) -> None:
        """A question was answered with evidence, or with none."""
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, with a time zone."""
        ...
