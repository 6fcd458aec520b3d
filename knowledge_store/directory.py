"""The DirectoryStore port: what was last known of our own people and their conversations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.domain.people import Conversation, ConversationKind, Person, Standing
from knowledge_store.access_epochs import count_change
from knowledge_store.mapping import conversation_of, person_of
from knowledge_store.tables import ConversationRow, ListeningRow, MemberRow, PersonRow
from knowledge_store.transactions import Transactions


class SqlDirectoryStore:
    """People and conversations in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def put_people(self, people: Iterable[Person]) -> None:
        """All of them or none; of two tellings of a person's standing the later one stays."""
        with self._transactions.writing() as session:
            for person in people:
                _put_person(session, person)

    def person(self, workspace: str, person_id: str) -> Person | None:
        """Looked for within the workspace only."""
        with self._transactions.reading() as session:
            row = session.get(PersonRow, (workspace, person_id))
            return person_of(row) if row else None

    def people_count(self, workspace: str) -> int:
        """How many people the workspace has."""
        count = select(func.count()).where(PersonRow.workspace == workspace)
        with self._transactions.reading() as session:
            return session.scalar(count) or 0

    def people(self, workspace: str) -> tuple[Person, ...]:
        """Equal names in the order of their ids."""
        statement = (
            select(PersonRow)
            .where(PersonRow.workspace == workspace)
            .order_by(PersonRow.name, PersonRow.id)
        )
        with self._transactions.reading() as session:
            return tuple(person_of(row) for row in session.scalars(statement))

    def put_conversation(self, conversation: Conversation) -> None:
        """Members that are not known any more are forgotten: nobody is a member then.

        Mostly nothing has changed but the time of asking; then the members are not written.
        """
        with self._transactions.writing() as session:
            before = session.get(ConversationRow, (conversation.workspace, conversation.id))
            access = _access(before)
            row = session.merge(
                ConversationRow(
                    workspace=conversation.workspace,
                    id=conversation.id,
                    channel=conversation.channel,
                    kind=conversation.kind,
                    name=conversation.name,
                    members_known=conversation.member_ids is not None,
                    customer_id=conversation.customer_id,
                    checked_at=conversation.checked_at,
                )
            )
            session.flush()
            is_other = _members(session, conversation) != set(conversation.member_ids or ())
            if is_other:
                _put_members(session, conversation)
            if is_other or access != _access(row):
                count_change(session, conversation.workspace)

    def conversation(self, workspace: str, conversation_id: str) -> Conversation | None:
        """Looked for within the workspace only."""
        with self._transactions.reading() as session:
            row = session.get(ConversationRow, (workspace, conversation_id))
            return _with_members(session, workspace, [row])[0] if row else None

    def conversations(self, workspace: str) -> tuple[Conversation, ...]:
        """Equal names in the order of their ids."""
        statement = (
            select(ConversationRow)
            .where(ConversationRow.workspace == workspace)
            .order_by(ConversationRow.name, ConversationRow.id)
        )
        with self._transactions.reading() as session:
            return tuple(_with_members(session, workspace, session.scalars(statement).all()))

    def channel_of(self, workspace: str, person_id: str) -> str | None:
        """By the conversations they are in, the one that was heard of last before others."""
        is_direct = case((ConversationRow.kind == ConversationKind.DIRECT, 0), else_=1)
        met_on = (
            select(ConversationRow.channel)
            .join(
                MemberRow,
                and_(
                    MemberRow.workspace == ConversationRow.workspace,
                    MemberRow.conversation_id == ConversationRow.id,
                ),
            )
            .where(MemberRow.workspace == workspace, MemberRow.person_id == person_id)
            .order_by(is_direct, ConversationRow.checked_at.desc().nulls_last(), ConversationRow.id)
            .limit(1)
        )
        with self._transactions.reading() as session:
            return session.scalar(met_on)

    def heard_of_before(self, moment: datetime, limit: int) -> tuple[Conversation, ...]:
        """Without their members."""
        statement = (
            select(ConversationRow)
            .where(
                ConversationRow.kind != ConversationKind.DIRECT,
                or_(ConversationRow.checked_at.is_(None), ConversationRow.checked_at < moment),
            )
            .order_by(ConversationRow.checked_at.nulls_first(), ConversationRow.id)
            .limit(limit)
        )
        with self._transactions.reading() as session:
            return tuple(
                conversation_of(row, (), listening=False) for row in session.scalars(statement)
            )

    def set_listening(self, workspace: str, conversation_id: str, *, listening: bool) -> None:
        """Kept even for a conversation of which nothing else is known yet."""
        row = ListeningRow(workspace=workspace, conversation_id=conversation_id)
        with self._transactions.writing() as session:
            if listening:
                session.merge(row)
            else:
                session.execute(delete(ListeningRow).where(_is_on(workspace, conversation_id)))

    def is_listening(self, workspace: str, conversation_id: str) -> bool:
        """False where nobody opted in."""
        with self._transactions.reading() as session:
            return session.get(ListeningRow, (workspace, conversation_id)) is not None


def _is_on(workspace: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(
        ListeningRow.workspace == workspace, ListeningRow.conversation_id == conversation_id
    )


def _put_person(session: Session, person: Person) -> None:
    row = session.get(PersonRow, (person.workspace, person.id))
    before = row.standing if row else None
    if row is None:
        row = PersonRow(workspace=person.workspace, id=person.id, standing=Standing.UNKNOWN)
        session.add(row)
    row.name, row.role, row.time_zone = person.name, person.role, person.time_zone
    if _is_told_later(person, row):
        row.standing, row.checked_at = person.standing, person.checked_at
    if row.standing != before:
        count_change(session, person.workspace)


def _is_told_later(person: Person, row: PersonRow) -> bool:
    """What is told without a time counts until something is told with one."""
    if person.checked_at is None:
        return row.checked_at is None and person.standing is not Standing.UNKNOWN
    return row.checked_at is None or person.checked_at >= row.checked_at


def _access(row: ConversationRow | None) -> tuple[ConversationKind, bool] | None:
    return (row.kind, row.members_known) if row else None


def _members(session: Session, conversation: Conversation) -> set[str]:
    statement = select(MemberRow.person_id).where(
        MemberRow.workspace == conversation.workspace,
        MemberRow.conversation_id == conversation.id,
    )
    return set(session.scalars(statement))


def _put_members(session: Session, conversation: Conversation) -> None:
    session.execute(
        delete(MemberRow).where(
            MemberRow.workspace == conversation.workspace,
            MemberRow.conversation_id == conversation.id,
        )
    )
    session.add_all(
        MemberRow(
            workspace=conversation.workspace,
            conversation_id=conversation.id,
            person_id=person_id,
        )
        for person_id in dict.fromkeys(conversation.member_ids or ())
    )


def _with_members(
    session: Session, workspace: str, rows: Sequence[ConversationRow]
) -> list[Conversation]:
    ids = [row.id for row in rows]
    members = defaultdict(list)
    for conversation_id, person_id in session.execute(
        select(MemberRow.conversation_id, MemberRow.person_id)
        .where(MemberRow.workspace == workspace, MemberRow.conversation_id.in_(ids))
        .order_by(MemberRow.person_id)
    ):
        members[conversation_id].append(person_id)
    listening = set(
        session.scalars(
            select(ListeningRow.conversation_id).where(
                ListeningRow.workspace == workspace, ListeningRow.conversation_id.in_(ids)
            )
        )
    )
    return [
        conversation_of(row, tuple(members[row.id]), listening=row.id in listening) for row in rows
    ]
