"""A note is read by a language model, or by the second best where that fails."""

import logging
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator
from rapidfuzz import fuzz

from bot.domain.customer import Customer
from bot.domain.insight import Facets, InsightDraft
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.errors import ModelNotWanted, ModelUnavailable
from bot.ports import Classification, Classifier, LanguageModel, NoteContext, RenderedPrompt
from bot.services.literal_text import alike_part, fold, literal_part
from bot.services.personal_data import has_marks, masked, unmasked
from bot.services.prompt_data import as_data, as_line, new_boundary
from prompts import render

log = logging.getLogger(__name__)

PROMPT = "classify_note.v2"
FALLBACK_MARK = " (fallback)"

_NOTE_CHARACTERS = 12_000
_THREAD_CHARACTERS = 500
_THREAD_MESSAGES = 6
_NAME_CHARACTERS = 80
_CUSTOMERS_SHOWN = 30
_FEW_CUSTOMERS = 10
_LEAST_PRESENCE = 80.0
_MOST_INSIGHTS = 10

Value = TypeVar("Value", bound=StrEnum)


# --- what the model answers -----------------------------------------------------------------------


def _tidy(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _known(values: type[Value], otherwise: Value | None = None) -> Callable[[object], object]:
    """Only type and stage carry an insight; a value made up for another facet is none."""

    def validate(value: object) -> object:
        tidy = _tidy(value)
        return tidy if tidy in set(values) else otherwise

    return validate


def _known_topics(value: object) -> object:
    if not isinstance(value, list):
        return []
    return [topic for topic in map(_tidy, value) if topic in set(Topic)]


def _texts(value: object) -> object:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class ReadInsight(BaseModel):
    """One insight as the model writes it; what the prompt asks for, in its order.

    An empty `statement` is the whole note: most are, and copying one costs as much as labelling it.
    """

    statement: str
    knowledge_type: Annotated[KnowledgeType, BeforeValidator(_tidy)]
    process_stage: Annotated[ProcessStage, BeforeValidator(_tidy)]
    use_kind: Annotated[UseKind | None, BeforeValidator(_known(UseKind))] = None
    signal: Annotated[Signal | None, BeforeValidator(_known(Signal))] = None
    topics: Annotated[list[Topic], BeforeValidator(_known_topics)] = []
    moment: Annotated[Moment | None, BeforeValidator(_known(Moment))] = None
    moment_direction: Annotated[
        MomentDirection | None, BeforeValidator(_known(MomentDirection))
    ] = None
    certainty: Annotated[Certainty, BeforeValidator(_known(Certainty, Certainty.STATED))] = (
        Certainty.STATED
    )
    source: Annotated[Source, BeforeValidator(_known(Source, Source.INTERNAL_TACIT))] = (
        Source.INTERNAL_TACIT
    )
    weak_signal: Annotated[bool, BeforeValidator(bool)] = False
    mentions: Annotated[list[str], BeforeValidator(_texts)] = []
    contacts: Annotated[list[str], BeforeValidator(_texts)] = []

    def facets(self) -> Facets:
        """The labels, with what goes with what put right."""
        return Facets.completed(
            knowledge_type=self.knowledge_type,
            process_stage=self.process_stage,
            use_kind=self.use_kind,
            signal=self.signal,
            topics=self.topics,
            moment=self.moment,
            moment_direction=self.moment_direction,
            certainty=self.certainty,
            source=self.source,
            weak_signal=self.weak_signal,
        )


class ReadNote(BaseModel):
    """What a note was read as; no insights for chatter."""

    insights: list[ReadInsight]


# --- classifiers ----------------------------------------------------------------------------------


class ModelClassifier:
    """The port Classifier by one call of a language model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """What `classified_by` says, `openai/gpt-5-mini/classify_note.v2`."""
        return f"{self._model.model_id}/{PROMPT}"

    def classify(self, text: str, context: NoteContext) -> Classification:
        """Every insight whose words are in the text. Raises ModelUnavailable."""
        if not text.strip():
            return Classification((), self.name)
        read = self._model.complete(_prompt(text, context), ReadNote)
        return Classification(_drafts(read, text, context), self.name)


class FallbackClassifier:
    """The port Classifier: the first, or else the second, which then says so.

    What the second one read is found again by `was_fallback`.
    """

    def __init__(self, first: Classifier, second: Classifier) -> None:
        self._first = first
        self._second = second

    def classify(self, text: str, context: NoteContext) -> Classification:
        """As the ports promise; unavailable only when both are."""
        try:
            return self._first.classify(text, context)
        except ModelNotWanted:
            return self._second.classify(text, context)
        except ModelUnavailable as error:
            log.warning("classifying with the fallback: %s", error)
        read = self._second.classify(text, context)
        return Classification(read.insights, read.classified_by + FALLBACK_MARK)


def was_fallback(classified_by: str) -> bool:
    """Whether a better classifier should have read this and could not."""
    return classified_by.endswith(FALLBACK_MARK)


# --- the prompt -----------------------------------------------------------------------------------


def _prompt(text: str, context: NoteContext) -> RenderedPrompt:
    boundary = new_boundary()
    return render(
        PROMPT,
        boundary=boundary,
        pointed_out="yes" if context.expects_insight else "no",
        posted=f"{context.posted_at:%A %Y-%m-%d}",
        author=as_line(context.author_name, boundary, _NAME_CHARACTERS),
        conversation=as_line(context.conversation_name, boundary, _NAME_CHARACTERS),
        linked=_listed(context.linked, boundary),
        customers=_listed(_customers_to_show(text, context), boundary),
        thread=_thread(context.thread, boundary),
        note=as_data(text, boundary, _NOTE_CHARACTERS),
    )


def _thread(thread: tuple[str, ...], boundary: str) -> str:
    """The message that began the thread, and the latest ones."""
    chosen = (
        thread if len(thread) <= _THREAD_MESSAGES else thread[:1] + thread[1 - _THREAD_MESSAGES :]
    )
    lines = [f"- {as_line(message, boundary, _THREAD_CHARACTERS)}" for message in chosen]
    return "\n".join(lines) or "none"


def _listed(customers: Iterable[Customer], boundary: str) -> str:
    names = (as_line(customer.name, boundary, _NAME_CHARACTERS) for customer in customers)
    return "; ".join(names) or "none"


def _customers_to_show(text: str, context: NoteContext) -> tuple[Customer, ...]:
    """Those that the words may speak of; of a short list all, where nobody was recognised."""
    if not context.linked and len(context.customers) <= _FEW_CUSTOMERS:
        return context.customers
    words = fold(" ".join((context.conversation_name, *context.thread, text[:_NOTE_CHARACTERS])))
    others = (customer for customer in context.customers if customer not in context.linked)
    scored = [(_presence(customer, words), customer) for customer in others]
    present = [pair for pair in scored if pair[0] >= _LEAST_PRESENCE]
    present.sort(key=lambda pair: -pair[0])
    return tuple(customer for _, customer in present[:_CUSTOMERS_SHOWN])


def _presence(customer: Customer, words: str) -> float:
    names = (customer.name, *customer.aliases, *customer.name.split()[:1])
    return max(
        fuzz.partial_ratio(fold(name), words, score_cutoff=_LEAST_PRESENCE) for name in names
    )


# --- from answer to drafts ------------------------------------------------------------------------


def _drafts(read: ReadNote, text: str, context: NoteContext) -> tuple[InsightDraft, ...]:
    is_only_one = len(read.insights) == 1
    drafts = []
    for insight in read.insights[:_MOST_INSIGHTS]:
        statement = _written(insight.statement, text) if insight.statement.strip() else text.strip()
        if statement or is_only_one:
            drafts.append(_draft(insight, statement or text.strip(), text, context))
    return tuple(dict.fromkeys(drafts))


def _written(statement: str, text: str) -> str | None:
    """What a model copied, as the text has it, also where the model read it masked."""
    if not has_marks(statement):
        return alike_part(statement, text)
    read = alike_part(statement, masked(text))
    return unmasked(read, text) if read else None


def _draft(insight: ReadInsight, statement: str, text: str, context: NoteContext) -> InsightDraft:
    said = "\n".join((text, *context.thread))
    return InsightDraft(
        statement=statement,
        facets=insight.facets(),
        mentions=_found(_mention(name, said, context.customers) for name in insight.mentions),
        contacts=_found(_contact(name, said) for name in insight.contacts),
    )


def _found(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _mention(name: str, said: str, customers: tuple[Customer, ...]) -> str | None:
    """The organisation as it was written; a model that knows the register writes the full name."""
    written = alike_part(name, said)
    if written:
        return written
    wanted = fold(name)
    for customer in customers:
        names = (customer.name, *customer.aliases)
        if wanted in map(fold, names):
            return next(filter(None, (literal_part(other, said) for other in names)), None)
    return None


def _contact(name: str, said: str) -> str | None:
    """A person's name that was written; numbers and addresses are private and no names."""
    if "@" in name or any(character.isdigit() for character in name):
        return None
    return alike_part(name, said)
