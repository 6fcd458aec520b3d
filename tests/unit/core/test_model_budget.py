"""What models cost is bounded, and beyond the bound everybody is served as without a model."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.bootstrap.core import Models
from bot.bootstrap.models import build_budget, load_models
from bot.domain.spending import Allowance, Allowances, Limit, Payer
from bot.errors import ModelLimitReached, ModelUnavailable, StoreUnavailable
from bot.messages import WayIn
from bot.ports import Passage, RenderedPrompt
from bot.services.answer_writing import AnswerWriter
from bot.services.model_budget import (
    BudgetedEmbedder,
    BudgetedLanguageModel,
    ModelBudget,
    paid_by,
)
from bot.services.model_classification import FallbackClassifier, ModelClassifier, was_fallback
from bot.settings import Settings
from tests.fakes import FakeClassifier, FakeClock, FakeEmbedder, FakeLanguageModel
from tests.openai_server import OpenAiServer, completion
from tests.stage import ANNA, BEN, SALES, WORKSPACE, EnglishDetector, Stage, raise_curtain
from tests.unit.local_model.company import context

PLENTY = Allowance(10**9, 10**9)
PAYER = Payer(WORKSPACE, ANNA)
PROMPT = RenderedPrompt("test.v1", "s" * 400, "u" * 600)


class Answer(BaseModel):
    word: str


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


class Reached:
    """Remembers whose limit was reached."""

    def __init__(self) -> None:
        self.limits: list[Limit] = []

    def __call__(self, limit: Limit) -> None:
        self.limits.append(limit)


@pytest.fixture
def reached() -> Reached:
    return Reached()


def budget_of(stage: Stage, reached: Reached, **limits: Allowance) -> ModelBudget:
    most = Allowances(**{limit.value: limits.get(limit.value, PLENTY) for limit in Limit})
    return ModelBudget(stage.store.spending, most, stage.clock, reached)


class CountingModel:
    """Answers every call, and knows how many were on at once."""

    model_id = "fake/counting"

    def __init__(self, budget: list[ModelBudget] | None = None, tokens: int = 0) -> None:
        self.calls = 0
        self._lock = threading.Lock()
        self._budget, self._tokens = budget or [], tokens

    def complete(self, prompt: RenderedPrompt, schema: type[BaseModel]) -> BaseModel:
        with self._lock:
            self.calls += 1
        for budget in self._budget:
            budget.tokens_used(self._tokens)
        return schema(word="yes")


def test_fifty_parallel_calls_stay_within_the_limit(stage: Stage, reached: Reached) -> None:
    """Those beyond it are not made at all."""
    inner = CountingModel()
    model = BudgetedLanguageModel(inner, budget_of(stage, reached, person=Allowance(7, 10**9)))

    def ask(_: int) -> bool:
        with paid_by(PAYER):
            try:
                model.complete(PROMPT, Answer)
            except ModelLimitReached:
                return False
        return True

    with ThreadPoolExecutor(50) as pool:
        answered = list(pool.map(ask, range(50)))
    assert (inner.calls, answered.count(True)) == (7, 7)
    assert reached.limits == [Limit.PERSON] * 43


def test_tokens_are_what_the_server_counted(stage: Stage, reached: Reached) -> None:
    """Not what was reserved for the call, as long as it says so."""
    budgets: list[ModelBudget] = []
    budget = budget_of(stage, reached, person=Allowance(99, 20_000))
    budgets.append(budget)
    inner = CountingModel(budgets, tokens=5_000)
    model = BudgetedLanguageModel(inner, budget)
    with paid_by(PAYER):
        for _ in range(3):
            model.complete(PROMPT, Answer)
        with pytest.raises(ModelLimitReached):  # of 20 000 are 5 000 left, and a call may cost more
            model.complete(PROMPT, Answer)
    assert inner.calls == 3


def test_a_server_that_does_not_count_costs_what_texts_usually_do(
    stage: Stage, reached: Reached
) -> None:
    """A thousand characters are some 250 tokens; an outage does not spend the whole day's."""
    model = BudgetedLanguageModel(
        FakeLanguageModel(), budget_of(stage, reached, person=Allowance(99, 6_250))
    )
    with paid_by(PAYER):
        for _ in range(4):
            with pytest.raises(ModelUnavailable, match="no answer left"):
                model.complete(PROMPT, Answer)
        with pytest.raises(ModelLimitReached):
            model.complete(PROMPT, Answer)


def test_a_day_later_there_is_room_again(stage: Stage, reached: Reached) -> None:
    """By midnight UTC, wherever the server stands."""
    model = BudgetedLanguageModel(
        CountingModel(), budget_of(stage, reached, installation=Allowance(1, 10**9))
    )
    model.complete(PROMPT, Answer)
    with pytest.raises(ModelLimitReached):
        model.complete(PROMPT, Answer)
    stage.clock.advance(hours=24)
    model.complete(PROMPT, Answer)


def test_without_a_database_no_model_is_asked(stage: Stage, reached: Reached) -> None:
    """A cost that nobody can count is not caused; the work itself is tried again."""
    inner = CountingModel()
    model = BudgetedLanguageModel(inner, budget_of(stage, reached))
    with stage.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE model_spending RENAME TO gone")
    with pytest.raises(StoreUnavailable):
        model.complete(PROMPT, Answer)
    assert inner.calls == 0


