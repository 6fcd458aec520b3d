"""Reads the labelled notes under `evals/`, masked as they would be at run time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.local_model.features import NoteText, masked_note
from adapters.local_model.masking import KnownNames, person_names
from adapters.local_model.names import NameIndex
from bot.domain.taxonomy import Topic

NOTHING = "none"


@dataclass(frozen=True, slots=True)
class LabelledNote:
    """A note and what annotators said of it; a facet without a value is `none`.

    `bare` is the same note in a workspace where no customer is registered yet and no name tells
    what the conversation is for.
    """

    company: str
    raw_text: str
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


def read_labelled_notes(evals: Path) -> list[LabelledNote]:
    """Every note of every company under `corpora/` and `training/`, in a fixed order."""
    folders = sorted(path.parent for path in evals.glob("*/*/notes.jsonl"))
    if not folders:
        raise SystemExit(f"No labelled notes under {evals}. Run this from the project's root.")
    return [labelled for folder in folders for labelled in _read_company(folder)]


def _read_company(folder: Path) -> list[LabelledNote]:
    company = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    lines = (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    insights = {record["id"]: record["text"] for record in records if record["is_insight"]}
    customers = NameIndex(n for c in company["customers"] for n in (c["name"], *c["aliases"]))
    contacts = NameIndex(person_names(_contacts(company, records)))
    return [
        _labelled(
            folder.name,
            record,
            parent=insights.get(record["thread"], ""),
            known=KnownNames(customers, contacts, person_names([record["author_name"]])),
        )
        for record in records
    ]


def _contacts(company: dict[str, Any], records: Sequence[dict[str, Any]]) -> list[str]:
    """The registered contacts; where a company registered none, those that its notes name."""
    registered = [
        contact if isinstance(contact, str) else contact["name"]
        for customer in company["customers"]
        for contact in customer.get("contacts", ())
    ]
    return registered or sorted({name for record in records for name in record["contacts"]})


def _labelled(
    company: str, record: dict[str, Any], *, parent: str, known: KnownNames
) -> LabelledNote:
    return LabelledNote(
        company=company,
        raw_text=record["text"],
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
    return replace(labelled, note=labelled.bare)
