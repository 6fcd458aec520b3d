"""Writes what a retraining must not get worse on: the notes of companies never learned from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from adapters.local_model.classifier import MODEL_FILE
from adapters.local_model.encoder import LocalEncoder
from adapters.local_model.labelled import (
    HELD_OUT_FILE,
    Labelled,
    held_out_file,
    label_places,
)
from adapters.local_model.linear_model import NoteModel
from adapters.local_model.passages import passage_text
from training.labelled_notes import HELD_OUT, LabelledNote, read_labelled_notes
from training.questions import YES, HeadQuestion, head_questions
from training.weights_folder import write_weights

Say = Callable[[str], None]


def write_held_out(evals: Path, say: Say) -> None:
    """Read the notes with the weights that ship, and keep vectors, scores and labels: no words."""
    model, encoder = NoteModel(), LocalEncoder(MODEL_FILE)
    questions = {question.name: question for question in head_questions()}
    in_order = [questions[head.name] for head in model.layout.heads]
    notes = read_labelled_notes(evals, HELD_OUT)
    held_out = Labelled(
        of_words=np.array([model.of_words(labelled.note) for labelled in notes]),
        means=np.array(
            [
                encoder.mean(passage_text(n.raw_text, n.linked, n.channel_name), n.raw_parent)
                for n in notes
            ]
        ),
        labels=np.array(
            [
                label_places(model.layout, [_answer(question, n) for question in in_order])
                for n in notes
            ],
            np.int8,
        ),
    )
    write_weights(HELD_OUT_FILE, held_out_file(held_out))
    say(f"Kept {len(notes)} notes that nothing was learned from, for retraining.")


def _answer(question: HeadQuestion, labelled: LabelledNote) -> str | bool | None:
    if not question.applies(labelled):
        return None
    answer = question.answer(labelled)
    return answer == YES if question.is_yes_no else answer
