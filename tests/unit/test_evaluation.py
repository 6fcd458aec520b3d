"""The evaluation: what it reads, what it writes, and scores worked out by hand."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.core import Models, build_handler
from bot.bootstrap.evaluation import run_evaluation
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft, InsightRelation
from bot.domain.taxonomy import Belief, KnowledgeType, Relation
from bot.errors import CorpusInvalid
from bot.evaluation.corpus import (
    CompanyRow,
    Corpus,
    NoteRow,
    QuestionRow,
    read_corpus,
)
from bot.evaluation.play import WORKSPACE, PlayedClock, Player
from bot.evaluation.rows import AnswerResult, InsightResult, NoteResult, note_result
from bot.evaluation.scores import Score, as_mapping, f1, macro_f1, score, table
from bot.ports import Classification, NoteContext
from bot.settings import Settings
from tests.fakes import MONDAY, FakeEmbedder
from tests.stage import EnglishDetector, Stage

Line = dict[str, object]
Row = dict[str, Any]
OPERATOR = Audience.operator(WORKSPACE)


# --- scores by hand -------------------------------------------------------------------------------


def note_row(note_id: str, **labels: object) -> NoteRow:
    row = {"id": note_id, "author": "u1", "channel": "c1", "posted_at": MONDAY, "text": "x"}
    return NoteRow.model_validate({**row, "is_insight": True, **labels})


def understood(note_id: str, *customers: str, **facets: object) -> NoteResult:
    """One insight; `chatter` for none."""
    values = {
        "knowledge_type": "about",
        "process_stage": "acquisition",
        "use_kind": None,
        "signal": None,
        "topics": [],
        "moment": None,
        "moment_direction": None,
        "certainty": "stated",
        "customers": list(customers),
        "contacts": [],
        "belief": "unverified",
    }
    insight = InsightResult.model_validate({**values, **facets})
    return NoteResult(
        id=note_id, captured=True, insights=[insight], related=related(), classified_by="fake/1"
    )


def related(**earlier: list[str]) -> dict[str, list[str]]:
    return {"corroborates": [], "contradicts": [], "supersedes": [], **earlier}


def chatter(note_id: str) -> NoteResult:
    return NoteResult(
        id=note_id, captured=False, insights=[], related=related(), classified_by=None
    )


def note_scores(*pairs: tuple[NoteRow, NoteResult]) -> dict[str, Score]:
    company = CompanyRow(employees=(), customers=(), channels=())
    corpus = Corpus(company=company, notes=tuple(row for row, _ in pairs))
    return {found.name: found for found in score(corpus, [result for _, result in pairs], [])}


def question(question_id: str, kind: str = "single", **labels: object) -> QuestionRow:
    row = {"id": question_id, "asker": "u1", "asked_at": MONDAY, "question": "?", "kind": kind}
    return QuestionRow.model_validate({**row, **labels})


def answer(question_id: str, *citations: str, retrieved: tuple[str, ...] = ()) -> AnswerResult:
    return AnswerResult(
        id=question_id,
        abstained=not citations,
        citations=list(citations),
        retrieved=list(retrieved),
        experts=[],
        text="",
        ms=1.0,
    )


def answer_scores(*pairs: tuple[QuestionRow, AnswerResult]) -> dict[str, Score]:
    company = CompanyRow(employees=(), customers=(), channels=())
    corpus = Corpus(company=company, notes=(), questions=tuple(row for row, _ in pairs))
    return {found.name: found for found in score(corpus, [], [result for _, result in pairs])}


@pytest.mark.parametrize(
    ("both", "found", "gold", "value"),
    [(0, 0, 0, 1.0), (0, 3, 0, 0.0), (0, 0, 3, 0.0), (2, 2, 2, 1.0), (1, 2, 4, 1 / 3)],
)
def test_f1_is_the_harmonic_mean(both: int, found: int, gold: int, value: float):
    """1 of 2 found and 4 gold: precision 1/2, recall 1/4, harmonic mean 1/3."""
    assert f1(both, found, gold) == pytest.approx(value)


def test_macro_f1_is_the_mean_over_the_gold_classes():
    """a: 2 of 2 found, 3 gold, F1 4/5. b: 1 of 2 found, 1 gold, F1 2/3. Mean 11/15."""
    gold, found = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    assert macro_f1(gold, found) == pytest.approx(11 / 15)


def test_a_class_that_only_the_guesses_have_costs_recall_and_no_more():
    """a: 1 found, 2 gold, F1 2/3; `missed` is no class of its own."""
    assert macro_f1(["a", "a"], ["a", "missed"]) == pytest.approx(2 / 3)


def test_captured_is_scored_over_all_messages():
    """3 captured, 2 of them insights, of 3 insights: precision 2/3, recall 2/3."""
    scores = note_scores(
        (note_row("n1"), understood("n1")),
        (note_row("n2"), understood("n2")),
        (note_row("n3"), chatter("n3")),
        (note_row("n4", is_insight=False), understood("n4")),
        (note_row("n5", is_insight=False), chatter("n5")),
    )
    assert scores["captured precision"] == Score("captured precision", pytest.approx(2 / 3), 3)
    assert scores["captured recall"] == Score("captured recall", pytest.approx(2 / 3), 3)


def test_an_insight_that_was_missed_has_no_facet_right():
    """about: 1 of 1 found, 2 gold, F1 2/3. from: 1 of 1, F1 1. Mean 5/6, over the insights only."""
    scores = note_scores(
        (note_row("n1", knowledge_type="about"), understood("n1", knowledge_type="about")),
        (note_row("n2", knowledge_type="about"), chatter("n2")),
        (note_row("n3", knowledge_type="from"), understood("n3", knowledge_type="from")),
        (note_row("n4", is_insight=False), understood("n4", knowledge_type="for")),
    )
    found = scores["knowledge_type macro-F1"]
    assert (found.value, found.support) == (pytest.approx(5 / 6), 3)


def test_no_signal_is_a_class_like_any_other():
    """none: 1 of 2 found, 1 gold, F1 2/3. complaint: 0 found, 1 gold, 0. Mean 1/3."""
    scores = note_scores(
        (note_row("n1", signal="complaint"), understood("n1")),
        (note_row("n2"), understood("n2")),
    )
    assert scores["signal macro-F1"].value == pytest.approx(1 / 3)


def test_that_there_is_a_moment_is_scored_whatever_it_is():
    """2 found, 2 gold, 1 of them both: F1 1/2, though its kind is wrong."""
    scores = note_scores(
        (note_row("n1", moment="budget_decision"), understood("n1", moment="contract_event")),
        (note_row("n2", moment="contract_event"), understood("n2")),
        (note_row("n3"), understood("n3", moment="contract_event")),
    )
    found = scores["moment yes F1"]
    assert (found.value, found.support) == (pytest.approx(1 / 2), 2)


def test_customers_are_right_as_a_set():
    """n1 right, n2 one too many, n3 none where there is one, n4 not captured: 1 of 3."""
    scores = note_scores(
        (note_row("n1", customers=["A", "B"]), understood("n1", "B", "A")),
        (note_row("n2", customers=["A"]), understood("n2", "A", "C")),
        (note_row("n3", customers=["A"]), understood("n3")),
        (note_row("n4", customers=["A"]), chatter("n4")),
    )
    assert scores["customers exact set"].value == pytest.approx(1 / 3)
    assert scores["customers exact set"].support == 3


def test_a_wrong_link_is_a_share_of_the_linked_notes():
    """Two linked notes, one of them wrong; chatter that was linked counts, too."""
    scores = note_scores(
        (note_row("n1", customers=["A"]), understood("n1", "A")),
        (note_row("n2", is_insight=False), understood("n2", "C")),
        (note_row("n3", customers=["A"]), understood("n3")),
    )
    wrong = scores["customers wrong links"]
    assert (wrong.value, wrong.support) == (pytest.approx(1 / 2), 2)


def test_links_are_scored_by_pair():
    """n3 supersedes n1: found. n3 contradicts n2: found as superseded instead."""
    result = understood("n3").model_copy(update={"related": related(supersedes=["n1", "n2"])})
    scores = note_scores(
        (note_row("n1"), understood("n1")),
        (note_row("n2"), understood("n2")),
        (note_row("n3", supersedes=["n1"], contradicts=["n2"]), result),
    )
    assert scores["supersedes F1"].value == pytest.approx(2 / 3)
    assert scores["contradicts F1"].value == 0.0
    assert scores["corroborates F1"].value == 1.0


def test_recall_of_evidence_depends_on_the_depth():
    """q1: 1 of 2 within 5, both within 10. q2: its one hit is first. Unanswerable: left out."""
    row = ("x1", "n1", "x2", "x3", "x4", "n2")
    scores = answer_scores(
        (question("q1", evidence=["n1", "n2"]), answer("q1", retrieved=row)),
        (question("q2", evidence=["n3"]), answer("q2", retrieved=("n3",))),
        (question("q3", "unanswerable"), answer("q3", retrieved=("n9",))),
    )
    assert scores["evidence recall at 5"] == Score("evidence recall at 5", pytest.approx(3 / 4), 2)
    assert scores["evidence recall at 10"].value == pytest.approx(1.0)
    assert scores["evidence hit at 1"].value == pytest.approx(1 / 2)


def test_an_acceptable_citation_neither_helps_nor_harms():
    """Counted citations: n1 right, x1 wrong. n5 is acceptable: precision 1/2, recall 1/2."""
    row = question("q1", evidence=["n1", "n2"], acceptable=["n5"])
    scores = answer_scores((row, answer("q1", "n1", "n5", "x1")))
    assert scores["citation precision"] == Score("citation precision", pytest.approx(1 / 2), 2)
    assert scores["citation recall"].value == pytest.approx(1 / 2)


def test_abstaining_is_right_where_nothing_may_be_said():
    """Right once of twice, and wrong once of three times."""
    scores = answer_scores(
        (question("q1", "unanswerable"), answer("q1")),
        (question("q2", "restricted"), answer("q2", "n1")),
        (question("q3", evidence=["n1"]), answer("q3")),
        (question("q4", evidence=["n1"]), answer("q4", "n1")),
        (question("q5", "temporal", evidence=["n1"]), answer("q5", "n2")),
    )
    assert scores["abstention recall"] == Score("abstention recall", pytest.approx(1 / 2), 2)
    assert scores["false abstention"] == Score("false abstention", pytest.approx(1 / 3), 3)


def test_citing_what_must_not_be_cited_is_a_share_of_the_answers():
    """One of two."""
    scores = answer_scores(
        (question("q1", evidence=["n2"], must_not=["n1"]), answer("q1", "n1", "n2")),
        (question("q2", evidence=["n2"]), answer("q2", "n2")),
    )
    assert scores["answers citing a must-not"].value == pytest.approx(1 / 2)


def test_without_labels_there_is_nothing_to_score():
    """No figure rather than a wrong one."""
    assert note_scores((note_row("n1", is_insight=None), understood("n1"))) == {}
    unlabelled = question("q1").model_copy(update={"kind": None})
    assert answer_scores((unlabelled, answer("q1", "n1"))) == {}


def test_scores_are_shown_as_a_table_and_kept_by_name():
    """Three digits for people, four for machines."""
    scores = [Score("captured recall", 2 / 3, 3)]
    assert table(scores).splitlines()[-1] == "| captured recall | 0.667 | 3 |"
    assert as_mapping(scores) == {"captured recall": 0.6667}


# --- a corpus on disk -----------------------------------------------------------------------------

COMPANY: Line = {
    "employees": [
        {"id": "u1", "name": "Anna Lind", "role": "sales"},
        {"id": "u2", "name": "Ben Okafor", "role": "service"},
    ],
    "customers": [
        {"name": "Novara Pharma", "aliases": ["Novara"], "owner": "u1", "segment": "large"},
        {"name": "Ostara", "owner": "u1"},
        {"name": "Brenndal", "contacts": [{"name": "Ulrike Stamm", "role": "buyer"}]},
    ],
    "channels": [
        {"id": "c1", "name": "sales", "kind": "public", "members": ["u1", "u2"]},
        {"id": "c2", "name": "pricing", "kind": "private", "members": ["u1"]},
    ],
}
TEXTS = (
    (
        "c1",
        "u1",
        None,
        "Novara says our deviation reports come too late to be of use, QA reads them weeks after.",
    ),
    ("c1", "u2", None, "lunch?"),
    (
        "c1",
        "u2",
        None,
        "Heard from their buyer that Brenndal will close its plant in Lyon next spring, 40 people.",
    ),
    (
        "c1",
        "u1",
        "t3",
        "Ulrike Stamm told me on the phone today that they move the whole line to Riga instead.",
    ),
    (
        "c2",
        "u1",
        None,
        "We give Ostara a discount of 7 percent from May on, the CFO signed it this morning.",
    ),
    ("c1", "u2", None, "thanks, see you tomorrow"),
)
NOTES: list[Line] = [
    {
        "id": f"t{number}",
        "channel": channel,
        "author": author,
        "thread": thread,
        "posted_at": f"2026-03-0{number}T09:00:00+02:00",
        "text": text,
    }
    for number, (channel, author, thread, text) in enumerate(TEXTS, start=1)
]
QUESTIONS: list[Line] = [
    {
        "id": "q1",
        "asker": "u2",
        "asked_at": "2026-03-10T09:00:00+02:00",
        "question": "what does Novara say about our deviation reports?",
        "parent": None,
    },
    {
        "id": "q2",
        "asker": "u2",
        "asked_at": "2026-03-10T09:05:00+02:00",
        "question": "which discount does Ostara get?",
        "parent": None,
    },
]
CHATTER = {"t2", "t6"}
NOTE_LABELS: Line = {
    "knowledge_type": "about",
    "process_stage": "acquisition",
    "certainty": "stated",
}
NOTE_KEYS = {"id", "captured", "insights", "related", "classified_by"}
INSIGHT_KEYS = {
    "knowledge_type",
    "process_stage",
    "use_kind",
    "signal",
    "topics",
    "moment",
    "moment_direction",
    "certainty",
    "customers",
    "contacts",
    "belief",
}
ANSWER_KEYS = {"id", "abstained", "citations", "retrieved", "experts", "text", "ms"}


def labelled() -> tuple[list[Line], list[Line]]:
    notes = [
        {**note, "is_insight": False}
        if note["id"] in CHATTER
        else {**note, "is_insight": True, **NOTE_LABELS}
        for note in NOTES
    ]
    first, second = QUESTIONS
    return notes, [
        {**first, "kind": "single", "evidence": ["t1"]},
        {**second, "kind": "restricted", "must_not": ["t5"]},
    ]


def write(
    folder: Path,
    notes: list[Line] = NOTES,
    questions: list[Line] | None = QUESTIONS,
    company: Line = COMPANY,
) -> Path:
    folder.mkdir(exist_ok=True)
    folder.joinpath("company.json").write_text(json.dumps(company), encoding="utf-8")
    _write_lines(folder / "notes.jsonl", notes)
    if questions is not None:
        _write_lines(folder / "questions.jsonl", questions)
    return folder


def _write_lines(path: Path, lines: list[Line]) -> None:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def test_labels_may_be_missing_and_other_keys_are_passed_over(tmp_path: Path):
    """A corpus that was never labelled is a corpus."""
    notes = [{**note, "author_name": "somebody"} for note in NOTES]
    corpus = read_corpus(write(tmp_path / "corpus", notes, questions=None))
    assert (len(corpus.notes), corpus.questions, corpus.has_labels) == (6, (), False)


def test_one_label_is_enough_to_score(tmp_path: Path):
    """The rest may be empty."""
    notes, questions = labelled()
    assert read_corpus(write(tmp_path / "corpus", notes, questions)).has_labels


@pytest.mark.parametrize("missing", ["company.json", "notes.jsonl"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, missing: str):
    """Together with what a corpus needs."""
    folder = write(tmp_path / "corpus")
    folder.joinpath(missing).unlink()
    with pytest.raises(CorpusInvalid, match=missing):
        read_corpus(folder)


def test_a_corpus_that_is_a_file_is_told_so(tmp_path: Path):
    """A slip on the command line is no traceback."""
    file = tmp_path / "corpus.zip"
    file.write_bytes(b"PK")
    with pytest.raises(CorpusInvalid):
        read_corpus(file)


def test_a_line_that_is_no_message_is_named_by_file_and_number(tmp_path: Path):
    """In a file of thousands one must know where to look."""
    notes = [*NOTES[:3], {"id": "t4"}]
    with pytest.raises(CorpusInvalid, match=r"notes\.jsonl, line 4"):
        read_corpus(write(tmp_path / "corpus", notes))


def test_a_line_that_is_no_json_is_named(tmp_path: Path):
    """Half a line is what an interrupted copy leaves."""
    folder = write(tmp_path / "corpus")
    folder.joinpath("questions.jsonl").write_text('{"id": "q1"\n', encoding="utf-8")
    with pytest.raises(CorpusInvalid, match=r"questions\.jsonl, line 1"):
        read_corpus(folder)


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path):
    """Some editors still write Latin-1."""
    folder = write(tmp_path / "corpus")
    folder.joinpath("notes.jsonl").write_bytes('{"text": "Käyttö"}'.encode("latin-1"))
    with pytest.raises(CorpusInvalid, match="UTF-8"):
        read_corpus(folder)


def test_a_line_separator_in_a_text_ends_no_line(tmp_path: Path):
    """JSON may hold U+2028 as it is, and people paste it."""
    note = {**NOTES[0], "text": "first\u2028second"}
    folder = write(tmp_path / "corpus")
    folder.joinpath("notes.jsonl").write_text(
        json.dumps(note, ensure_ascii=False), encoding="utf-8"
    )
    assert [row.text for row in read_corpus(folder).notes] == ["first\u2028second"]


def test_a_corpus_without_a_message_cannot_be_played(tmp_path: Path):
    """An empty file is a slip, too."""
    with pytest.raises(CorpusInvalid, match=r"notes\.jsonl"):
        read_corpus(write(tmp_path / "corpus", []))


def test_a_time_without_a_zone_is_refused(tmp_path: Path):
    """`tomorrow` means another day in another zone."""
    notes = [{**NOTES[0], "posted_at": "2026-03-01T09:00:00"}]
    with pytest.raises(CorpusInvalid, match="posted_at"):
        read_corpus(write(tmp_path / "corpus", notes))


# --- a play ---------------------------------------------------------------------------------------


def test_a_note_is_told_of_as_it_stands_in_the_end(stage: Stage, tmp_path: Path):
    """What a later note replaces is not told of as if it still held."""
    corpus = read_corpus(write(tmp_path / "corpus", NOTES[:3], questions=None))
    clock = PlayedClock(corpus.notes[0].posted_at)
    store = stage.store
    handler = build_handler(
        store, Models(StatementClassifier(), FakeEmbedder(), EnglishDetector()), {}, clock
    )
    player = Player(corpus, handler, store.notes, store.customers, store.directory, clock)
    player.register()
    first, *_, last = [played for played in player.post() if played.record]
    assert first.record
    assert last.record
    replaced = InsightRelation(
        last.record.insights[0].id, Relation.SUPERSEDES, first.record.insights[0].id
    )
    store.notes.relate([replaced])

    settled = player.as_it_stands(first)
    assert settled.record
    assert settled.record.insights[0].belief is Belief.SUPERSEDED
    result = note_result(settled, [], {}, {c.id: c.name for c in store.customers.all(OPERATOR)})
    assert result.insights[0].belief == "superseded"


class StatementClassifier:
    """Takes every text for one statement."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        draft = InsightDraft(text, Facets(KnowledgeType.ABOUT))
        return Classification((draft,), "fake/1")


