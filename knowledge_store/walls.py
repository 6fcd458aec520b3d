"""The WallStore port: who may know of which customer."""

from collections.abc import Sequence, Set

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.wall import Wall, WallChange
from knowledge_store.access_epochs import count_change, epoch_of
from knowledge_store.dialects import insert
from knowledge_store.tables import CustomerRow, CustomerWallRow, WallEntryRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_know, walled_off


class SqlWallStore:
    """Walls in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def wall(self, customer_id: str, audience: Audience) -> Wall | None:
        """Looked for within the workspace only."""
        with self._transactions.reading() as session:
            row = _known(session, customer_id, audience)
            return _wall_of(session, row.id) if row else None

    def all(self, audience: Audience) -> tuple[Wall, ...]:
        """By the customers' names."""
        walled = select(CustomerWallRow.customer_id)
        with_entries = select(WallEntryRow.customer_id)
        statement = (
            select(CustomerRow.id)
            .where(
                may_know(audience),
                CustomerRow.id.in_(walled) | CustomerRow.id.in_(with_entries),
            )
            .order_by(CustomerRow.name_key)
        )
        with self._transactions.reading() as session:
            return tuple(_wall_of(session, one) for one in session.scalars(statement).all())

    def change(self, customer_id: str, change: WallChange, audience: Audience) -> Wall | None:
        """One transaction, so that nobody sees a wall half built."""
        with self._transactions.writing() as session:
            row = _known(session, customer_id, audience)
            if row is None:
                return None
            change_wall(session, row, change)
            session.flush()
            return _wall_of(session, row.id)

    def walled_off(self, audience: Audience) -> Set[str]:
        """None for the operator."""
        if audience.is_operator:
            return frozenset()
        with self._transactions.reading() as session:
            return frozenset(session.scalars(walled_off(audience)))

    def epoch(self, workspace: str) -> int:
        """A count of the changes."""
        with self._transactions.reading() as session:
            return epoch_of(session, workspace)


def change_wall(session: Session, customer: CustomerRow, change: WallChange) -> None:
    """Change the wall around a stored customer."""
    if change.opens:
        _forget(session, customer.id)
    if change.drop:
        _forget_entries(session, customer.id, change.drop)
    if change.allow:
        closed = insert(session, CustomerWallRow).values(
            customer_id=customer.id, workspace=customer.workspace
        )
        session.execute(closed.on_conflict_do_nothing())
    steps = {
        **dict.fromkeys(change.allow, True),
        **dict.fromkeys(change.deny, False),  # whoever is on both lists is kept out
    }
    for person_id, is_allowed in steps.items():
        _put(session, customer, person_id, is_allowed=is_allowed)
    count_change(session, customer.workspace)


def _put(session: Session, customer: CustomerRow, person_id: str, *, is_allowed: bool) -> None:
    entry = insert(session, WallEntryRow).values(
        customer_id=customer.id,
        person_id=person_id,
        workspace=customer.workspace,
        is_allowed=is_allowed,
    )
    session.execute(
        entry.on_conflict_do_update(
            index_elements=[WallEntryRow.customer_id, WallEntryRow.person_id],
            set_={"is_allowed": is_allowed},
        )
    )


def _forget(session: Session, customer_id: str) -> None:
    session.execute(delete(CustomerWallRow).where(CustomerWallRow.customer_id == customer_id))
    session.execute(delete(WallEntryRow).where(WallEntryRow.customer_id == customer_id))


def _forget_entries(session: Session, customer_id: str, person_ids: Sequence[str]) -> None:
    session.execute(
        delete(WallEntryRow).where(
            WallEntryRow.customer_id == customer_id, WallEntryRow.person_id.in_(person_ids)
        )
    )


def _known(session: Session, customer_id: str, audience: Audience) -> CustomerRow | None:
    return session.scalar(
        select(CustomerRow).where(CustomerRow.id == customer_id, may_know(audience))
    )


def _wall_of(session: Session, customer_id: str) -> Wall:
    entries = session.execute(
        select(WallEntryRow.person_id, WallEntryRow.is_allowed).where(
            WallEntryRow.customer_id == customer_id
        )
    ).all()
    return Wall(
        customer_id,
        is_closed=session.get(CustomerWallRow, customer_id) is not None,
        allowed=frozenset(person for person, is_allowed in entries if is_allowed),
        denied=frozenset(person for person, is_allowed in entries if not is_allowed),
    )
