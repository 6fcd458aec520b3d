"""Plays a corpus through the handler that chat uses, in a fresh store."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.answer import Answer
from bot.domain.audience import Audience
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.insight import InsightRelation
from bot.domain.note import MessageKey, NoteRecord
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.errors import RosterUnavailable
from bot.evaluation.corpus import ChannelRow, Corpus, NoteRow, QuestionRow
from bot.handler import Handler
from bot.messages import IncomingMessage, Place, WayIn
from bot.ports import CustomerStore, DirectoryStore, NoteStore

CHANNEL = "evaluation"
WORKSPACE = "evaluation"
_KINDS = {
    "public": ConversationKind.PUBLIC,
    "private": ConversationKind.PRIVATE,
    "dm": ConversationKind.DIRECT,
}


class PlayedClock:
    """Shows the time of the message that is being played."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def now(self) -> datetime:
        """The played time."""
        return self.time


class DirectoryRoster:
    """Says of people and conversations what the directory was told."""

    def __init__(self, directory: DirectoryStore) -> None:
        self._directory = directory

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """See `bot.ports.Roster`."""
        known = self._directory.conversation(workspace, conversation_id)
        if known is None:
            raise RosterUnavailable(conversation_id)
        return known

    def person(self, workspace: str, person_id: str) -> Person:
        """See `bot.ports.Roster`."""
        known = self._directory.person(workspace, person_id)
        if known is None:
            raise RosterUnavailable(person_id)
        return known


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """A message and what became of it; `record` is None when nothing was captured."""

    row: NoteRow
    record: NoteRecord | None
    seconds: float


@dataclass(frozen=True, slots=True)
class PlayedQuestion:
    """A question and its answer."""

    row: QuestionRow
    answer: Answer
    seconds: float


@dataclass(frozen=True, slots=True)
class Player:
    """Registers a company, posts its messages and asks its questions."""

    corpus: Corpus
    handler: Handler
    notes: NoteStore
    customers: CustomerStore
    directory: DirectoryStore
    clock: PlayedClock

    def register(self) -> None:
        """Employees, customers, and conversations with their members, all listened to."""
        company = self.corpus.company
        self.directory.put_people(
            Person(row.id, WORKSPACE, row.name, row.role, standing=Standing.MEMBER)
            for row in company.employees
        )
        self.customers.import_all(
            WORKSPACE,
            [
                CustomerDraft(
                    name=row.name,
                    aliases=row.aliases,
                    owner_id=row.owner,
                    segment=row.segment,
                    industry=row.industry,
                    status=row.status,
                    contacts=tuple(Contact(c.name, c.role) for c in row.contacts),
                )
                for row in company.customers
            ],
        )
        for channel in company.channels:
            self._register(channel)
        for employee in company.employees:
            self.directory.put_conversation(_direct(employee.id))

    def _register(self, channel: ChannelRow) -> None:
        self.directory.put_conversation(
            Conversation(
                id=channel.id,
                workspace=WORKSPACE,
                channel=CHANNEL,
                kind=_KINDS[channel.kind],
                name=channel.name,
                member_ids=channel.members,
            )
        )
        self.directory.set_listening(WORKSPACE, channel.id, listening=True)

    def post(self) -> Iterator[PlayedNote]:
        """Each message, by its author, in its conversation, at its time."""
        for row in self.corpus.notes:
            self.clock.time = row.posted_at
            message = IncomingMessage(
                place=Place(CHANNEL, WORKSPACE, row.channel, thread_id=row.thread),
                message_id=row.id,
                author_id=row.author,
                text=row.text,
                sent_at=row.posted_at,
                way_in=WayIn.LISTENED,
            )
            started = time.perf_counter()
            self.handler.handle(message)
            seconds = time.perf_counter() - started
            yield PlayedNote(row, self._stored(row), seconds)

    def _stored(self, row: NoteRow) -> NoteRecord | None:
        key = MessageKey(WORKSPACE, row.channel, row.id)
        return self.notes.find(key, Audience.operator(WORKSPACE))

    def as_it_stands(self, played: PlayedNote) -> PlayedNote:
        """The message with what is stored of it now: later notes change what it is worth."""
        return replace(played, record=self._stored(played.row))

    def relations(self, record: NoteRecord) -> list[InsightRelation]:
        """How the insights of a note stand to earlier ones."""
        ids = [insight.id for insight in record.insights]
        found = self.notes.relations(ids, Audience.operator(WORKSPACE))
        return [relation for relation in found if relation.insight_id in ids]

    def ask(self) -> Iterator[PlayedQuestion]:
        """Each question, by its asker, at its time, with `/ask` in a direct message."""
        for row in sorted(self.corpus.questions, key=lambda row: row.parent is not None):
            self.clock.time = row.asked_at
            message = IncomingMessage(
                place=Place(
                    CHANNEL,
                    WORKSPACE,
                    _direct(row.asker).id,
                    ConversationKind.DIRECT,
                    thread_id=row.parent,
                ),
                message_id=row.id,
                author_id=row.asker,
                text=row.question,
                sent_at=row.asked_at,
                way_in=WayIn.ASK_COMMAND,
            )
            started = time.perf_counter()
            answer = self.handler.answer.answer(message)
            yield PlayedQuestion(row, answer, time.perf_counter() - started)


def _direct(person_id: str) -> Conversation:
    return Conversation(
        id=f"direct-{person_id}",
        workspace=WORKSPACE,
        channel=CHANNEL,
        kind=ConversationKind.DIRECT,
        member_ids=(person_id,),
    )