# --- a run ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a run printed, and what it wrote."""

    shown: str
    out: Path

    def rows(self, name: str) -> list[Row]:
        text = self.out.joinpath(name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]


@dataclass(frozen=True)
class Runs:
    """The same corpus with labels and without."""

    labelled: Ran
    bare: Ran


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("evaluation")
    with pytest.MonkeyPatch.context() as environment:
        for name in Settings.model_fields:
            environment.delenv(name.upper(), raising=False)
        with_labels = write(folder / "labelled", *labelled())
        return Runs(run(with_labels, folder / "out1"), run(write(folder / "bare"), folder / "out2"))


def run(corpus: Path, out: Path) -> Ran:
    return Ran(run_evaluation(corpus, out, use_model=False), out)


def test_a_run_writes_a_row_for_each_message_with_the_keys_promised(runs: Runs):
    """In the order of the corpus, customers by their registered names."""
    notes = runs.labelled.rows("notes.jsonl")
    assert [note["id"] for note in notes] == [note["id"] for note in NOTES]
    assert all(set(note) == NOTE_KEYS for note in notes)
    assert all(set(note["related"]) == set(related()) for note in notes)
    insights = [insight for note in notes for insight in note["insights"]]
    assert insights
    assert all(set(insight) == INSIGHT_KEYS for insight in insights)
    assert {name for insight in insights for name in insight["customers"]} == {
        "Novara Pharma",
        "Ostara",
        "Brenndal",
    }


