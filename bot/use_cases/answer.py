"""A question is answered from what is stored and visible, with citations, or not at all."""

import dataclasses
import logging
from dataclasses import dataclass

from bot.domain.answer import Answer, Citation, Hit, Question, SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.people import ConversationKind
from bot.errors import ModelNotWanted, ModelUnavailable, NothingKnown
from bot.messages import IncomingMessage, Reply
from bot.ports import (
    Embedder,
    LanguageDetector,
    Meter,
    NoteStore,
    QuestionStore,
    Retriever,
)
from bot.services.answer_writing import AnswerWriter
from bot.services.current_reads import read_current
from bot.services.evidence import EvidenceRoom, cite, select
from bot.services.judging import HitJudge
from bot.services.personal_data import masked
from bot.services.places import Places
from bot.services.presentation import answer as say
from bot.services.question_reading import QuestionReading, read_question
from bot.services.registry import Registries

log = logging.getLogger(__name__)

_HITS = 20
_EXPERTS = 3


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Retrieves within what the asker may see; without support it says so, without a model."""

    notes: NoteStore
    questions: QuestionStore
    retriever: Retriever
    embedder: Embedder
    judging: HitJudge
    writer: AnswerWriter | None
    detector: LanguageDetector
    registries: Registries
    places: Places
    meter: Meter

    def reply(self, message: IncomingMessage) -> Reply:
        """Answer a message privately: only the asker reads it."""
        if not message.text.strip():
            return say.ask_what()
        kind = self.places.conversation(message.place).kind
        among_others = kind is not ConversationKind.DIRECT
        return say.answered(self.answer(message), among_others=among_others)

    def answer(self, message: IncomingMessage) -> Answer:
        """What is known, and the evidence for it, within what the asker may see."""
        workspace = message.place.workspace
        audience = Audience.of_person(workspace, message.actor_id)
        question = self._question(message)
        earlier = self.questions.earlier(question)
        reading = read_question(
            message.text,
            self.places.conversation(message.place),
            self.registries.for_readers(audience),
            earlier,
        )
        question = _on(question, reading)
        query = self._query(question, reading)
        hits, citations = self._found(question, reading, query, audience)
        answer = self._written(question, citations, hits)
        if answer.abstained:
            answer = _with_experts(answer, self.retriever, query, audience)
        self.questions.save(question, [c.hit.insight.id for c in answer.citations])
        self.meter.question_answered(abstained=answer.abstained)
        return answer

    def _found(
        self,
        question: Question,
        reading: QuestionReading,
        query: SearchQuery,
        audience: Audience,
    ) -> tuple[list[Hit], tuple[Citation, ...]]:
        """The hits, and the evidence among them that the audience may see as of lately."""

        def find() -> tuple[list[Hit], tuple[Citation, ...]]:
            hits = self._hits(question, reading, query, audience)
            return hits, self._evidence(question, reading, hits, audience)

        return read_current(
            find,
            lambda found: (citation.hit.note for citation in found[1]),
            audience,
            notes=self.notes,
            places=self.places,
        )

    def _hits(
        self,
        question: Question,
        reading: QuestionReading,
        query: SearchQuery,
        audience: Audience,
    ) -> list[Hit]:
        hits = self.retriever.search(query, audience, _HITS)
        registry = self.registries.for_readers(audience)
        return self.judging.judged(hits, question.text, reading, registry)

    def _question(self, message: IncomingMessage) -> Question:
        place = message.place
        return Question(
            id=f"{place.conversation_id}:{message.message_id}",
            workspace=place.workspace,
            conversation_id=place.conversation_id,
            thread_id=place.thread_id or message.message_id,
            asker_id=message.actor_id,
            text=message.text,
            asked_at=message.sent_at,
            language=self.detector.detect(message.text),
        )

    def _query(self, question: Question, reading: QuestionReading) -> SearchQuery:
        return SearchQuery(
            words=reading.words,
            vector=self._vector(question, reading),
            customer_ids=reading.customer_ids,
            vector_model=self.embedder.model_id,
        )

    def _vector(self, question: Question, reading: QuestionReading) -> Vector | None:
        try:
            return self.embedder.embed_question(masked(question.text), reading.follows)
        except ModelNotWanted:
            return None
        except ModelUnavailable as error:
            log.warning("searching by words only: %s", error)
            return None

    def _evidence(
        self,
        question: Question,
        reading: QuestionReading,
        hits: list[Hit],
        audience: Audience,
    ) -> tuple[Citation, ...]:
        if reading.unknown_names:
            # Nothing is stored on an organisation that nobody has registered, and what is stored
            # on others is no answer.
            return ()
        chosen = select(hits, reading.words, on_customer=bool(reading.customer_ids))
        return cite(EvidenceRoom(self.notes).complete(chosen, audience), question.text)

    def _written(
        self, question: Question, citations: tuple[Citation, ...], hits: list[Hit]
    ) -> Answer:
        quotes = Answer(question, citations, (), (), tuple(hits))
        if self.writer is None or not citations:
            return quotes
        asker = Audience.of_person(question.workspace, question.asker_id)
        customers = self.registries.for_readers(asker).customers
        try:
            sentences = self.writer.write(question, citations, question.language, customers)
        except NothingKnown:
            return Answer(question, (), (), (), tuple(hits), self.writer.name)
        except ModelNotWanted:
            return quotes
        except ModelUnavailable as error:
            log.warning("answering with quotes: %s", error)
            return quotes
        if not sentences:
            return quotes
        return Answer(question, citations, sentences, (), tuple(hits), self.writer.name)


def _on(question: Question, reading: QuestionReading) -> Question:
    return dataclasses.replace(question, customer_ids=reading.customer_ids)


def _with_experts(
    answer: Answer, retriever: Retriever, query: SearchQuery, audience: Audience
) -> Answer:
    return dataclasses.replace(answer, experts=tuple(retriever.experts(query, audience, _EXPERTS)))
