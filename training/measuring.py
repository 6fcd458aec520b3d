"""What models are worth on companies that they did not learn from."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.classifier import MODEL_FILE as NOTE_ENCODER
from adapters.local_model.embedder import MODEL_FILE as SEARCH_ENCODER
from adapters.local_model.encoder import LocalEncoder, WordTable
from adapters.local_model.linear_model import Layout, NoteModel, Scores
from adapters.local_model.passages import passage_text, question_text
from training.asked_questions import AskedQuestion, read_questions
from training.labelled_notes import LabelledNote, read_company
from training.questions import head_questions
from training.scoring import (
    Calibration,
    Confusion,
    HeadScore,
    Retrieval,
    WorstError,
    calibration,
    confusion,
    retrieval,
    score_head,
    worst_errors,
)

Say = Callable[[str], None]

_CONFUSED = ("knowledge_type", "process_stage", "signal", "certainty", "moment")


@dataclass(frozen=True, slots=True)
class Held:
    """Notes and questions, and what models made of them.

    `scores` are (notes, columns); `note_means` and `question_means` are of the encoder for
    searching, (…, 384).
    """

    layout: Layout
    notes: Sequence[LabelledNote]
    questions: Sequence[AskedQuestion]
    scores: Scores
    note_means: NDArray[np.float32]
    question_means: NDArray[np.float32]

    def of(self, company: str) -> "Held":
        """Those of one company."""
        places = [p for p, labelled in enumerate(self.notes) if labelled.company == company]
        asked = [p for p, question in enumerate(self.questions) if question.company == company]
        return Held(
            self.layout,
            [self.notes[place] for place in places],
            [self.questions[place] for place in asked],
            self.scores[places],
            self.note_means[places],
            self.question_means[asked],
        )


@dataclass(frozen=True, slots=True)
class CompanyScores:
    """What one company's notes and questions came to, learned from none of them."""

    company: str
    heads: tuple[HeadScore, ...]
    retrieval: Retrieval


@dataclass(frozen=True, slots=True)
class Report:
    """What a report under `evals/` holds."""

    version: str
    companies: tuple[CompanyScores, ...]
    together: tuple[HeadScore, ...]
    retrieval: Retrieval
    confidence: tuple[Calibration, ...]
    confusion: tuple[Confusion, ...]
    worst: tuple[WorstError, ...]


def read_by_shipped(folders: Sequence[Path]) -> Held:
    """What the shipped weights make of these companies, by the code of the product."""
    words, model = WordTable(), NoteModel()
    reading, searching = LocalEncoder(NOTE_ENCODER, words), LocalEncoder(SEARCH_ENCODER, words)
    notes = [labelled for folder in folders for labelled in read_company(folder)]
    questions = [question for folder in folders for question in read_questions(folder)]
    passages = [(passage_text(n.raw_text, n.linked, n.channel_name), n.raw_parent) for n in notes]
    readings = [
        model.read(labelled.note, reading.mean(*passage))
        for labelled, passage in zip(notes, passages, strict=True)
    ]
    return Held(
        model.layout,
        notes,
        questions,
        np.array([one.scores for one in readings]),
        np.array([searching.mean(*passage) for passage in passages]),
        np.array([searching.mean(question_text(q.text, q.earlier)) for q in questions]),
    )


def report_on(held: Held, layout: Layout) -> Report:
    """Score everything; `layout` has the thresholds."""
    companies = dict.fromkeys(labelled.company for labelled in held.notes)
    heads = {question.name: question for question in head_questions()}
    return Report(
        version=layout.version,
        companies=tuple(
            CompanyScores(company, _scored(own, layout), _retrieval(own))
            for company, own in ((company, held.of(company)) for company in companies)
        ),
        together=_scored(held, layout),
        retrieval=_retrieval(held),
        confidence=calibration(held.notes, held.scores, layout),
        confusion=tuple(
            confusion(heads[name], held.notes, held.scores, layout) for name in _CONFUSED
        ),
        worst=worst_errors(held.notes, held.scores, layout),
    )


def write_report(report: Report, path: Path, say: Say) -> None:
    """Write a report as JSON and print its means."""
    path.write_text(json.dumps(_rounded(asdict(report)), indent=1) + "\n", encoding="utf-8")
    say("All of them together, then the mean over companies")
    for place, total in enumerate(report.together):
        mean = np.mean([company.heads[place].macro_f1 for company in report.companies])
        say(f"  {total.name:24} {total.macro_f1:.3f} {mean:.3f}{_precision(total)}")
    found = report.retrieval
    say(f"  evidence at 5, at 10, at 1: {found.at_5:.3f} {found.at_10:.3f} {found.hit_at_1:.3f}")


def _scored(held: Held, layout: Layout) -> tuple[HeadScore, ...]:
    return tuple(score_head(one, held.notes, held.scores, layout) for one in head_questions())


def _retrieval(held: Held) -> Retrieval:
    means = {n.id: mean for n, mean in zip(held.notes, held.note_means, strict=True)}
    return retrieval(held.questions, held.question_means, means)


def _precision(score: HeadScore) -> str:
    if score.precision is None or score.recall is None:
        return ""
    return f"   precision {score.precision:.2f} recall {score.recall:.2f}"


def _rounded(value: object) -> object:
    """Floats to four digits, so that the report changes only where something did."""
    match value:
        case float():
            return round(value, 4)
        case dict():
            return {key: _rounded(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_rounded(inner) for inner in value]
        case _:
            return value
