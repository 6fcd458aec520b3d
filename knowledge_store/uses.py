"""The UseStore port: what knowledge led to, and what became of people's notes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from bot.domain.audience import Audience
from bot.domain.fate import TO_A_QUESTION, Fate, Use
from bot.domain.taxonomy import ProcessStage, Relation, UseKind
from knowledge_store.insights import new_id
from knowledge_store.records import visible_records
from knowledge_store.showing import mask_of
from knowledge_store.stages import CONFIRMED, reach, sink
from knowledge_store.tables import InsightRow, NoteRow, RelationRow, StageEventRow, UseRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_see


class SqlUseStore:
    """Uses in a relational database, each with its evidence in the log of stages."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def record(self, use: Use) -> None:
        """All of its insights or none."""
        with self._transactions.writing() as session:
            rows = select(InsightRow).where(
                InsightRow.workspace == use.workspace, InsightRow.id.in_(use.insight_ids)
            )
            known = {row.insight_id: row for row in _of_press(session, use.press_key)}
            for insight in session.scalars(rows).all():
                row = known.get(insight.id) or _new_row(session, use, insight)
                row.kind, row.what = use.kind, use.what
                reach(
                    session,
                    insight,
                    ProcessStage.UTILIZATION,
                    _evidence(row),
                    by=use.person_id,
                    at=use.at,
                )

    def get(self, press_key: str, person_id: str) -> Use | None:
        """None for a press of somebody else, too."""
        with self._transactions.reading() as session:
            rows = _of_press(session, press_key)
            if not rows or rows[0].person_id != person_id:
                return None
            first = rows[0]
            return Use(
                workspace=first.workspace,
                press_key=press_key,
                person_id=person_id,
                insight_ids=tuple(row.insight_id for row in rows),
                kind=first.kind,
                at=first.at,
                what=first.what,
            )

    def undo(self, press_key: str, person_id: str) -> bool:
        """Of nobody else's press."""
        with self._transactions.writing() as session:
            rows = _of_press(session, press_key)
            if not rows or rows[0].person_id != person_id:
                return False
            for row in rows:
                sink(session, row.insight_id, ProcessStage.UTILIZATION, _evidence(row))
            session.execute(delete(UseRow).where(UseRow.press_key == press_key))
            return True

    def contributors_with_news(self, workspace: str, since: datetime) -> Sequence[str]:
        """Whether they may see what confirms them is for later."""
        here = NoteRow.workspace == workspace
        conditions = (
            and_(here, _BY_OTHERS, StageEventRow.at > since),
            and_(here, _USED_BY_OTHERS, UseRow.at > since),
            and_(here, _SAID_AGAIN, _LATER.posted_at > since),
        )
        with self._transactions.reading() as session:
            authors = select(NoteRow.author_id).distinct()
            found = {one for where in conditions for one in session.scalars(authors.where(where))}
        return sorted(found)

    def fates(self, audience: Audience, *, after: datetime, until: datetime) -> tuple[Fate, ...]:
        """By note, the earliest first; of notes that are still there."""
        own = and_(NoteRow.workspace == audience.workspace, NoteRow.author_id == audience.person_id)
        at, used_at, again_at = StageEventRow.at, UseRow.at, _LATER.posted_at
        with self._transactions.reading() as session:
            answers, confirmed = _events(session, own, at > after, at <= until)
            uses = _uses(session, own, used_at > after, used_at <= until)
            confirmed += _said_again(session, audience, own, again_at > after, again_at <= until)
            ids = {*answers, *confirmed, *uses}
            return tuple(
                Fate(
                    note=record.note,
                    customer_ids=record.customer_ids,
                    answers=answers[record.note.id],
                    confirmations=confirmed[record.note.id],
                    uses=uses.get(record.note.id, ()),
                )
                for record in visible_records(session, audience, NoteRow.id.in_(ids))
            )


# --- uses ---------------------------------------------------------------------------------------


def _of_press(session: Session, press_key: str) -> Sequence[UseRow]:
    statement = select(UseRow).where(UseRow.press_key == press_key).order_by(UseRow.insight_id)
    return session.scalars(statement).all()


def _new_row(session: Session, use: Use, insight: InsightRow) -> UseRow:
    row = UseRow(
        id=new_id(),
        workspace=use.workspace,
        press_key=use.press_key,
        insight_id=insight.id,
        note_id=insight.note_id,
        person_id=use.person_id,
        at=use.at,
    )
    session.add(row)
    return row


def _evidence(row: UseRow) -> str:
    return f"use {row.id}"


# --- what became of notes -----------------------------------------------------------------------

_LATER, _LATER_INSIGHT = aliased(NoteRow), aliased(InsightRow)

_BY_OTHERS = and_(
    StageEventRow.note_id == NoteRow.id,
    StageEventRow.person_id != NoteRow.author_id,
    or_(
        StageEventRow.evidence.endswith(TO_A_QUESTION, autoescape=True),
        StageEventRow.evidence == CONFIRMED,
    ),
)
_USED_BY_OTHERS = and_(UseRow.note_id == NoteRow.id, UseRow.person_id != NoteRow.author_id)
_SAID_AGAIN = and_(
    InsightRow.note_id == NoteRow.id,
    RelationRow.earlier_insight_id == InsightRow.id,
    RelationRow.relation == Relation.CORROBORATES,
    _LATER_INSIGHT.id == RelationRow.insight_id,
    _LATER.id == _LATER_INSIGHT.note_id,
    _LATER.author_id != NoteRow.author_id,
)


def _events(
    session: Session, *conditions: ColumnElement[bool]
) -> tuple[Counter[str], Counter[str]]:
    """How often each note was in an answer, and by how many it was confirmed."""
    rows = session.execute(
        select(NoteRow.id, StageEventRow.evidence, StageEventRow.person_id)
        .where(_BY_OTHERS, *conditions)
        .distinct()
    ).all()
    answers = Counter(note_id for note_id, evidence, _ in rows if evidence != CONFIRMED)
    confirmed = Counter(note_id for note_id, evidence, _ in rows if evidence == CONFIRMED)
    return answers, confirmed


def _said_again(
    session: Session, audience: Audience, *conditions: ColumnElement[bool]
) -> Counter[str]:
    """By how many other notes, which this reader may see."""
    rows = session.execute(
        select(NoteRow.id, _LATER.id)
        .where(_SAID_AGAIN, may_see(audience, _LATER), *conditions)
        .distinct()
    ).all()
    return Counter(note_id for note_id, _ in rows)


def _uses(
    session: Session, *conditions: ColumnElement[bool]
) -> Mapping[str, tuple[tuple[UseKind, str], ...]]:
    rows = session.execute(
        select(NoteRow.id, UseRow.press_key, UseRow.kind, UseRow.what)
        .where(_USED_BY_OTHERS, *conditions)
        .order_by(UseRow.at, UseRow.press_key)
        .distinct()
    ).all()
    uses, mask = defaultdict(list), mask_of(session)
    for note_id, _, kind, what in rows:
        uses[note_id].append((kind, mask(what)))
    return {note_id: tuple(found) for note_id, found in uses.items()}
