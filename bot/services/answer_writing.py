"""A language model writes an answer from evidence; what it wrote is not believed but checked."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, WithJsonSchema, create_model

from bot.domain.answer import AnswerSentence, Citation, Question
from bot.domain.customer import Customer
from bot.domain.insight import ResolvedDate
from bot.domain.taxonomy import Belief
from bot.errors import NothingKnown
from bot.ports import LanguageModel, RenderedPrompt
from bot.services.evidence_check import excess, gather
from bot.services.evidence_names import NamesIn
from bot.services.prompt_data import as_line, new_boundary
from prompts import render

log = logging.getLogger(__name__)

PROMPT = "answer.v2"

_QUESTION_CHARACTERS = 1_000
_NAME_CHARACTERS = 80
_WHOLE_NOTE_CHARACTERS = 600
_SENTENCE_CHARACTERS = 600
_MOST_SENTENCES = 8
_MARKERS = re.compile(r"(?<!\s)\s*[\[【]\s*\^?\d+(?:\s*[,;–-]\s*\d+)*\s*(?:†[^\]】]{0,40})?[\]】]")


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
        """What `answered_by` says, `openai/gpt-5-mini/answer.v2`."""
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
        check = _Check(question, tuple(citations), by_id)
        checked = [check.checked(sentence) for sentence in written.sentences[:_MOST_SENTENCES]]
        sentences = tuple(dict.fromkeys(sentence for sentence in checked if sentence))
        if _is_one_sided(sentences, citations):
            log.info("an answer of the model was left out: one side of a dispute")
            return ()
        return sentences


# --- the prompt -----------------------------------------------------------------------------------


def _prompt(
    question: Question,
    citations: Sequence[Citation],
    language: str,
    customers: dict[str, Customer],
) -> RenderedPrompt:
    boundary = new_boundary()
    insights = (_shown(citation, customers, boundary) for citation in citations)
    names = ", ".join(_names_of(question.customer_ids, customers))
    return render(
        PROMPT,
        boundary=boundary,
        asked=f"{question.asked_at:%A %Y-%m-%d}",
        language=language,
        about=f" on {as_line(names, boundary, 4 * _NAME_CHARACTERS)}" if names else "",
        question=as_line(question.text, boundary, _QUESTION_CHARACTERS),
        insights="\n".join(insights),
    )


def _shown(citation: Citation, customers: dict[str, Customer], boundary: str) -> str:
    note, insight = citation.hit.note, citation.hit.insight
    names = ", ".join(_names_of(insight.customer_ids, customers))
    said = note.text if len(note.text) <= _WHOLE_NOTE_CHARACTERS else citation.quote
    head = (
        f"[{citation.number}] {note.posted_at:%Y-%m-%d}, by {note.author_name} in "
        f"{citation.hit.conversation_name or 'a direct message'}{', on ' if names else ''}{names}; "
        f"belief {insight.belief}, {insight.facets.certainty}"
    )
    dates = [_dated(moment) for moment in insight.dates]
    lines = [
        as_line(head, boundary, 4 * _NAME_CHARACTERS),
        f'"{as_line(said, boundary, len(said))}"',
    ]
    return "\n".join((*lines, *(as_line(d, boundary, _NAME_CHARACTERS) for d in dates)))


def _dated(moment: ResolvedDate) -> str:
    until = f" to {moment.end}" if moment.end != moment.start else ""
    return f"({moment.words} = {moment.start}{until})"


def _names_of(customer_ids: Iterable[str], customers: dict[str, Customer]) -> list[str]:
    return [customers[id_].name for id_ in customer_ids if id_ in customers]


# --- the check ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Check:
    """Holds each sentence against what it cites."""

    question: Question
    citations: tuple[Citation, ...]
    customers: dict[str, Customer]

    def checked(self, written: WrittenSentence) -> AnswerSentence | None:
        """The sentence with the citations that it can rest on; None where it cannot."""
        text = _without_markers(written.text)
        cited = [c for c in self.citations if c.number in written.citations]
        named = NamesIn(text, as_names=True).customers_among(self.customers.values())
        resting = _on_any_of(cited, named) or cited
        problem = self._problem(text, resting, named)
        if problem:
            log.info("a sentence of the model was left out: %s", problem)
            return None
        return AnswerSentence(text, tuple(citation.number for citation in resting))

    def _problem(self, text: str, cited: Sequence[Citation], named: set[str]) -> str | None:
        """Why a sentence is not shown, in words that hold none of its own."""
        if not text:
            return "empty or endless"
        if not cited:
            return "no citation"
        if all(citation.hit.insight.belief is Belief.SUPERSEDED for citation in cited):
            return "only superseded evidence"
        if not named and not _on_any_of(cited, set(self.question.customer_ids)):
            return "another customer than was asked for"
        linked = [i for c in cited for i in c.hit.insight.customer_ids if i in self.customers]
        names = [name for i in linked for name in _all_names(self.customers[i])]
        evidence = gather(cited, names)
        return excess(text, evidence, self.customers.values(), self.question.asked_at)


def _without_markers(text: str) -> str:
    """The words of the sentence; none where there are too many to be one."""
    if len(text) > 2 * _SENTENCE_CHARACTERS:
        return ""
    words = " ".join(_MARKERS.sub("", text).split())
    return words if len(words) <= _SENTENCE_CHARACTERS else ""


def _on_any_of(cited: Sequence[Citation], customer_ids: set[str]) -> list[Citation]:
    """Those that are on these customers, or on nobody; all where no customer is given."""
    if not customer_ids:
        return list(cited)
    linked = ((citation, citation.hit.insight.customer_ids) for citation in cited)
    return [citation for citation, ids in linked if not ids or not customer_ids.isdisjoint(ids)]


def _is_one_sided(sentences: Iterable[AnswerSentence], citations: Sequence[Citation]) -> bool:
    """Whether a disputed insight is told, and none of those that may dispute it.

    A citation does not say which other it is disputed by; it is one on the same customer.
    """
    told = {number for sentence in sentences for number in sentence.citations}
    disputed = [c for c in citations if c.hit.insight.belief is Belief.DISPUTED]
    for citation in disputed:
        others = {other.number for other in disputed if _may_dispute(other, citation)}
        if citation.number in told and others and told.isdisjoint(others):
            return True
    return False


def _may_dispute(one: Citation, other: Citation) -> bool:
    ids, others = one.hit.insight.customer_ids, other.hit.insight.customer_ids
    return one.number != other.number and (not ids or not others or bool({*ids} & {*others}))


def _all_names(customer: Customer) -> tuple[str, ...]:
    return (customer.name, *customer.aliases)
