"""From the numbers of insights to what a search gives back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.domain.answer import Expert, Hit
from bot.domain.audience import Audience
from knowledge_store.beliefs import beliefs_of
from knowledge_store.records import conversation_names
from knowledge_store.search_ranking import Ranking
from knowledge_store.showing import mask_of, shown_insight, shown_note
from knowledge_store.tables import InsightRow, NoteRow, PersonRow


def hits_of(
    session: Session, numbers: Sequence[int], ranking: Ranking, audience: Audience
) -> list[Hit]:
    """These insights as hits, in this order. The audience may see them, as was asked before."""
    rows = session.scalars(
        select(InsightRow)
        .where(InsightRow.number.in_(numbers))
        .options(joinedload(InsightRow.note), selectinload(InsightRow.customers))
    )
    by_number = {row.number: row for row in rows}
    beliefs = beliefs_of(session, [row.id for row in by_number.values()], audience)
    conversations = {row.note.conversation_id for row in by_number.values()}
    names = conversation_names(session, audience.workspace, conversations)
    best_words = max(ranking.words.values(), default=1.0)
    return [
        Hit(
            note=shown_note(session, row.note, audience),
            insight=shown_insight(session, row, row.note, beliefs[row.id], audience),
            conversation_name=names.get(row.note.conversation_id, ""),
            score=ranking.scores[row.number],
            word_score=ranking.words.get(row.number, 0.0) / best_words,
            meaning_score=ranking.meaning.get(row.number),
            parent=_parent(session, row),
        )
        for row in (by_number[number] for number in numbers)
    ]


def _parent(session: Session, row: InsightRow) -> str:
    """What the insight's note replies to stands after its statement in what it is found by.

    Both are masked there, but not in what was stored before anything was.
    """
    mask = mask_of(session)
    statement = row.statement if row.statement in row.search_text else mask(row.statement)
    return mask(row.search_text.partition(statement)[2].strip())


def authors(session: Session, kept: ColumnElement[bool]) -> list[Expert]:
    """By number of notes, then by the latest; under the name that the directory has."""
    note_count = func.count(NoteRow.id.distinct())
    name = func.coalesce(func.max(PersonRow.name), func.max(NoteRow.author_name))
    rows = session.execute(
        select(NoteRow.author_id, name, note_count)
        .join(NoteRow.insights)
        .outerjoin(
            PersonRow,
            and_(PersonRow.workspace == NoteRow.workspace, PersonRow.id == NoteRow.author_id),
        )
        .where(kept)
        .group_by(NoteRow.author_id)
        .order_by(note_count.desc(), func.max(NoteRow.posted_at).desc())
    )
    return [Expert(person_id, known_as, count) for person_id, known_as, count in rows]
