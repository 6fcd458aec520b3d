"""The HomeStore port: the latest of what is one person's own.

Each query walks an index from its newest end and stops at its limit, so that a person with ten
thousand notes waits no longer than one with ten.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.audience import Audience
from bot.domain.home import News, OwnedCustomer, OwnMatters, OwnNote
from bot.domain.note import NoteRecord
from bot.domain.taxonomy import ProcessStage
from bot.ports.home import PageSize
from knowledge_store.questions import need_of, question_of
from knowledge_store.records import visible_records
from knowledge_store.tables import (
    ConversationRow,
    CorrectionRow,
    CustomerRow,
    InsightCustomerRow,
    InsightRow,
    ListeningRow,
    MemberRow,
    NeedRow,
    NoteRow,
    QuestionRow,
    StageEventRow,
)
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_know, may_see

_NEWS_COUNTED = 500
"""News of a week beyond these are not counted."""


class SqlHomeStore:
    """What a page shows, from a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def own_matters(
        self, audience: Audience, size: PageSize, *, news_since: datetime, asked_since: datetime
    ) -> OwnMatters:
        """In one transaction."""
        if audience.person_id is None:
            raise ValueError("a page is one person's")
        with self._transactions.reading() as session:
            links = _links_to_news(session, audience, news_since)
            return OwnMatters(
                notes=_own_notes(session, audience, size.notes),
                customers=_customers(session, audience, links, size.customers),
                news=_news(session, audience, links, size.news),
                unanswered=_unanswered(session, audience, asked_since, size.unanswered),
                needs=_needs(session, audience, size.needs),
                listening=_listening(session, audience, size.listening),
            )


# --- notes --------------------------------------------------------------------------------------


def _own_notes(session: Session, audience: Audience, most: int) -> tuple[OwnNote, ...]:
    newest = {
        **_newest(session, audience, NoteRow.author_id, most),
        **_newest(session, audience, NoteRow.saved_by_id, most),
    }
    ids = sorted(newest, key=lambda note_id: (newest[note_id], note_id), reverse=True)[:most]
    corrected = _corrected(session, ids)
    shown_to = _shown_to(session, ids)
    return tuple(
        OwnNote(record, record.note.id in corrected, shown_to.get(record.note.id, 0))
        for record in _records(session, audience, ids)
    )


def _newest(
    session: Session,
    audience: Audience,
    whose: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    most: int,
) -> Mapping[str, datetime]:
    statement = (
        select(NoteRow.id, NoteRow.posted_at)
        .where(
            NoteRow.workspace == audience.workspace,
            whose == audience.person_id,
            may_see(audience),
        )
        .order_by(NoteRow.posted_at.desc(), NoteRow.id.desc())
        .limit(most)
    )
    return dict(session.execute(statement).all())


def _records(
    session: Session, audience: Audience, note_ids: Collection[str]
) -> Sequence[NoteRecord]:
    """The latest first."""
    return visible_records(session, audience, NoteRow.id.in_(note_ids))[::-1]


def _corrected(session: Session, note_ids: Collection[str]) -> set[str]:
    statement = select(CorrectionRow.note_id).where(CorrectionRow.note_id.in_(note_ids))
    return set(session.scalars(statement))


def _shown_to(session: Session, note_ids: Collection[str]) -> Mapping[str, int]:
    """How many others were told of each note."""
    statement = (
        select(StageEventRow.note_id, func.count(distinct(StageEventRow.person_id)))
        .join(NoteRow, NoteRow.id == StageEventRow.note_id)
        .where(
            StageEventRow.note_id.in_(note_ids),
            StageEventRow.stage == ProcessStage.DISSEMINATION,
            StageEventRow.person_id != NoteRow.author_id,
        )
        .group_by(StageEventRow.note_id)
    )
    return dict(session.execute(statement).all())


# --- customers ----------------------------------------------------------------------------------

_Link = tuple[str, str, str]
"""The ids of a note, an insight of it, and a customer that the insight is on."""


