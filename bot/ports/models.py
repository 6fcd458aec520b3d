"""Models: what understands notes, finds likenesses and writes answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import BaseModel

from bot.domain.answer import Vector
from bot.domain.customer import Customer
from bot.domain.insight import (
    InsightDraft,
)


@dataclass(frozen=True, slots=True)
class NoteContext:
    """What a note is read with: the words before it, and who and what there is to speak of.

    `thread` are earlier messages of the thread that were kept, oldest first. `customers` are all
    that are registered, `linked` those that the note is on. `expects_insight` is set where somebody
    told the bot of a customer: that is hardly chatter. `addressed` is set where it was said to the
    bot at all: then it is chatter only where that is plain.
    """

    author_name: str
    conversation_name: str
    posted_at: datetime
    thread: tuple[str, ...] = ()
    customers: tuple[Customer, ...] = ()
    linked: tuple[Customer, ...] = ()
    expects_insight: bool = False
    addressed: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """What a note was understood as, main insight first; none means chatter.

    `classified_by` names the classifier and its version.
    """

    insights: tuple[InsightDraft, ...]
    classified_by: str


class Classifier(Protocol):
    """Draws insights from a note's text."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        """Every insight of the text. Raises ModelUnavailable when it cannot answer now."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement to be found again, with what it is found by beside its own words.

    A reply such as "same here" is found by its `parent`, what it agrees with.
    """

    statement: str
    parent: str = ""
    customers: tuple[Customer, ...] = ()
    conversation_name: str = ""


class Embedder(Protocol):
    """Turns statements and questions into vectors of unit length, alike where one answers one."""

    @property
    def model_id(self) -> str:
        """Names the weights, so that vectors of different models are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        """One vector a statement, in order. Raises ModelUnavailable."""
        ...

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        """The vector of a question, with the one that it follows up on. Raises ModelUnavailable."""
        ...


class AnswerJudge(Protocol):
    """Tells whether a statement answers a question, which likeness alone does not tell."""

    def judge(self, question: str, passages: Sequence[Passage], earlier: str = "") -> list[float]:
        """How surely each statement answers it, as the logarithm of the odds, in order.

        `earlier` is the question that it follows up on. Raises ModelUnavailable.
        """
        ...


Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt with its variables filled in. `version` is its file's name, `answer.v1`."""

    version: str
    system: str
    user: str


class LanguageModel(Protocol):
    """Writes an answer that fits a schema."""

    @property
    def model_id(self) -> str:
        """Names vendor and model, `openai/gpt-5-mini`."""
        ...

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        """One call. Raises ModelUnavailable on failure, time-out or an answer off the schema."""
        ...


class LanguageDetector(Protocol):
    """Tells the language of a short text."""

    def detect(self, text: str) -> str:
        """An ISO 639-1 code; `en` where nothing speaks for another."""
        ...
