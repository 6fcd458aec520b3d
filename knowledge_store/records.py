"""Reads notes with all that belongs to them, for an audience."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session, selectinload

from bot.domain.audience import Audience
from bot.domain.note import Note, NoteRecord
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import Belief
from knowledge_store.beliefs import beliefs_of
from knowledge_store.showing import shown_insight, shown_note
from knowledge_store.tables import ConversationRow, InsightRow, NoteRow
from knowledge_store.visibility import may_see

_NOTES_A_PAGE = 500


def next_page(
    session: Session, audience: Audience, after: Note | None, *conditions: ColumnElement[bool]
) -> list[NoteRecord]:
    """The notes that come after this one, or the first ones."""
    place = tuple_(NoteRow.posted_at, NoteRow.id)
    here = NoteRow.workspace == audience.workspace
    rest = true() if after is None else place > tuple_(after.posted_at, after.id)
    return visible_records(session, audience, here, rest, *conditions, limit=_NOTES_A_PAGE)


def visible_records(
    session: Session, audience: Audience, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[NoteRecord]:
    """The notes that the audience may see, oldest first."""
    statement = (
        select(NoteRow)
        .where(may_see(audience), *conditions)
        .options(selectinload(NoteRow.insights).selectinload(InsightRow.customers))
    )
    if limit is not None:
        statement = statement.order_by(NoteRow.posted_at, NoteRow.id).limit(limit)
    # Asked for an order that no limit needs, SQLite would walk all notes by time to find a few.
    rows = sorted(session.scalars(statement), key=lambda row: (row.posted_at, row.id))
    beliefs = beliefs_of(session, [i.id for row in rows for i in row.insights], audience)
    return _records(session, audience, rows, beliefs)


def record_at_hand(session: Session, row: NoteRow, person_id: str) -> NoteRecord:
    """A note whose insights are loaded; its beliefs rest on what this person may see."""
    audience = Audience.of_person(row.workspace, person_id)
    beliefs = beliefs_of(session, [i.id for i in row.insights], audience)
    return _records(session, audience, [row], beliefs)[0]


def record_of_new(session: Session, row: NoteRow) -> NoteRecord:
    """A note that was added just now, as its author gets it; nothing stands to it yet."""
    beliefs = {insight.id: Belief.UNVERIFIED for insight in row.insights}
    return _records(session, Audience.of_person(row.workspace, row.author_id), [row], beliefs)[0]


def _records(
    session: Session, audience: Audience, rows: Sequence[NoteRow], beliefs: Mapping[str, Belief]
) -> list[NoteRecord]:
    names = conversation_names(session, audience.workspace, {row.conversation_id for row in rows})
    return [
        NoteRecord(
            note=shown_note(session, row, audience),
            insights=tuple(
                shown_insight(session, insight, row, beliefs[insight.id], audience)
                for insight in row.insights
            ),
            conversation_name=names.get(row.conversation_id, ""),
        )
        for row in rows
    ]


def conversation_names(
    session: Session, workspace: str, conversation_ids: Collection[str]
) -> Mapping[str, str]:
    """The names of these conversations, by id, as far as they are known; a talk has none."""
    statement = select(ConversationRow.id, ConversationRow.name).where(
        ConversationRow.workspace == workspace,
        ConversationRow.id.in_(conversation_ids),
        ConversationRow.kind != ConversationKind.DIRECT,
    )
    return dict(session.execute(statement).all())
