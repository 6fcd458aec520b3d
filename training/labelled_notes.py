"""Reads the labelled notes under `evals/`, as they would be read at run time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.local_model.features import NoteText, masked_note
from adapters.local_model.masking import KnownNames, person_names
from adapters.local_model.names import NameIndex
from bot.domain.customer import Customer
from bot.domain.taxonomy import Topic
from bot.services.customer_linking import CustomerLinker, LinkContext, Linking
from evals.linking import customers_of

NOTHING = "none"

LEARNED_FROM = ("corpora", "training")
HELD_OUT = ("held_out",)
"""Folders of companies under `evals/`: those that the shipped weights learn from, the others."""


@dataclass(frozen=True, slots=True)
class LabelledNote:
    """A note and what annotators said of it; a facet without a value is `none`.

    `linked` are the customers that the product itself links it to. `bare` is the same note in a
    workspace where no customer is registered yet and no name tells what the conversation is for.
    """

    id: str
    company: str
    raw_text: str
    raw_parent: str
    channel_name: str
    linked: tuple[Customer, ...]
    note: NoteText
    bare: NoteText
    is_insight: bool
    knowledge_type: str
    process_stage: str
    use_kind: str
    signal: str
    moment: str
    moment_direction: str
    certainty: str
    topics: frozenset[Topic]


def company_folders(evals: Path, kinds: Sequence[str] = LEARNED_FROM) -> list[Path]:
    """The folders of every company of these kinds, in a fixed order."""
    found = [path.parent for kind in kinds for path in sorted(evals.glob(f"{kind}/*/notes.jsonl"))]
    if not found:
        raise SystemExit(f"No labelled notes under {evals}. Run this from the project's root.")
    return found


def read_labelled_notes(evals: Path, kinds: Sequence[str] = LEARNED_FROM) -> list[LabelledNote]:
    """Every note of every company of these kinds, in a fixed order."""
    return [
        labelled for folder in company_folders(evals, kinds) for labelled in read_company(folder)
    ]


def read_company(folder: Path) -> list[LabelledNote]:
    """Every note of one company."""
    company = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    lines = (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    insights = {record["id"]: record["text"] for record in records if record["is_insight"]}
    customers = customers_of(company)
    names = NameIndex(name for c in customers for name in (c.name, *c.aliases))
    contacts = NameIndex(person_names(_contacts(customers, records)))
    linked = _linked(company, customers, records)
    return [
        _labelled(
            folder.name,
            record,
            parent=insights.get(record["thread"], ""),
            known=KnownNames(names, contacts, person_names([record["author_name"]])),
            linked=linked[record["id"]],
        )
        for record in records
    ]


def _linked(
    company: dict[str, Any], customers: Sequence[Customer], records: Sequence[dict[str, Any]]
) -> dict[str, tuple[Customer, ...]]:
    """Whom the product links each note to; a reply may lean on its thread's insights."""
    people = [e["name"] for e in company.get("employees", ())]
    colleagues = people or sorted({record["author_name"] for record in records})
    linker = CustomerLinker(customers, colleagues)
    by_id = {customer.id: customer for customer in customers}
    threads: dict[str, list[Linking]] = {}
    found: dict[str, tuple[Customer, ...]] = {}
    for record in sorted(records, key=lambda record: str(record["posted_at"])):
        earlier = threads.setdefault(record["thread"] or record["id"], [])
        linking = linker.link(record["text"], _link_context(record, earlier))
        found[record["id"]] = tuple(by_id[customer_id] for customer_id in linking.customer_ids)
        if record["is_insight"]:
            earlier.append(linking)
    return found


def _link_context(record: dict[str, Any], earlier: Sequence[Linking]) -> LinkContext:
    return LinkContext(
        conversation_name=record["channel_name"],
        thread_customer_ids=tuple(i for link in reversed(earlier) for i in link.customer_ids),
    )


def _contacts(customers: Sequence[Customer], records: Sequence[dict[str, Any]]) -> list[str]:
    """The registered contacts; where a company registered none, those that its notes name."""
    registered = [contact.name for customer in customers for contact in customer.contacts]
    return registered or sorted({name for record in records for name in record["contacts"]})


def _labelled(
    company: str,
    record: dict[str, Any],
    *,
    parent: str,
    known: KnownNames,
    linked: tuple[Customer, ...],
) -> LabelledNote:
    return LabelledNote(
        id=record["id"],
        company=company,
        raw_text=record["text"],
        raw_parent=parent,
        channel_name=record["channel_name"],
        linked=linked,
        note=masked_note(record["text"], parent, record["channel_name"], known),
        bare=masked_note(record["text"], parent, "", KnownNames(NameIndex(()), NameIndex(()))),
        is_insight=record["is_insight"],
        knowledge_type=record["knowledge_type"] or NOTHING,
        process_stage=record["process_stage"] or NOTHING,
        use_kind=record["use_kind"] or NOTHING,
        signal=record["signal"] or NOTHING,
        moment=record["moment"] or NOTHING,
        moment_direction=record["moment_direction"] or NOTHING,
        certainty=record["certainty"] or NOTHING,
        topics=frozenset(Topic(topic) for topic in record["topics"]),
    )


def as_bare(labelled: LabelledNote) -> LabelledNote:
    """The note as it looks where nobody is known."""
    return replace(labelled, note=labelled.bare, linked=(), channel_name="")
