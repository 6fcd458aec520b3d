"""What goes with a person, a customer or a workspace, as steps of a transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Table, Text, and_, delete, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from bot.domain.erasure import ErasureCounts
from bot.domain.people import ConversationKind
from bot.messages import Action, ActionTaken, Incoming, Outgoing
from knowledge_store.access_epochs import count_change
from knowledge_store.erasure_masks import mask_names, names_pattern, notes_naming
from knowledge_store.erasure_notes import (
    FoundNote,
    count_deleted,
    delete_notes,
    drop_deliveries,
    drop_replies,
    notes_where,
)
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import (
    Base,
    ConversationRow,
    CorrectionRow,
    CustomerRegisterRow,
    CustomerRow,
    DueWorkRow,
    InsightCustomerRow,
    InsightRow,
    InstallationRow,
    InstalledWorkspaceRow,
    ListeningRow,
    MemberRow,
    MomentInsightRow,
    MomentRow,
    NeedRow,
    NoteRevisionRow,
    NoteRow,
    PersonRow,
    QuestionRow,
    RatingRow,
    ReferenceRow,
    SharedAnswerRow,
    StageEventRow,
)

ERASED_PERSON = "erased"
"""Stands where a row needs a person and they are erased."""

KEPT_OF_A_WORKSPACE = frozenset(
    {
        *("erasures", "audit_log", "audit_heads"),
        *("customer_registers", "access_epochs", "installed_workspaces"),
    }
)
"""What tells of the erasure, of ids only; and what is brought up to date rather than deleted."""

PERSON_COLUMNS = ("person_id", "asker_id", "reader_id", "follower_id", "manager_id")
"""A row with one of these is that person's own, in whichever table that has no rule of its own."""

PERSON_IN_ANOTHERS_ROW = (
    *("saved_by_id", "owner_id", "acknowledged_by", "assigned_to", "assigned_by", "closed_by"),
)
"""In a row that is not theirs, the person is left out."""

