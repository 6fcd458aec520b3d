"""Reads the questions that were written beside single notes under `evals/`.

`note_questions.jsonl` of a company has, for most insights, questions that the note answers, and
others that it does not answer though it is near: they ask for what it leaves out.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.asked_questions import AskedQuestion
from training.labelled_notes import LabelledNote, read_company

FILE = "note_questions.jsonl"
_KIND = "of a note"


@dataclass(frozen=True, slots=True)
class NoteQuestion:
    """A question and the note it was written beside; `asked.pool` are insights on its customers.

    Whether any of those answers it too is not known; of one that its note does not answer, few do.
    """

    asked: AskedQuestion
    note: LabelledNote
    answers: bool


def read_note_questions(folder: Path) -> list[NoteQuestion]:
    """Every such question of one company, in the order of the file."""
    path = folder / FILE
    if not path.exists():
        return []
    insights = [labelled for labelled in read_company(folder) if labelled.is_insight]
    by_id = {labelled.id: labelled for labelled in insights}
    beside = dict(_beside(insights))
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        _note_question(folder.name, number, json.loads(line), by_id, beside)
        for number, line in enumerate(lines, start=1)
    ]


def _note_question(
    company: str,
    number: int,
    record: dict[str, object],
    by_id: dict[str, LabelledNote],
    beside: dict[str, tuple[LabelledNote, ...]],
) -> NoteQuestion:
    note = by_id[str(record["note"])]
    answers = bool(record["answers"])
    asked = AskedQuestion(
        id=f"{company}-n{number}",
        company=company,
        text=str(record["question"]),
        earlier="",
        kind=_KIND,
        pool=beside[note.id],
        answering=(note,) if answers else (),
        neutral=frozenset((note.id,)),
    )
    return NoteQuestion(asked, note, answers)


def _beside(
    insights: Sequence[LabelledNote],
) -> Iterator[tuple[str, tuple[LabelledNote, ...]]]:
    """Each note's id with every insight on one of its customers; all, where it is on none."""
    on: defaultdict[str, list[LabelledNote]] = defaultdict(list)
    for labelled in insights:
        for customer in labelled.linked:
            on[customer.id].append(labelled)
    everything = tuple(insights)
    for labelled in insights:
        near = {other.id: other for customer in labelled.linked for other in on[customer.id]}
        yield labelled.id, tuple(near.values()) or everything
