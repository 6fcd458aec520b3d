"""Draws insights from a note without a language model."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.local_model.encoder import LocalEncoder, Mean, WordTable
from adapters.local_model.facets import confidence_in, facets_from
from adapters.local_model.features import MAX_CHARACTERS, NoteText, masked_note
from adapters.local_model.linear_model import Adjustment, NoteModel, Reading, Scores
from adapters.local_model.masking import KnownNames
from adapters.local_model.passages import passage_text
from adapters.local_model.register import Register, Registers
from adapters.local_model.several import (
    is_long_enough,
    may_stand_for_itself,
    parts_by_customer,
    stands_for_itself,
)
from adapters.local_model.statements import Segment, new_segments, span
from bot.domain.insight import InsightDraft
from bot.ports import Classification, NoteContext

MODEL_FILE = "note-encoder-int8.onnx"

# The labelled notes are long and their chatter is short, so the model takes a plain short statement
# for chatter too often: what is said to the bot itself is kept unless it is surely none.
_HARDLY_CHATTER = 0.02

_MAX_STATEMENT = 600  # characters
_PARENT_CHARACTERS = 240  # as it is stored with an insight
_MAX_INSIGHTS = 4
_MAX_READ_APART = 8


@dataclass(frozen=True, slots=True)
class _Found:
    """A statement's segments, and how the model reads it."""

    segments: Sequence[Segment]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Impression:
    """What a statement is to the model: its words' scores, and what the encoder made of it."""

    of_words: Scores
    mean: Mean


class LocalClassifier:
    """A Classifier that needs no network: n-grams by logistic regression, and a tuned encoder.

    The weights are loaded at the first use, or by `warm`. May be used from several threads.
    """

    def __init__(
        self, words: WordTable | None = None, adjustment: Adjustment | None = None
    ) -> None:
        """Take the table that the embedder has, so that it is loaded once."""
        self._encoder = LocalEncoder(MODEL_FILE, words)
        self._model = NoteModel(adjustment)
        self._registers = Registers()

    def warm(self) -> None:
        """Load the weights and run them once. Raises ModelUnavailable when they are damaged."""
        self._model.read(NoteText("warm"), self._encoder.mean("warm"))

    def classify(self, text: str, context: NoteContext) -> Classification:
        """Every insight of the text, main insight first. Raises ModelUnavailable."""
        segments = new_segments(text[:MAX_CHARACTERS])
        register = self._registers.of(context.customers)
        found = self._found(segments, context, register) if _has_words(segments) else []
        drafts = tuple(_draft(text, one, register) for one in found[:_MAX_INSIGHTS])
        return Classification(drafts, f"local/{self._model.version}")

    def impression(self, text: str, statement: str, context: NoteContext) -> Impression:
        """What the model reads for a statement of a note. Raises ModelUnavailable."""
        segments = _segments_of(statement, text[:MAX_CHARACTERS])
        known = self._registers.of(context.customers).known_names(context.author_name)
        note = _note_text(segments, context, known)
        return Impression(self._model.of_words(note), self._mean(segments, context))

    def _found(
        self, segments: Sequence[Segment], context: NoteContext, register: Register
    ) -> list[_Found]:
        known = register.known_names(context.author_name)
        whole = _Found(segments, self._read(segments, context, known))
        if not (context.expects_insight or _is_captured(whole.reading, context)):
            return []
        parts = parts_by_customer(segments, register)[:_MAX_READ_APART]
        if len(parts) > 1:
            apart = [_Found(p.segments, self._read(p.segments, context, known)) for p in parts]
            return _of_several_customers(whole, apart)
        return self._of_several_types(whole, context, known)

    def _of_several_types(
        self, whole: _Found, context: NoteContext, known: KnownNames
    ) -> list[_Found]:
        """The whole note, and each segment that is surely an insight of another type."""
        extras: list[_Found] = []
        types = {whole.reading.choice("knowledge_type").label}
        long_enough = [segment for segment in whole.segments if is_long_enough(segment)]
        for segment in long_enough[:_MAX_READ_APART] if len(long_enough) > 1 else ():
            if not may_stand_for_itself(self._glance([segment], context, known), types):
                continue
            reading = self._read([segment], context, known)
            if stands_for_itself(reading, types):
                extras.append(_Found([segment], reading))
                types.add(reading.choice("knowledge_type").label)
        taken = {segment for extra in extras for segment in extra.segments}
        rest = [segment for segment in whole.segments if segment not in taken]
        return [_Found(rest or whole.segments, whole.reading), *extras]

    def _glance(
        self, segments: Sequence[Segment], context: NoteContext, known: KnownNames
    ) -> Reading:
        return self._model.glance(_note_text(segments, context, known))

    def _read(
        self, segments: Sequence[Segment], context: NoteContext, known: KnownNames
    ) -> Reading:
        return self._model.read(_note_text(segments, context, known), self._mean(segments, context))

    def _mean(self, segments: Sequence[Segment], context: NoteContext) -> Mean:
        passage = passage_text(_text(segments), context.linked, context.conversation_name)
        return self._encoder.mean(passage, _parent(context)[:_PARENT_CHARACTERS])


def _segments_of(statement: str, text: str) -> Sequence[Segment]:
    """The note's segments that make a statement of it; all where it is the whole note."""
    segments = new_segments(text)
    if span(text, segments, _MAX_STATEMENT) == statement:
        return segments
    start = text.find(statement)
    end = start + len(statement)
    inside = [s for s in segments if start >= 0 and start <= s.start and s.end <= end]
    return inside or new_segments(statement)


def _is_captured(reading: Reading, context: NoteContext) -> bool:
    if context.addressed:
        return reading.probability("captured") >= _HARDLY_CHATTER
    return reading.says_yes("captured")


def _text(segments: Sequence[Segment]) -> str:
    return "\n".join(segment.text for segment in segments)


def _parent(context: NoteContext) -> str:
    return context.thread[-1] if context.thread else ""


def _note_text(segments: Sequence[Segment], context: NoteContext, known: KnownNames) -> NoteText:
    return masked_note(_text(segments), _parent(context), context.conversation_name, known)


def _of_several_customers(whole: _Found, apart: Sequence[_Found]) -> list[_Found]:
    """Each customer's part that is an insight; the first that reads like the whole note leads."""
    insights = [part for part in apart if part.reading.says_yes("captured")]
    if len(insights) < 2:
        return [whole]
    main_type = whole.reading.choice("knowledge_type").label
    return sorted(insights, key=lambda p: p.reading.choice("knowledge_type").label != main_type)


def _draft(text: str, found: _Found, register: Register) -> InsightDraft:
    statement = span(text, found.segments, _MAX_STATEMENT)
    return InsightDraft(
        statement=statement,
        facets=facets_from(found.reading, statement),
        mentions=tuple(
            dict.fromkeys(statement[m.start : m.end] for m in register.mentions(statement))
        ),
        contacts=register.contacts(statement),
        confidence=confidence_in(found.reading),
    )


def _has_words(segments: Sequence[Segment]) -> bool:
    return any(character.isalpha() for segment in segments for character in segment.text)