_WITH_RULES_OF_THEIR_OWN = frozenset({"stage_events", "wall_entries", *KEPT_OF_A_WORKSPACE})
"""Who is kept out of a customer stays so: being forgotten opens no door."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """One erasure under way."""

    session: Session
    queue: TransactionalQueue
    workspace: str
    now: datetime

    # --- a note ---------------------------------------------------------------------------------

    def notes(self, found: Sequence[FoundNote]) -> ErasureCounts:
        """These, and what is under way of them."""
        ids, keys = {note_id for note_id, _ in found}, {key for _, key in found}
        records = delete_notes(self.session, found)
        untold = ~MomentRow.id.in_(select(MomentInsightRow.moment_id))
        records += self._deleted(MomentRow, untold)
        records += self._drop_deliveries(lambda incoming: getattr(incoming, "key", None) in keys)
        records += self._drop_replies(lambda outgoing: not ids.isdisjoint(outgoing.reply.shows))
        return ErasureCounts(notes=len(found), records=records)

    # --- a person -------------------------------------------------------------------------------

    def person(self, person_id: str) -> ErasureCounts:
        """Notes they wrote, questions they asked, and all that says who they are."""
        names = self._names_of(person_id)
        counts = self.notes(self.notes_by(person_id))
        counts += self._questions(QuestionRow.asker_id == person_id)
        counts += self._needs(NeedRow.asker_id == person_id)
        records = self._under_way_of(person_id) + self._belongings(person_id)
        self._make_nameless(person_id)
        single = [name for name in names if len(name.split()) == 1]
        masked = self._mask([name for name in names if name not in single])
        counts += ErasureCounts(masked=masked, records=records)
        return replace(counts, unsure=notes_naming(self.session, self.workspace, single))

    def notes_by(self, person_id: str) -> list[FoundNote]:
        """The notes of which they are the author."""
        return notes_where(
            self.session, NoteRow.workspace == self.workspace, NoteRow.author_id == person_id
        )

    def _names_of(self, person_id: str) -> list[str]:
        by_them = NoteRow.workspace == self.workspace, NoteRow.author_id == person_id
        signed = self.session.scalars(select(NoteRow.author_name).where(*by_them).distinct())
        known = self.session.get(PersonRow, (self.workspace, person_id))
        names = {*signed, *([known.name] if known else [])}
        return sorted(name for name in names if name.strip() and name != person_id)

    def _belongings(self, person_id: str) -> int:
        """Their ratings, reactions, memberships, profile, talks with the bot, and whatever else."""
        records = self._talks(person_id)
        records += self._deleted(PersonRow, PersonRow.id == person_id)
        records += self._deleted(ReferenceRow, ReferenceRow.key == f"person:{person_id}")
        records += self._deleted(DueWorkRow, DueWorkRow.subject == person_id)
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in _WITH_RULES_OF_THEIR_OWN:
                records += self._rows_of(table, person_id)
        return records

    def _rows_of(self, table: Table, person_id: str) -> int:
        columns = [table.c[name] for name in PERSON_COLUMNS if name in table.c]
        if not columns or "workspace" not in table.c:
            return 0
        theirs = or_(*(column == person_id for column in columns))
        statement = delete(table).where(table.c.workspace == self.workspace, theirs)
        return int(self.session.execute(statement).rowcount)  # type: ignore[attr-defined] # a cursor's

    def _talks(self, person_id: str) -> int:
        """Direct messages with the bot: of a talk nobody else is a member."""
        member = and_(
            MemberRow.workspace == ConversationRow.workspace,
            MemberRow.conversation_id == ConversationRow.id,
            MemberRow.person_id == person_id,
        )
        direct = select(ConversationRow.id).where(
            ConversationRow.workspace == self.workspace,
            ConversationRow.kind == ConversationKind.DIRECT,
            select(MemberRow.person_id).where(member).exists(),
        )
        ids = self.session.scalars(direct).all()
        records = self._deleted(ReferenceRow, ReferenceRow.key.in_(ids))
        self._deleted(ListeningRow, ListeningRow.conversation_id.in_(ids))
        return records + self._deleted(ConversationRow, ConversationRow.id.in_(ids))

    def _make_nameless(self, person_id: str) -> None:
        """What others own and they had a part in."""
        session, workspace = self.session, self.workspace
        said = MomentRow.workspace == workspace, MomentRow.closed_by == person_id
        session.execute(update(MomentRow).where(*said).values(remark=""))
        for table in Base.metadata.sorted_tables:
            for name in PERSON_IN_ANOTHERS_ROW:
                if name in table.c and "workspace" in table.c:
                    theirs = table.c.workspace == workspace, table.c[name] == person_id
                    session.execute(update(table).where(*theirs).values({name: None}))
        for row, column, instead in (
            (StageEventRow, StageEventRow.person_id, None),
            (CorrectionRow, CorrectionRow.by_person_id, ERASED_PERSON),
        ):
            is_theirs = row.workspace == workspace, column == person_id
            session.execute(update(row).where(*is_theirs).values({column.key: instead}))
        by_page = StageEventRow.evidence.endswith(f" {person_id}", autoescape=True)
        self._deleted(StageEventRow, by_page)
        self._count_register_change()

    def _under_way_of(self, person_id: str) -> int:
        dropped = self._drop_deliveries(lambda incoming: _is_by(incoming, person_id))
        return dropped + self._drop_replies(lambda outgoing: outgoing.person_id == person_id)

    # --- a customer -----------------------------------------------------------------------------

    def customer(self, customer_id: str) -> ErasureCounts:
        """The customer, every note on it, and questions about it; elsewhere its names."""
        names = self._names_of_customer(customer_id)
        if not names:
            return ErasureCounts()
        counts = self.notes(self.notes_on(customer_id))
        of_it = json.dumps(customer_id)
        on_questions = type_coerce(QuestionRow.customer_ids, Text).contains(of_it)
        counts += self._questions(on_questions)
        on_needs = type_coerce(NeedRow.customer_ids, Text).contains(of_it)
        counts += self._needs(on_needs)
        about_it = ConversationRow.customer_id == customer_id
        self.session.execute(update(ConversationRow).where(about_it).values(customer_id=None))
        records = self._deleted(MomentRow, MomentRow.customer_id == customer_id)
        records += self._deleted(CustomerRow, CustomerRow.id == customer_id)
        if (pattern := names_pattern(names)) is not None:
            records += self._drop_deliveries(lambda said: bool(pattern.search(_said(said))))
        self._count_register_change()
        return counts + ErasureCounts(masked=self._mask(names), records=records)

    def notes_on(self, customer_id: str) -> list[FoundNote]:
        """The notes that are on it, now or in an earlier version, or name it and no other."""
        linked = InsightRow.customers.any(InsightCustomerRow.customer_id == customer_id)
        was_linked = select(NoteRevisionRow.note_id).where(
            NoteRevisionRow.workspace == self.workspace,
            type_coerce(NoteRevisionRow.insights, Text).contains(json.dumps(customer_id)),
        )
        is_on_it = or_(NoteRow.insights.any(linked), NoteRow.id.in_(was_linked))
        found = notes_where(self.session, NoteRow.workspace == self.workspace, is_on_it)
        names = self._names_of_customer(customer_id)
        naming = notes_naming(self.session, self.workspace, names)
        on_none = ~NoteRow.insights.any(InsightRow.customers.any())
        for start in range(0, len(naming), 500):
            part = NoteRow.id.in_(naming[start : start + 500])
            found += notes_where(self.session, part, on_none)
        return list(dict(found).items())

    def _names_of_customer(self, customer_id: str) -> list[str]:
        """None of one that is not this workspace's."""
        row = self.session.get(CustomerRow, customer_id)
        return [row.name, *row.aliases] if row and row.workspace == self.workspace else []

    # --- a workspace ----------------------------------------------------------------------------

    def everything(self) -> ErasureCounts:
        """All rows of the workspace; the tokens of one that is still installed stay."""
        counts = ErasureCounts()
        for table in reversed(Base.metadata.sorted_tables):
            if "workspace" in table.c and table.name not in KEPT_OF_A_WORKSPACE:
                statement = delete(table).where(table.c.workspace == self.workspace)
                gone = int(self.session.execute(statement).rowcount)  # type: ignore[attr-defined] # same
                counts += _counted(table.name, gone)
        installed = select(InstallationRow.id)
        self._deleted(
            InstalledWorkspaceRow,
            InstalledWorkspaceRow.installation_id.not_in(installed),
            InstalledWorkspaceRow.team_id.not_in(installed),
        )
        self._count_register_change()
        return counts

    # --- of several -----------------------------------------------------------------------------

    def questions_before(self, before: datetime) -> ErasureCounts:
        """Questions and needs that are older, with the ratings of the answers."""
        asked = self._questions(QuestionRow.asked_at < before)
        return asked + self._needs(NeedRow.asked_at < before)

    def _questions(self, condition: ColumnElement[bool]) -> ErasureCounts:
        """With what was said of the answers, and the needs that they became."""
        is_meant = QuestionRow.workspace == self.workspace, condition
        ids = self.session.scalars(select(QuestionRow.id).where(*is_meant)).all()
        records = needs = 0
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            records += self._deleted(RatingRow, RatingRow.question_id.in_(part))
            records += self._deleted(SharedAnswerRow, SharedAnswerRow.question_id.in_(part))
            shown = ReferenceRow.reference.in_([json.dumps(one) for one in part])
            records += self._deleted(ReferenceRow, shown)
            needs += self._deleted(NeedRow, NeedRow.question_id.in_(part))
            self._deleted(QuestionRow, QuestionRow.id.in_(part))
        return ErasureCounts(questions=len(ids), needs=needs, records=records)

    def _needs(self, condition: ColumnElement[bool]) -> ErasureCounts:
        return ErasureCounts(needs=self._deleted(NeedRow, condition))

    def _mask(self, names: Sequence[str]) -> int:
        pattern = names_pattern(names)
        if pattern is None:
            return 0
        self._drop_replies(lambda outgoing: bool(pattern.search(_words_of(outgoing))))
        return mask_names(self.session, self.workspace, names, self.now)

    def _deleted(self, table: type, *conditions: ColumnElement[bool]) -> int:
        """In this workspace alone."""
        here = table.workspace == self.workspace  # type: ignore[attr-defined] # every table here has one
        return count_deleted(self.session, table, here, *conditions)

    def _drop_deliveries(self, is_meant: Callable[[Incoming], bool]) -> int:
        return drop_deliveries(self.session, self.workspace, is_meant, self.now)

    def _drop_replies(self, is_meant: Callable[[Outgoing], bool]) -> int:
        return drop_replies(self.session, self.queue, self.workspace, is_meant, self.now)

    def _count_register_change(self) -> None:
        """What processes keep of the customers, and of who may see what, is read anew."""
        count_change(self.session, self.workspace)
        register = self.session.get(CustomerRegisterRow, self.workspace)
        if register is not None:
            register.revision += 1


