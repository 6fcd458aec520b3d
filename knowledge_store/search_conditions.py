"""Which insights are searched: those within the walls that the query's filters keep."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.domain.answer import SearchQuery
from bot.domain.audience import Audience
from knowledge_store.insights import vector_space
from knowledge_store.tables import InsightCustomerRow, InsightRow, InsightVectorRow, NoteRow
from knowledge_store.visibility import may_see

Number: TypeAlias = ColumnElement[int] | InstrumentedAttribute[int]


@dataclass(frozen=True, slots=True)
class Scope:
    """What one search may find. `kept` is on NoteRow and InsightRow, made once, since it is long.

    It has to be part of whatever is ranked or cut off: never asked of the best only.
    """

    workspace: str
    query: SearchQuery
    kept: ColumnElement[bool]


def scope_of(query: SearchQuery, audience: Audience) -> Scope:
    """What this audience may find by this query, of its customers or not."""
    return Scope(audience.workspace, query, and_(may_see(audience), *_filters(query)))


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    """Days are those of UTC; the last one is included."""
    conditions: list[ColumnElement[bool]] = []
    if query.knowledge_types:
        conditions.append(InsightRow.knowledge_type.in_(query.knowledge_types))
    if query.since is not None:
        conditions.append(NoteRow.posted_at >= _start_of(query.since))
    if query.until is not None:
        conditions.append(NoteRow.posted_at < _start_of(query.until + timedelta(days=1)))
    return conditions


def on_customers(query: SearchQuery, number: Number) -> list[ColumnElement[bool]]:
    """That the insight of this number is linked to one of the query's customers, if it has any."""
    if not query.customer_ids:
        return []
    linked = select(InsightCustomerRow.insight_number).where(
        InsightCustomerRow.customer_id.in_(query.customer_ids)
    )
    return [number.in_(linked)]


def space_of(session: Session, scope: Scope) -> str | None:
    """The space in which the query's vector compares; None where there is none."""
    query = scope.query
    if query.vector is None:
        return None
    if query.vector_model:
        return vector_space(query.vector_model, query.vector)
    latest = session.scalar(
        select(InsightVectorRow.space)
        .where(InsightVectorRow.workspace == scope.workspace)
        .order_by(InsightVectorRow.number.desc())
        .limit(1)
    )
    return latest if latest and latest.endswith(f"/{len(query.vector)}") else None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