def test_a_message_is_captured_when_it_gave_an_insight(runs: Runs):
    """And then it is known which classifier read it."""
    for note in runs.labelled.rows("notes.jsonl"):
        assert note["captured"] is bool(note["insights"])
        assert (note["classified_by"] is not None) is note["captured"]


def test_a_run_writes_a_row_for_each_question_with_the_keys_promised(runs: Runs):
    """And the whole text of the answer."""
    answers = {row["id"]: row for row in runs.labelled.rows("answers.jsonl")}
    assert set(answers) == {"q1", "q2"}
    assert all(set(row) == ANSWER_KEYS for row in answers.values())
    assert answers["q1"]["citations"] == ["t1"]
    assert answers["q1"]["retrieved"][0] == "t1"
    assert "too late to be of use" in answers["q1"]["text"]


def test_a_run_shows_nobody_what_they_may_not_see(runs: Runs):
    """Ben is no member of #pricing: neither cited, nor retrieved, nor in the text."""
    restricted = runs.labelled.rows("answers.jsonl")[1]
    assert restricted["abstained"] is True
    assert "t5" not in restricted["retrieved"]
    assert "7 percent" not in restricted["text"]


def test_a_run_says_what_it_ran_with_and_how_long_it_took(runs: Runs):
    """Figures without versions, models and a machine's time mean little."""
    said = json.loads((runs.labelled.out / "run.json").read_text(encoding="utf-8"))
    assert set(said) == {"versions", "models", "capture", "answers", "scores"}
    assert {"python", "earshot"} <= set(said["versions"])
    assert {"classifier", "embedder", "writer"} == set(said["models"])
    for phase in (said["capture"], said["answers"]):
        assert phase["seconds"] > 0
        assert phase["peak_mib"] > 0
    assert said["scores"]["abstention recall"] == 1.0


def test_a_run_prints_its_scores(runs: Runs):
    """A table that can be put into a document as it is."""
    assert "| captured recall |" in runs.labelled.shown
    assert "| abstention recall | 1.000 | 1 |" in runs.labelled.shown


def test_a_run_without_labels_scores_nothing(runs: Runs):
    """And says where it wrote what came out."""
    assert runs.bare.shown == f"No labels; wrote {runs.bare.out}"
    said = json.loads((runs.bare.out / "run.json").read_text(encoding="utf-8"))
    assert said["scores"] == {}


def test_labels_never_reach_what_is_measured(runs: Runs):
    """With labels and without, the same is understood and answered."""
    assert runs.labelled.rows("notes.jsonl") == runs.bare.rows("notes.jsonl")
    timeless = [
        [{**row, "ms": 0} for row in ran.rows("answers.jsonl")]
        for ran in (runs.labelled, runs.bare)
    ]
    assert timeless[0] == timeless[1]
