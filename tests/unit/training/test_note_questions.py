"""Questions beside single notes, and the batches that the judge and the search learn from."""

import json
import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from adapters.local_model.encoder import TOKENIZER_FILE
from adapters.local_model.weights_files import read_weights
from tests.unit.training.test_asked_questions import COMPANY, NOTES, asked, question, write
from training.judge_pairs import JudgePairs, Pair
from training.note_questions import FILE, NoteQuestion, read_note_questions
from training.steps import steps_of

RECORDS = [
    {"note": "n1", "question": "what are their bottles made of", "answers": True},
    {"note": "n1", "question": "how many vials a year does Novara take", "answers": False},
    {"note": "n3", "question": "is Brenndal on time with invoices", "answers": True},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.json").write_text(json.dumps(COMPANY), encoding="utf-8")
    write(tmp_path / "notes.jsonl", NOTES)
    return tmp_path


@pytest.fixture
def of_notes(folder: Path) -> list[NoteQuestion]:
    write(folder / FILE, RECORDS)
    return read_note_questions(folder)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_buffer(read_weights(TOKENIZER_FILE).content)


def test_a_note_answers_what_was_written_for_it_and_nothing_else(
    of_notes: list[NoteQuestion],
) -> None:
    answering, near, _ = of_notes

    assert [labelled.id for labelled in answering.asked.answering] == ["n1"]
    assert near.asked.answering == ()
    assert near.note.id == "n1"


def test_beside_it_stand_the_insights_on_its_customer(of_notes: list[NoteQuestion]) -> None:
    """The note itself is none of those that are wrong: it stands for itself."""
    wrong = {one.asked.id: {n.id for n in one.asked.wrong} for one in of_notes}

    assert list(wrong.values()) == [{"n2", "n4", "n6"}, {"n2", "n4", "n6"}, set()]


def test_a_company_without_such_questions_has_none(folder: Path) -> None:
    assert read_note_questions(folder) == []


def pairs_of(
    tokenizer: Tokenizer, folder: Path, of_notes: list[NoteQuestion]
) -> tuple[list[Pair], str]:
    questions = asked(folder, question("q1", "what does Novara want?", "n1"))
    everything = [*questions, *(one.asked for one in of_notes)]
    near = {one.id: one.wrong for one in everything}
    drawn = JudgePairs(tokenizer, near, random.Random(1))
    batches = drawn.batches(questions, of_notes)
    return [pair for batch in batches for pair in batch], of_notes[1].asked.id


def test_every_question_is_drawn_with_its_own_notes(
    tokenizer: Tokenizer, folder: Path, of_notes: list[NoteQuestion]
) -> None:
    pairs, unanswered = pairs_of(tokenizer, folder, of_notes)

    assert {pair.question for pair in pairs} == {"q1", *(one.asked.id for one in of_notes)}
    assert {pair.question for pair in pairs if pair.answers} == {
        "q1",
        *(one.asked.id for one in of_notes if one.answers),
    }
    assert not any(pair.answers for pair in pairs if pair.question == unanswered)


def test_a_question_of_a_note_is_learned_from_beside_its_company(
    folder: Path, of_notes: list[NoteQuestion]
) -> None:
    """A quarter of them in each epoch; the others' turn comes."""
    notes = [one.note for one in of_notes]
    answered = [one.asked for one in of_notes if one.answers] * 2

    steps = steps_of(notes, (), answered, {}, random.Random(1))

    learned = [one for step in steps for one in step.questions]
    assert len(learned) == len(answered) // 4
    for step in steps:
        ids = {labelled.id for labelled in step.notes}
        assert all(one.answering[0].id in ids for one in step.questions)
