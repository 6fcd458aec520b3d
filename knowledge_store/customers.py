"""The CustomerStore port: the customers of a workspace."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from bot.domain.audience import Audience
from bot.domain.customer import Contact, Customer, CustomerDraft
from bot.domain.wall import WallChange
from knowledge_store.access_epochs import count_change
from knowledge_store.customer_names import ids_matching, ids_named, put_names
from knowledge_store.insights import new_id
from knowledge_store.mapping import customer_of
from knowledge_store.tables import ContactRow, CustomerRegisterRow, CustomerRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_know
from knowledge_store.walls import change_wall


class SqlCustomerStore:
    """Customers in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, audience: Audience) -> tuple[Customer, ...]:
        """With their contacts."""
        statement = (
            select(CustomerRow)
            .where(may_know(audience))
            .order_by(CustomerRow.name_key)
            .options(selectinload(CustomerRow.contacts))
        )
        with self._transactions.reading() as session:
            return tuple(customer_of(row) for row in session.scalars(statement))

    def get(self, customer_id: str, audience: Audience) -> Customer | None:
        """Looked for within the workspace only."""
        with self._transactions.reading() as session:
            row = _loaded(session, CustomerRow.id == customer_id, may_know(audience))
            return customer_of(row) if row else None

    def matching(self, text: str, audience: Audience, limit: int) -> tuple[Customer, ...]:
        """Reads no more of the register than it gives, however large that is."""
        with self._transactions.reading() as session:
            ids = ids_matching(session, audience, text, limit)
            return _in_order(session, audience, ids)

    def named(self, name: str, audience: Audience) -> tuple[Customer, ...]:
        """By the index of names."""
        with self._transactions.reading() as session:
            return _in_order(session, audience, ids_named(session, audience, name))

    def revision(self, workspace: str) -> str:
        """A count of the changes."""
        with self._transactions.reading() as session:
            register = session.get(CustomerRegisterRow, workspace)
            return str(register.revision if register else 0)

    def create(self, workspace: str, draft: CustomerDraft) -> Customer:
        """Names are equal that differ in case, width or spaces only."""
        with self._transactions.writing() as session:
            row = _by_name(session, workspace, draft.name)
            if row is None:
                row = _add(session, workspace, draft)
                _count_change(session, workspace)
                session.flush()
                put_names(session, (row,))
            return customer_of(row)

    def import_all(self, workspace: str, drafts: Sequence[CustomerDraft]) -> tuple[int, int]:
        """What a draft leaves empty stays as it is; contacts are added or given a new role."""
        new: list[CustomerRow] = []
        changed: list[CustomerRow] = []
        with self._transactions.writing() as session:
            for draft in drafts:
                row = _by_name(session, workspace, draft.name)
                if row is None:
                    new.append(_add(session, workspace, draft))
                elif _update(row, draft):
                    changed.append(row)
            if new or changed:
                _count_change(session, workspace)
                session.flush()
                put_names(session, list({row.id: row for row in (*new, *changed)}.values()))
            _build_walls(session, workspace, drafts)
        return len(new), len(changed)

    def add_contacts(self, customer_id: str, contacts: Sequence[Contact]) -> None:
        """A contact that is there keeps its role. Without effect on an unknown customer."""
        with self._transactions.writing() as session:
            row = _loaded(session, CustomerRow.id == customer_id)
            if row is not None and _add_contacts(row, contacts):
                _count_change(session, row.workspace)


def name_key(name: str) -> str:
    """A name as it is compared: without regard to case, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _in_order(session: Session, audience: Audience, ids: Sequence[str]) -> tuple[Customer, ...]:
    statement = (
        select(CustomerRow)
        # Beside the ids a planner would take the workspace for the better lead.
        .where(CustomerRow.id.in_(ids), may_know(audience, CustomerRow.workspace + ""))
        .options(selectinload(CustomerRow.contacts))
    )
    found = {row.id: customer_of(row) for row in session.scalars(statement)}
    return tuple(found[one] for one in ids if one in found)


def _loaded(session: Session, *conditions: ColumnElement[bool]) -> CustomerRow | None:
    with_contacts = selectinload(CustomerRow.contacts)
    return session.scalar(select(CustomerRow).where(*conditions).options(with_contacts))


def _by_name(session: Session, workspace: str, name: str) -> CustomerRow | None:
    return _loaded(
        session, CustomerRow.workspace == workspace, CustomerRow.name_key == name_key(name)
    )


def _add(session: Session, workspace: str, draft: CustomerDraft) -> CustomerRow:
    row = CustomerRow(
        id=new_id(),
        workspace=workspace,
        name=draft.name,
        name_key=name_key(draft.name),
        aliases=draft.aliases,
        owner_id=draft.owner_id,
        segment=draft.segment,
        industry=draft.industry,
        status=draft.status,
        contacts=[],
    )
    _add_contacts(row, draft.contacts)
    session.add(row)
    return row


def _update(row: CustomerRow, draft: CustomerDraft) -> bool:
    before = customer_of(row)
    row.name = draft.name
    row.aliases = draft.aliases or row.aliases
    row.owner_id = draft.owner_id or row.owner_id
    row.segment = draft.segment or row.segment
    row.industry = draft.industry or row.industry
    row.status = draft.status
    roles = {name_key(contact.name): contact.role for contact in draft.contacts}
    for contact in row.contacts:
        contact.role = roles.get(contact.name_key) or contact.role
    _add_contacts(row, draft.contacts)
    return customer_of(row) != before


def _build_walls(session: Session, workspace: str, drafts: Sequence[CustomerDraft]) -> None:
    """What a draft lists is added; a wall is never taken down by a file."""
    for draft in drafts:
        row = _by_name(session, workspace, draft.name) if draft.let_in or draft.kept_out else None
        if row is not None:
            change_wall(session, row, WallChange(allow=draft.let_in, deny=draft.kept_out))


def _add_contacts(row: CustomerRow, contacts: Sequence[Contact]) -> bool:
    known = {contact.name_key for contact in row.contacts}
    new = {name_key(c.name): c for c in contacts if name_key(c.name) not in known}
    row.contacts += [
        ContactRow(
            name_key=key,
            workspace=row.workspace,
            position=position,
            name=contact.name,
            role=contact.role,
        )
        for position, (key, contact) in enumerate(new.items(), start=len(row.contacts))
    ]
    return bool(new)


def _count_change(session: Session, workspace: str) -> None:
    register = session.get(CustomerRegisterRow, workspace)
    if register is None:
        register = CustomerRegisterRow(workspace=workspace, revision=0)
        session.add(register)
    register.revision += 1
    count_change(session, workspace)  # an owner is let in by a wall
