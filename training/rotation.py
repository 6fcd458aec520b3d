"""`python -m training.rotation`: learns without some companies, reads those, and so on in turn.

Each fold takes as long as `python -m training`, and is kept under `build/training`, so that what
was interrupted goes on. `--fold N` does one of them. Writes `evals/rotation_report.json` of the
folds that are there.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from adapters.local_model.linear_model import Layout
from training.__main__ import CACHE, EVALS, read_material, say
from training.classifier import learn
from training.measuring import Held, report_on, write_report
from training.questions import head_questions
from training.scoring import with_thresholds
from training.tuning import Material, read_asked, read_notes

# Companies of one fold are left out together, so that no industry of theirs is learned from.
FOLDS = (
    ("cmo", "agri", "food", "log", "nrg"),
    ("saas", "bld", "hrs", "msp", "pack"),
    ("chem", "ins", "med", "tel"),
    ("fac", "mro", "mtl", "mar"),
)


def main() -> None:
    """Measure the folds that are not measured yet, and report on all that are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fold", type=int, choices=range(len(FOLDS)), help="only this one")
    options = parser.parse_args()
    material = read_material()
    for fold in FOLDS if options.fold is None else [FOLDS[options.fold]]:
        if not _path(fold).exists():
            say(f"Learning without {', '.join(fold)} ...")
            _measure(material, fold)
    held = left_out(material)
    layout = with_thresholds(held.layout, head_questions(), held.notes, held.scores)
    write_report(report_on(held, layout), EVALS / "rotation_report.json", say)


def left_out(material: Material) -> Held:
    """Every left-out note and question of the folds that are measured."""
    parts = [read_fold(material, fold) for fold in FOLDS if _path(fold).exists()]
    return Held(
        parts[0].layout,
        [labelled for part in parts for labelled in part.notes],
        [question for part in parts for question in part.questions],
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.note_means for part in parts]),
        np.concatenate([part.question_means for part in parts]),
    )


def read_fold(material: Material, fold: Sequence[str]) -> Held:
    """One fold's notes and questions, as they were read."""
    notes = [labelled for labelled in material.notes if labelled.company in fold]
    questions = [question for question in material.questions if question.company in fold]
    with np.load(_path(fold), allow_pickle=False) as kept:
        return Held(
            Layout.parsed(str(kept["layout"])),
            notes,
            questions,
            kept["scores"],
            kept["note_means"],
            kept["question_means"],
        )


def _measure(material: Material, fold: Sequence[str]) -> None:
    classifier = learn(material.without(fold), say)
    notes = [labelled for labelled in material.notes if labelled.company in fold]
    questions = [question for question in material.questions if question.company in fold]
    tokenizer, tensors = material.tokenizer, classifier.tuned.search_tensors
    np.savez(
        _path(fold),
        layout=json.dumps(asdict(classifier.words.layout)),
        scores=classifier.scores(notes, tokenizer),
        note_means=read_notes(tensors, tokenizer, notes),
        question_means=read_asked(tensors, tokenizer, questions),
    )


def _path(fold: Sequence[str]) -> Path:
    return CACHE / f"without-{'-'.join(fold)}.npz"


if __name__ == "__main__":
    main()
