"""Reads the questions under `evals/`, each with the notes that may be looked at for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.customer import Customer
from bot.services.customer_linking import CustomerLinker, LinkContext
from evals.linking import customers_of
from training.labelled_notes import LabelledNote, read_company

_RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, and which notes answer it.

    `earlier` is the question that it follows up on. `pool` are the insights that its asker could
    see when it was asked, of its customers where it names some. `answering` are the notes that
    answer it, `neutral` those that a right answer may cite or that no longer hold. Of a restricted
    question, `answering` are notes that its asker must not see: they answer it all the same.
    """

    id: str
    company: str
    text: str
    earlier: str
    kind: str
    pool: tuple[LabelledNote, ...]
    answering: tuple[LabelledNote, ...]
    neutral: frozenset[str]

    @property
    def is_answerable(self) -> bool:
        """Whether something that its asker may see answers it."""
        pooled = {labelled.id for labelled in self.pool}
        return any(labelled.id in pooled for labelled in self.answering)

    @property
    def wrong(self) -> list[LabelledNote]:
        """The notes of the pool that do not answer it."""
        right = {labelled.id for labelled in self.answering} | self.neutral
        return [labelled for labelled in self.pool if labelled.id not in right]


def read_questions(folder: Path) -> list[AskedQuestion]:
    """Every question of one company, in the order of the file."""
    path = folder / "questions.jsonl"
    if not path.exists():
        return []
    company = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    notes = {labelled.id: labelled for labelled in read_company(folder)}
    room = _Room(folder.name, company, _records(folder / "notes.jsonl"), notes)
    records = _records(path)
    by_id = {record["id"]: record for record in records}
    return [room.asked(record, by_id.get(record["parent"])) for record in records]


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class _Room:
    """A company's notes, as they can be seen and searched."""

    def __init__(
        self,
        folder_name: str,
        company: dict[str, Any],
        records: Sequence[dict[str, Any]],
        notes: Mapping[str, LabelledNote],
    ) -> None:
        self._company = folder_name
        self._notes = notes
        self._records = [record for record in records if record["is_insight"]]
        self._members = {
            channel["id"]: frozenset(channel["members"])
            for channel in company.get("channels", ())
            if channel["kind"] != "public"
        }
        customers = customers_of(company)
        people = [employee["name"] for employee in company.get("employees", ())]
        self._linker = CustomerLinker(customers, people)
        self._customers = {customer.id: customer for customer in customers}

    def asked(self, record: dict[str, Any], parent: dict[str, Any] | None) -> AskedQuestion:
        named = self._named(record["question"])
        if not named and parent:
            named = self._named(parent["question"])
        right = record["must_not"] if record["kind"] == _RESTRICTED else record["evidence"]
        outdated = [] if record["kind"] == _RESTRICTED else record["must_not"]
        return AskedQuestion(
            id=record["id"],
            company=self._company,
            text=record["question"],
            earlier=parent["question"] if parent else "",
            kind=record["kind"],
            pool=self._pool(record, {customer.name for customer in named}),
            answering=tuple(self._notes[note_id] for note_id in right),
            neutral=frozenset((*record["acceptable"], *outdated)),
        )

    def _pool(self, record: dict[str, Any], names: set[str]) -> tuple[LabelledNote, ...]:
        seen = [
            self._notes[note["id"]]
            for note in self._records
            if note["posted_at"] <= record["asked_at"] and self._may_see(note, record["asker"])
        ]
        on_customer = [n for n in seen if names & {customer.name for customer in n.linked}]
        return tuple(on_customer or seen)

    def _may_see(self, note: dict[str, Any], asker: str) -> bool:
        members = self._members.get(note.get("channel", ""))
        return members is None or asker in members

    def _named(self, question: str) -> list[Customer]:
        linking = self._linker.link(question, LinkContext())
        ids = linking.customer_ids or tuple(customer.id for customer in linking.candidates)
        return [self._customers[customer_id] for customer_id in ids]