def _is_by(incoming: Incoming, person_id: str) -> bool:
    """What they said or pressed; but for the press that asks for this."""
    if isinstance(incoming, ActionTaken) and incoming.action is Action.FORGET_ME:
        return False
    people = (getattr(incoming, name, "") for name in ("author_id", "person_id", "said_by_id"))
    return person_id in people


def _said(incoming: Incoming) -> str:
    parts = [str(getattr(incoming, name, "")) for name in ("text", "quotes", "customer", "told_of")]
    fields = incoming.fields.values() if isinstance(incoming, ActionTaken) else ()
    return "\n".join([*parts, *(value for values in fields for value in values)])


def _words_of(outgoing: Outgoing) -> str:
    cards = [block for card in outgoing.reply.cards for block in card.blocks]
    words = replace(outgoing.reply, blocks=(*outgoing.reply.blocks, *cards)).plain_text
    sources = [f"{source.title}\n{source.text}" for source in outgoing.reply.sources]
    return "\n".join([words, *sources, repr(outgoing.reply.form or "")])


def _counted(table: str, gone: int) -> ErasureCounts:
    match table:
        case "notes":
            return ErasureCounts(notes=gone)
        case "questions":
            return ErasureCounts(questions=gone)
        case "needs":
            return ErasureCounts(needs=gone)
        case _:
            return ErasureCounts(records=gone)