def _links_to_news(session: Session, audience: Audience, since: datetime) -> Sequence[_Link]:
    """The latest first. Walks the notes of these days, not everything there is on a customer."""
    # Concatenated, so that no planner begins with the customers' index.
    customer_id = InsightCustomerRow.customer_id + ""
    statement = (
        select(NoteRow.id, InsightRow.id, InsightCustomerRow.customer_id)
        .join(InsightRow, InsightRow.note_id == NoteRow.id)
        .join(InsightCustomerRow, InsightCustomerRow.insight_number == InsightRow.number)
        .where(
            NoteRow.workspace == audience.workspace,
            NoteRow.posted_at >= since,
            may_see(audience),
            NoteRow.author_id != audience.person_id,
            customer_id.in_(select(CustomerRow.id).where(_is_owned_by(audience))),
        )
        .order_by(NoteRow.posted_at.desc(), NoteRow.id.desc())
        .limit(_NEWS_COUNTED)
    )
    return session.execute(statement).all()


def _customers(
    session: Session, audience: Audience, links: Sequence[_Link], most: int
) -> tuple[OwnedCustomer, ...]:
    noted_on = {(note_id, customer_id) for note_id, _, customer_id in links}
    news = Counter(customer_id for _, customer_id in noted_on)
    statement = (
        select(CustomerRow).where(_is_owned_by(audience)).order_by(CustomerRow.name_key).limit(most)
    )
    return tuple(
        OwnedCustomer(row.id, row.name, row.status, news[row.id])
        for row in session.scalars(statement)
    )


def _is_owned_by(audience: Audience) -> ColumnElement[bool]:
    return may_know(audience) & (CustomerRow.owner_id == audience.person_id)


def _news(
    session: Session, audience: Audience, links: Sequence[_Link], most: int
) -> tuple[News, ...]:
    wanted = list(dict.fromkeys(insight_id for _, insight_id, _ in links))[:most]
    note_ids = {note_id for note_id, insight_id, _ in links if insight_id in wanted}
    return tuple(
        News(record.note, insight, record.conversation_name)
        for record in _records(session, audience, note_ids)
        for insight in record.insights
        if insight.id in wanted
    )


# --- what is not known --------------------------------------------------------------------------


def _unanswered(
    session: Session, audience: Audience, since: datetime, most: int
) -> tuple[Question, ...]:
    is_need = exists().where(NeedRow.question_id == QuestionRow.id)
    statement = (
        select(QuestionRow)
        .where(
            QuestionRow.workspace == audience.workspace,
            QuestionRow.asker_id == audience.person_id,
            QuestionRow.asked_at >= since,
            QuestionRow.cited_insight_ids == (),
            ~is_need,
        )
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
        .limit(most)
    )
    return tuple(question_of(row) for row in session.scalars(statement))


def _needs(session: Session, audience: Audience, most: int) -> tuple[KnowledgeNeed, ...]:
    statement = (
        select(NeedRow)
        .where(NeedRow.workspace == audience.workspace, NeedRow.asker_id == audience.person_id)
        .order_by(NeedRow.asked_at.desc(), NeedRow.id.desc())
        .limit(most)
    )
    return tuple(need_of(row) for row in session.scalars(statement))


# --- settings -----------------------------------------------------------------------------------


def _listening(session: Session, audience: Audience, most: int) -> tuple[str, ...]:
    """Begins with where the bot listens, which is in few conversations."""
    is_in = select(MemberRow.conversation_id).where(
        MemberRow.workspace == audience.workspace, MemberRow.person_id == audience.person_id
    )
    there = (ConversationRow.workspace == ListeningRow.workspace) & (
        ConversationRow.id == ListeningRow.conversation_id
    )
    statement = (
        select(ConversationRow.name)
        .select_from(ListeningRow)
        .join(ConversationRow, there)
        .where(
            ListeningRow.workspace == audience.workspace,
            (ListeningRow.conversation_id + "").in_(is_in),
            ConversationRow.name != "",
        )
        .order_by(ConversationRow.name)
        .limit(most)
    )
    return tuple(session.scalars(statement))
