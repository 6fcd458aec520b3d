"""What a submitted form says, and what is wrong with it: told at the field, and in words later.

Everything in a form came from a client: customers are looked up within what the person may know of.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.domain.audience import Audience
from bot.domain.customer import Customer, CustomerDraft
from bot.domain.insight import Facets
from bot.domain.taxonomy import (
    Certainty,
    CustomerStatus,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.messages import ActionTaken, FieldProblem
from bot.ports import CustomerStore
from bot.services.presentation import form_problems as say

Fields = Mapping[str, tuple[str, ...]]

MOST_CUSTOMERS = 50
"""Of one insight, as a person may choose them."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class InsightForm:
    """What a person says that an insight is. To be believed where there are no problems."""

    facets: Facets
    customer_ids: tuple[str, ...]
    contacts: tuple[str, ...]
    problems: tuple[FieldProblem, ...]


def read_insight_form(fields: Fields, customers: CustomerStore, audience: Audience) -> InsightForm:
    """A correction, or what somebody says that a note holds. Raises StoreUnavailable."""
    found = _read_customers(fields.get("customers", ()), customers, audience)
    knowledge_type = _one_of(KnowledgeType, _first(fields, "knowledge_type"))
    stage = _one_of(ProcessStage, _first(fields, "process_stage"))
    return InsightForm(
        _facets(fields, knowledge_type or KnowledgeType.ABOUT, stage),
        tuple(dict.fromkeys(one.id for one in found if isinstance(one, Customer))),
        _names(fields, "contacts"),
        (
            *(one for one in found if isinstance(one, FieldProblem)),
            *_facet_problems(fields, knowledge_type, stage),
        ),
    )


def read_customer_form(taken: ActionTaken) -> CustomerDraft:
    """A customer whose owner is whoever registers it."""
    return CustomerDraft(
        name=" ".join(_first(taken.fields, "name").split()),
        aliases=_names(taken.fields, "aliases"),
        owner_id=taken.person_id,
        status=_one_of(CustomerStatus, _first(taken.fields, "status")) or CustomerStatus.PROSPECT,
    )


# --- customers ----------------------------------------------------------------------------------


def _read_customers(
    values: Sequence[str], customers: CustomerStore, audience: Audience
) -> list[Customer | FieldProblem]:
    """Ids of those that were chosen, and names where they were typed, with semicolons between."""
    wanted = list(dict.fromkeys(_parts(values)))
    if len(wanted) > MOST_CUSTOMERS:
        return [say.too_many_customers(MOST_CUSTOMERS)]
    return [_customer(value, customers, audience) for value in wanted]


def _parts(values: Sequence[str]) -> Iterator[str]:
    for value in values:
        yield from (part.strip() for part in value.split(";") if part.strip())


def _customer(value: str, customers: CustomerStore, audience: Audience) -> Customer | FieldProblem:
    if _ID.fullmatch(value):
        return customers.get(value, audience) or say.customer_gone()
    match customers.named(value, audience):
        case (one,):
            return one
        case ():
            return say.unknown_customer(value)
        case _:
            return say.shared_name(value)


# --- facets -------------------------------------------------------------------------------------


def _facet_problems(
    fields: Fields, knowledge_type: KnowledgeType | None, stage: ProcessStage | None
) -> Iterator[FieldProblem]:
    """What is missing, and what would be dropped since it goes with something else."""
    if knowledge_type is None:
        yield say.no_knowledge_type()
    if stage is None:
        yield say.no_stage()
    elif stage is not ProcessStage.UTILIZATION and _one_of(UseKind, _first(fields, "use_kind")):
        yield say.use_without_stage()
    has_direction = _one_of(MomentDirection, _first(fields, "moment_direction")) is not None
    if has_direction and _one_of(Moment, _first(fields, "moment")) is None:
        yield say.direction_without_moment()


def _facets(fields: Fields, knowledge_type: KnowledgeType, stage: ProcessStage | None) -> Facets:
    topics = (_one_of(Topic, value) for value in fields.get("topics", ()))
    return Facets.completed(
        knowledge_type=knowledge_type,
        process_stage=stage or ProcessStage.ACQUISITION,
        use_kind=_one_of(UseKind, _first(fields, "use_kind")),
        signal=_one_of(Signal, _first(fields, "signal")),
        topics=filter(None, topics),
        moment=_one_of(Moment, _first(fields, "moment")),
        moment_direction=_one_of(MomentDirection, _first(fields, "moment_direction")),
        certainty=_one_of(Certainty, _first(fields, "certainty")) or Certainty.STATED,
        source=_one_of(Source, _first(fields, "source")) or Source.INTERNAL_TACIT,
        weak_signal=_first(fields, "weak_signal") == "yes",
    )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""


def _names(fields: Fields, name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _first(fields, name).split(";"))
    return tuple(part for part in parts if part)


_Value = TypeVar("_Value", bound=StrEnum)


def _one_of(values: type[_Value], chosen: str) -> _Value | None:
    return next((value for value in values if value.value == chosen), None)