def test_vectors_are_counted_as_well(stage: Stage, reached: Reached) -> None:
    """A remote embedder is paid by the token, too."""
    embedder = BudgetedEmbedder(
        FakeEmbedder(), budget_of(stage, reached, installation=Allowance(2, 10**9))
    )
    embedder.embed([Passage("vials")])
    embedder.embed_question("which vials?")
    with pytest.raises(ModelLimitReached):
        embedder.embed([Passage("vials")])
    with pytest.raises(ModelLimitReached):
        embedder.embed_question("which vials?")
    assert (embedder.model_id, embedder.dimensions) == ("fake/hashed-words", 64)


# --- through the handler --------------------------------------------------------------------------


NOTE = "Novara wants glass vials"
WRITTEN = {
    "nothing_known": False,
    "sentences": [{"text": "Novara wants glass vials.", "citations": [1]}],
}


def staged(folder: Path, writer: AnswerWriter | None) -> Stage:
    classifier = FakeClassifier()
    models = Models(classifier, FakeEmbedder(), EnglishDetector(), writer)
    stage = raise_curtain(folder, models=models)
    stage.classifier = classifier
    stage.customer("Novara Pharma", "Novara")
    return stage


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Stage]:
    """A store to count in."""
    (tmp_path / "bank").mkdir()
    bank = raise_curtain(tmp_path / "bank")
    yield bank
    bank.store.close()


def test_beyond_the_limit_the_answer_is_that_without_a_model(
    tmp_path: Path, bank: Stage, reached: Reached
) -> None:
    """The same to the letter: nobody is told of a failure, or that nothing is known."""
    budget = budget_of(bank, reached, person=Allowance(1, 10**9))
    model = FakeLanguageModel(WRITTEN, WRITTEN)
    replies = []
    for name, writer in (
        ("limited", AnswerWriter(BudgetedLanguageModel(model, budget))),
        ("without", None),
    ):
        (tmp_path / name).mkdir()
        stage = staged(tmp_path / name, writer)
        stage.note(ANNA, NOTE, way_in=WayIn.MENTION, where=SALES)
        first = stage.ask(ANNA, "which vials does Novara want?")
        replies.append((first, stage.ask(ANNA, "what does Novara want?")))
        if writer:
            assert "[1]" in stage.ask(BEN, "what does Novara want?").plain_text  # his own limit
        stage.store.close()
    (written, limited), (quoted, without) = replies
    assert written.blocks != quoted.blocks
    assert limited.blocks == without.blocks
    assert reached.limits == [Limit.PERSON]


def test_beyond_the_limit_a_note_is_read_locally(
    tmp_path: Path, bank: Stage, reached: Reached
) -> None:
    """And is marked to be read again; each person who speaks pays for themselves."""
    model = FakeLanguageModel()
    budget = budget_of(bank, reached, person=Allowance(1, 10**9))
    first = ModelClassifier(BudgetedLanguageModel(model, budget))
    classifier = FakeClassifier()
    models = Models(FallbackClassifier(first, classifier), FakeEmbedder(), EnglishDetector())
    stage = raise_curtain(tmp_path, models=models)
    stage.classifier = classifier
    for person in (ANNA, ANNA, BEN):
        stage.note(person, NOTE)
    assert len(model.prompts) == 2
    assert reached.limits == [Limit.PERSON]
    read_by = [i.classified_by for record in stage.notes() for i in record.insights]
    assert len(read_by) == 3
    assert all(map(was_fallback, read_by))
    stage.store.close()


@pytest.mark.slow
def test_the_settings_bound_what_is_asked_of_a_server(bank: Stage, reached: Reached) -> None:
    """As a process is put together, with the server's own figures."""
    with OpenAiServer(respond=lambda _: completion({"insights": []}, usage=(900, 100))) as server:
        settings = Settings(
            openai_api_key="sk-test",
            openai_base_url=server.url,
            earshot_model_tokens_per_day=9_500,
        )
        models = load_models(settings, None, build_budget(settings, bank.store, reached))
        read = [models.classifier.classify("Novara wants vials", context()) for _ in range(9)]
        asked = len(server.received)
    local = [one for one in read if was_fallback(one.classified_by)]
    assert 1 <= asked <= 4
    assert len(local) == 9 - asked
    assert set(reached.limits) == {Limit.INSTALLATION}


def test_the_clock_decides_the_day() -> None:
    """A clock of another zone makes no other day."""
    days = []

    class Recording:
        def reserve(self, payer: Payer, day: object, tokens: int, most: Allowances) -> None:
            days.append(day)

        def settle(self, payer: Payer, day: object, difference: int) -> None:
            days.append(day)

    clock = FakeClock()
    clock.advance(hours=15, minutes=30)  # 00:30 of the next day at +02:00
    most = Allowances(PLENTY, PLENTY, PLENTY)
    BudgetedLanguageModel(CountingModel(), ModelBudget(Recording(), most, clock)).complete(
        PROMPT, Answer
    )
    assert [str(day) for day in days] == ["2026-11-09"] * 2
