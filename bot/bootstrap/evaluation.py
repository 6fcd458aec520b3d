"""An evaluation run: a fresh store, the models, the player, and what it writes."""

import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from bot.bootstrap.core import Models, build_handler
from bot.bootstrap.models import load_models
from bot.domain.audience import Audience
from bot.errors import SettingsInvalid
from bot.evaluation.corpus import Corpus, read_corpus
from bot.evaluation.play import CHANNEL, WORKSPACE, DirectoryRoster, PlayedClock, Player
from bot.evaluation.rows import AnswerResult, NoteResult, answer_result, note_result
from bot.evaluation.scores import as_mapping, score, table
from bot.services.personal_data import masked
from bot.settings import Settings, read_settings

_PACKAGES = ("earshot", "dbos", "onnxruntime", "sqlalchemy", "tokenizers")


class Phase(BaseModel):
    """How long a part of the run took, and the process's peak memory by its end."""

    seconds: float
    p50_ms: float
    p99_ms: float
    peak_mib: float


class Run(BaseModel):
    """What `run.json` holds."""

    versions: dict[str, str]
    models: dict[str, str]
    capture: Phase
    answers: Phase
    scores: dict[str, float]


def run_evaluation(corpus_folder: Path, out: Path, *, use_model: bool) -> str:
    """Play, write the rows, and return the score table (empty without labels)."""
    settings = _settings(use_model)
    corpus = read_corpus(corpus_folder)
    out.mkdir(parents=True, exist_ok=True)
    models = load_models(settings)
    with tempfile.TemporaryDirectory() as folder:
        notes, capture, answers, answering = _play(corpus, models, Path(folder))
    _write_lines(out / "notes.jsonl", notes)
    _write_lines(out / "answers.jsonl", answers)
    scores = score(corpus, notes, answers)
    run = Run(
        versions={"python": sys.version.split()[0], **{name: version(name) for name in _PACKAGES}},
        models={
            "classifier": next((n.classified_by for n in notes if n.classified_by), "none"),
            "embedder": models.embedder.model_id,
            "writer": models.writer.name if models.writer else "quotes",
        },
        capture=capture,
        answers=answering,
        scores=dict(as_mapping(scores)),
    )
    (out / "run.json").write_text(run.model_dump_json(indent=2), encoding="utf-8")
    return table(scores) if scores else f"No labels; wrote {out}"


def _settings(use_model: bool) -> Settings:
    settings = read_settings()
    if not use_model:
        return settings.model_copy(update={"openai_api_key": None})
    if settings.openai_api_key is None:
        raise SettingsInvalid("--model openai needs OPENAI_API_KEY")
    return settings


def _play(
    corpus: Corpus, models: Models, folder: Path
) -> tuple[list[NoteResult], Phase, list[AnswerResult], Phase]:
    from adapters.inline_jobs import InlineJobs
    from knowledge_store import migrate, open_engine, open_store

    clock = PlayedClock(corpus.notes[0].posted_at)
    engine = open_engine(f"sqlite:///{folder / 'evaluation.db'}")
    migrate(engine)
    store = open_store(engine, InlineJobs(), clock=clock, mask=masked)
    rosters = {CHANNEL: DirectoryRoster(store.directory)}
    handler = build_handler(store, models, rosters, clock)
    player = Player(corpus, handler, store.notes, store.customers, store.directory, clock)
    player.register()
    operator = Audience.operator(WORKSPACE)
    names = {customer.id: customer.name for customer in store.customers.all(operator)}

    started = time.perf_counter()
    posted = list(player.post())
    capture = _phase(started, [played.seconds for played in posted])
    played_notes = [player.as_it_stands(played) for played in posted]
    note_of_insight = {
        insight.id: played.row.id
        for played in played_notes
        if played.record
        for insight in played.record.insights
    }
    notes = [
        note_result(
            played,
            player.relations(played.record) if played.record else [],
            note_of_insight,
            names,
        )
        for played in played_notes
    ]
    started = time.perf_counter()
    played_questions = list(player.ask())
    answering = _phase(started, [played.seconds for played in played_questions])
    store.close()
    return notes, capture, [answer_result(played) for played in played_questions], answering


def _phase(started: float, each: list[float]) -> Phase:
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ordered = sorted(each) or [0.0]
    return Phase(
        seconds=round(time.perf_counter() - started, 2),
        p50_ms=round(ordered[len(ordered) // 2] * 1000, 1),
        p99_ms=round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000, 1),
        peak_mib=round(peak_kib / 1024, 1),
    )


def _write_lines(path: Path, rows: Iterable[BaseModel]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(f"{row.model_dump_json()}\n")
