"""A language model writes an answer from evidence; what it wrote is not believed but checked."""

import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, WithJsonSchema, create_model

from bot.domain.answer import AnswerSentence, Citation, Question
from bot.domain.customer import Customer
from bot.domain.insight import Insight, ResolvedDate
from bot.domain.taxonomy import Belief
from bot.errors import NothingKnown
from bot.ports import LanguageModel, RenderedPrompt
from bot.services.evidence_check import excess, gather
from bot.services.prompt_data import as_data, as_line, new_boundary
from prompts import render

log = logging.getLogger(__name__)

PROMPT = "answer.v1"

_QUESTION_CHARACTERS = 1_000
_NAME_CHARACTERS = 80
_WHOLE_NOTE_CHARACTERS = 600
_SENTENCE_CHARACTERS = 600
_MOST_SENTENCES = 8
_MARKERS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")


# --- what the model answers -----------------------------------------------------------------------


def _numbers(value: object) -> object:
    """Citations as numbers; what is none is left out, and its sentence with it."""
    if not isinstance(value, list):
        return []
    digits = (str(item).strip(" []") for item in value)
    return [int(item) for item in digits if item.isdecimal()]


class WrittenSentence(BaseModel):
    """One sentence, and the numbers of the insights that it claims to rest on."""

    text: str
    citations: Annotated[list[int], BeforeValidator(_numbers)]


class WrittenAnswer(BaseModel):
    """What the model wrote."""

    nothing_known: bool
    sentences: list[WrittenSentence]


@lru_cache(maxsize=32)
def _schema(numbers: tuple[int, ...]) -> type[WrittenAnswer]:
    """As WrittenAnswer; servers that hold to schemas can cite nothing but these numbers.

    The others may cite what they like: that costs the sentence, not the answer.
    """
    citations = {"type": "array", "items": {"type": "integer", "enum": list(numbers)}}
    sentence = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "citations": citations},
        "required": ["text", "citations"],
        "additionalProperties": False,
    }
    sentences = WithJsonSchema({"type": "array", "items": sentence})
    return create_model(
        "WrittenAnswer",
        __base__=WrittenAnswer,
        sentences=(Annotated[list[WrittenSentence], sentences], ...),
    )


# --- the writer -----------------------------------------------------------------------------------


class AnswerWriter:
    """Writes sentences, each of which rests on citations that were supplied."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """What `answered_by` says, `openai/gpt-5-mini/answer.v1`."""
        return f"{self._model.model_id}/{PROMPT}"

    def write(
        self,
        question: Question,
        citations: Sequence[Citation],
        language: str,
        customers: Sequence[Customer] = (),
    ) -> tuple[AnswerSentence, ...]:
        """The sentences that hold; none means that the quotes are the better answer.

        `customers` are all that are registered: the model is told whom each citation is on, and no
        sentence may name another. One model call, none without citations. Raises NothingKnown when
        the evidence does not answer the question, and ModelUnavailable.
        """
        if not citations:
            return ()
        by_id = {customer.id: customer for customer in customers}
        prompt = _prompt(question, citations, language, by_id)
        numbers = tuple(citation.number for citation in citations)
        written = self._model.complete(prompt, _schema(numbers))
        if written.nothing_known:
            raise NothingKnown
        checked = [_checked(s, citations, by_id) for s in written.sentences[:_MOST_SENTENCES]]
        return tuple(sentence for sentence in checked if sentence)


# --- the prompt -----------------------------------------------------------------------------------


def _prompt(
    question: Question,
    citations: Sequence[Citation],
    language: str,
    customers: dict[str, Customer],
) -> RenderedPrompt:
    boundary = new_boundary()
    insights = (_shown(citation, customers, boundary) for citation in citations)
    return render(
        PROMPT,
        boundary=boundary,
        asked=f"{question.asked_at:%A %Y-%m-%d}",
        language=language,
        question=as_data(question.text, boundary, _QUESTION_CHARACTERS),
        insights="\n\n".join(insights),
    )


def _shown(citation: Citation, customers: dict[str, Customer], boundary: str) -> str:
    note, insight = citation.hit.note, citation.hit.insight
    names = ", ".join(_linked_names(insight, customers))
    said = note.text if len(note.text) <= _WHOLE_NOTE_CHARACTERS else citation.quote
    head = (
        f"[{citation.number}] {note.posted_at:%Y-%m-%d}, by {note.author_name} in "
        f"{citation.hit.conversation_name or 'a direct message'}{', on ' if names else ''}{names}; "
        f"belief {insight.belief}, {insight.facets.certainty}"
    )
    dates = [_dated(moment) for moment in insight.dates]
    lines = [as_line(head, boundary, 4 * _NAME_CHARACTERS), as_data(said, boundary, len(said))]
    return "\n".join((*lines, *(as_line(d, boundary, _NAME_CHARACTERS) for d in dates)))


def _dated(moment: ResolvedDate) -> str:
    until = f" to {moment.end}" if moment.end != moment.start else ""
    return f"({moment.words} = {moment.start}{until})"


def _linked_names(insight: Insight, customers: dict[str, Customer]) -> list[str]:
    return [customers[id_].name for id_ in insight.customer_ids if id_ in customers]


# --- the check ------------------------------------------------------------------------------------


def _checked(
    written: WrittenSentence, citations: Sequence[Citation], customers: dict[str, Customer]
) -> AnswerSentence | None:
    text = " ".join(_MARKERS.sub("", written.text).split())
    cited = [c for c in citations if c.number in written.citations]
    problem = _problem(text, cited, customers)
    if problem:
        log.info("a sentence of the model was left out: %s", problem)
        return None
    return AnswerSentence(text, tuple(citation.number for citation in cited))


def _problem(text: str, cited: Sequence[Citation], customers: dict[str, Customer]) -> str | None:
    """Why a sentence is not shown, in words that hold none of its own."""
    if not text or len(text) > _SENTENCE_CHARACTERS:
        return "empty or endless"
    if not cited:
        return "no citation"
    if all(citation.hit.insight.belief is Belief.SUPERSEDED for citation in cited):
        return "only superseded evidence"
    linked = [customers[i] for c in cited for i in c.hit.insight.customer_ids if i in customers]
    evidence = gather(cited, _names(linked))
    return excess(text, evidence, _names(customers.values()))


def _names(customers: Iterable[Customer]) -> list[str]:
    return [name for customer in customers for name in (customer.name, *customer.aliases)]
