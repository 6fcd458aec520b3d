"""Stand-ins for what is outside the core, each typed by the port it plays."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from pydantic import ValidationError

from bot.domain.answer import Vector
from bot.domain.people import Conversation, Person
from bot.errors import (
    FileNotRead,
    FileProblem,
    FileUnavailable,
    MessageUnavailable,
    ModelUnavailable,
    RosterUnavailable,
    SendFailed,
)
from bot.messages import Attachment, Incoming, IncomingMessage, Outgoing, Place
from bot.ports import (
    Classification,
    NoteContext,
    Passage,
    RenderedPrompt,
    Schema,
    StoredFile,
)

MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=timezone(timedelta(hours=2)))


class FakeClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)


class FakeClassifier:
    """Answers what it was told to, in order; then that everything is chatter."""

    def __init__(self, *answers: Classification | ModelUnavailable) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, NoteContext]] = []

    def classify(self, text: str, context: NoteContext) -> Classification:
        self.asked.append((text, context))
        answer = self.answers.pop(0) if self.answers else Classification((), "fake/1")
        if isinstance(answer, ModelUnavailable):
            raise answer
        return answer


class FakeEmbedder:
    """Words hashed into a vector: texts that share words are alike. Remembers what it was given."""

    model_id = "fake/hashed-words"
    dimensions = 64

    def __init__(self) -> None:
        self.calls = 0
        self.passages: list[Passage] = []
        self.questions: list[tuple[str, str]] = []

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        self.calls += 1
        self.passages += passages
        return [
            self._vector(" ".join([*(c.name for c in one.customers), one.statement, one.parent]))
            for one in passages
        ]

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        self.calls += 1
        self.questions.append((question, earlier))
        return self._vector(f"{question} {earlier}")

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in text.lower().split():
            digest = hashlib.sha256(word.encode(errors="surrogatepass")).digest()
            vector[digest[0] % self.dimensions] += 1.0
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


class FakeLanguageModel:
    """Answers what it was given, in order; without one it is unavailable."""

    model_id = "fake/model"

    def __init__(self, *answers: dict[str, object] | ModelUnavailable) -> None:
        self.answers = list(answers)
        self.prompts: list[RenderedPrompt] = []

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        self.prompts.append(prompt)
        if not self.answers:
            raise ModelUnavailable("the fake has no answer left")
        answer = self.answers.pop(0)
        if isinstance(answer, ModelUnavailable):
            raise answer
        try:
            return schema.model_validate(answer)
        except ValidationError as error:
            raise ModelUnavailable("the answer is off the schema") from error


class FakeRoster:
    """Knows the people and conversations it was given."""

    def __init__(
        self, conversations: Sequence[Conversation] = (), people: Sequence[Person] = ()
    ) -> None:
        self.conversations = {c.id: c for c in conversations}
        self.people = {p.id: p for p in people}
        self.asked = 0

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        self.asked += 1
        if conversation_id not in self.conversations:
            raise RosterUnavailable(conversation_id)
        found = self.conversations[conversation_id]
        there = tuple(self.people[one] for one in found.member_ids or () if one in self.people)
        return replace(found, people=there)

    def person(self, workspace: str, person_id: str) -> Person:
        self.asked += 1
        if person_id not in self.people:
            raise RosterUnavailable(person_id)
        return self.people[person_id]


class FakeMessageSource:
    """Has the messages it was given. Can be told to fail before it answers."""

    def __init__(self, *ours: str) -> None:
        self.messages: dict[tuple[str, str], IncomingMessage] = {}
        self.ours = set(ours)
        self.failures: list[MessageUnavailable] = []
        self.while_reading: Callable[[], None] = lambda: None

    def put(self, message: IncomingMessage) -> None:
        self.messages[message.place.conversation_id, message.message_id] = message

    def find(self, place: Place, message_id: str) -> IncomingMessage | None:
        if self.failures:
            raise self.failures.pop(0)
        found = self.messages.get((place.conversation_id, message_id))
        self.while_reading()
        return found

    def original_of(self, wish: IncomingMessage) -> IncomingMessage | None:
        return self.find(wish.place, wish.message_id)

    def is_ours(self, workspace: str, person_id: str) -> bool:
        return person_id in self.ours


class FakeFileSource:
    """Has the files it was given, by id. Can be told to fail before it answers."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}
        self.contents: dict[str, bytes] = {}
        self.failures: list[FileUnavailable | FileNotRead] = []
        self.fetched: list[str] = []

    def put(
        self, name: str, content: bytes = b"", *, media_type: str = "", **more: Any
    ) -> Attachment:
        file_id = f"file{len(self.files)}"
        self.files[file_id] = StoredFile(name, media_type, len(content), file_id, **more)
        self.contents[file_id] = content
        return Attachment(file_id, name, media_type, len(content))

    def look_up(self, workspace: str, attachment: Attachment) -> StoredFile:
        if self.failures:
            raise self.failures.pop(0)
        if attachment.id not in self.files:
            raise FileNotRead(FileProblem.GONE)
        return self.files[attachment.id]

    def fetch(self, workspace: str, file: StoredFile, most_bytes: int) -> bytes:
        self.fetched.append(file.name)
        content = self.contents[file.location]
        if len(content) > most_bytes:
            raise FileNotRead(FileProblem.TOO_BIG)
        return content


class RecordingIntake:
    """Takes everything and remembers it; a delivery key it has seen is a redelivery."""

    def __init__(self) -> None:
        self.taken: list[Incoming] = []
        self._keys: set[str] = set()

    def take(self, incoming: Incoming) -> bool:
        if incoming.delivery_key in self._keys:
            return False
        self._keys.add(incoming.delivery_key)
        self.taken.append(incoming)
        return True


class RecordingGateway:
    """Shows nothing to anybody, and remembers what it should have shown. Can be told to fail."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failures: list[SendFailed] = []

    async def send(self, outgoing: Outgoing) -> str | None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(outgoing)
        return f"sent-{len(self.sent)}"
