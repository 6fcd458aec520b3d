"""Questions, what was found, and answers that rest on evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.domain.insight import Insight
from bot.domain.note import Note
from bot.domain.taxonomy import KnowledgeType

Vector: TypeAlias = NDArray[np.float32]
"""Shape (dimensions,), unit length."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for: words, meaning, and what was read from the question as filters.

    An empty tuple or None does not filter. `customer_ids` keeps insights linked to any of them.
    `vector_model` names the model that `vector` is of; None stands for the model of the vectors
    that were stored last.
    """

    words: str
    vector: Vector | None = None
    customer_ids: tuple[str, ...] = ()
    knowledge_types: tuple[KnowledgeType, ...] = ()
    since: date | None = None
    until: date | None = None
    vector_model: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An insight that was found, best first.

    `score` compares hits of one query only; `word_score` and `meaning_score` are what it was made
    of (BM25 scaled to 0..1 within the query; cosine, None without a vector). `answer_chance` is the
    probability that the insight answers the question, None where nobody judged it. `parent` is
    what its note replies to, as far as the insight is found by it.
    """

    note: Note
    insight: Insight
    conversation_name: str
    score: float
    word_score: float = 0.0
    meaning_score: float | None = None
    answer_chance: float | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked, kept so that a follow-up can lean on it."""

    id: str
    workspace: str
    conversation_id: str
    thread_id: str | None
    asker_id: str
    text: str
    asked_at: datetime
    language: str
    customer_ids: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        """The platform's id of the message that asked; it follows the conversation in `id`."""
        return self.id.removeprefix(f"{self.conversation_id}:")


@dataclass(frozen=True, slots=True)
class Citation:
    """Evidence for a sentence of an answer, and the words of the note that carry it."""

    number: int
    hit: Hit
    quote: str


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence and the numbers of the citations it rests on; at least one."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who may know, with the number of visible notes that make us think so."""

    person_id: str
    name: str
    note_count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known on a question. Without citations it is an abstention.

    `sentences` is empty when no language model wrote any: then the citations' quotes answer.
    `retrieved` are the hits that were looked at, best first.
    """

    question: Question
    citations: tuple[Citation, ...]
    sentences: tuple[AnswerSentence, ...]
    experts: tuple[Expert, ...]
    retrieved: tuple[Hit, ...]
    answered_by: str = "quotes"

    @property
    def abstained(self) -> bool:
        """Whether nothing stored supports an answer."""
        return not self.citations


class Verdict(StrEnum):
    """Whether an answer was of use."""

    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class AnswerRating:
    """What whoever asked says of the answer; `remark` is what they found wrong, often empty."""

    workspace: str
    question_id: str
    person_id: str
    verdict: Verdict
    rated_at: datetime
    remark: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgeNeed:
    """A question that the store could not answer, kept until somebody finds out."""

    id: str
    workspace: str
    text: str
    asker_id: str
    asked_at: datetime
    customer_ids: tuple[str, ...] = ()
    question_id: str | None = None
