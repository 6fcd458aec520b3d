"""`python -m training`: makes every weights file anew, and writes what they are worth.

Takes about an hour on two cores, most of it tuning.
"""

from pathlib import Path
from time import perf_counter

from adapters.local_model.classifier import MODEL_FILE as NOTE_ENCODER
from adapters.local_model.embedder import MODEL_FILE as SEARCH_ENCODER
from adapters.local_model.encoder import WordTable
from adapters.local_model.linear_model import Layout
from adapters.local_model.passages import passage_text, question_text
from training.asked_questions import read_questions
from training.classifier import NoteClassifier, learn, write_classifier
from training.e5_source import fetch_e5
from training.encoder import Texts, with_rounded_words, write_encoder, write_words
from training.held_out import write_held_out
from training.judge import learn_to_judge, write_judge
from training.labelled_notes import HELD_OUT, company_folders, read_labelled_notes
from training.measuring import Held, read_by_shipped, report_on, write_report
from training.note_questions import read_note_questions
from training.questions import head_questions
from training.relations import make_relations
from training.scoring import with_thresholds
from training.tuning import Material

_ROOT = Path(__file__).parents[1]
EVALS = _ROOT / "evals"
CACHE = _ROOT / "build" / "training"


def main() -> None:
    """Learn from every company but those held out, write, and measure on those."""
    started = perf_counter()
    material = read_material()
    classifier = learn(material, say)
    _write_encoders(classifier, material)
    report = report_on(*_with_thresholds(classifier))
    write_held_out(EVALS, say)
    write_judge(learn_to_judge(material, classifier.tuned.search_tensors, say), material)
    make_relations(EVALS, say)
    write_report(report, EVALS / "training_report.json", say)
    say(f"Done in {(perf_counter() - started) / 60:.0f} minutes.")


def read_material() -> Material:
    """The labelled notes and questions, and the model to start from."""
    source = fetch_e5(CACHE)
    tokenizer = write_words(source)
    notes = read_labelled_notes(EVALS)
    folders = company_folders(EVALS)
    questions = [asked for folder in folders for asked in read_questions(folder)]
    of_notes = [asked for folder in folders for asked in read_note_questions(folder)]
    return Material(notes, questions, of_notes, with_rounded_words(source), tokenizer)


def texts_of(material: Material) -> Texts:
    """What the encoders will read: notes and questions."""
    words = WordTable()
    notes = [
        words.ids(passage_text(n.raw_text, n.linked, n.channel_name), n.raw_parent)
        for n in material.notes
    ]
    return [*notes, *(words.ids(question_text(q.text, q.earlier)) for q in material.questions)]


def say(line: str) -> None:
    """Tell whoever waits how far it is."""
    print(line, flush=True)  # noqa: T201 - this is a command, and this is what it says


def _write_encoders(classifier: NoteClassifier, material: Material) -> None:
    texts, tuned = texts_of(material), classifier.tuned
    for name, tensors in ((NOTE_ENCODER, tuned.tensors), (SEARCH_ENCODER, tuned.search_tensors)):
        agreement = write_encoder(name, tensors, texts)
        say(f"{name} written; int8 agrees with fp32 to a mean cosine of {agreement:.4f}.")


def _with_thresholds(classifier: NoteClassifier) -> tuple[Held, Layout]:
    """The held-out companies as the shipped weights read them, after writing the classifier.

    The thresholds of the yes/no heads are read off them as well, which flatters those heads a
    little; nothing else is.
    """
    write_classifier(classifier, classifier.words.layout)
    held = read_by_shipped(company_folders(EVALS, HELD_OUT))
    layout = with_thresholds(held.layout, head_questions(), held.notes, held.scores)
    write_classifier(classifier, layout)
    return held, layout


if __name__ == "__main__":
    main()
