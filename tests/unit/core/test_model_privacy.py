"""No more goes to a remote model than the workspace lets go, whatever is asked of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.bootstrap.models import load_models, model_use_of
from bot.domain.insight import Facets, InsightDraft
from bot.domain.model_use import ModelUse
from bot.domain.spending import Payer
from bot.domain.taxonomy import KnowledgeType
from bot.errors import ModelNotWanted
from bot.messages import WayIn
from bot.ports import Classification, NoteContext, Passage, RenderedPrompt
from bot.services.model_budget import paid_by
from bot.services.model_classification import FallbackClassifier, ModelClassifier, was_fallback
from bot.services.model_privacy import PrivateEmbedder, PrivateLanguageModel, UseOf, decided_by
from bot.settings import Settings
from tests.fakes import FakeClassifier, FakeEmbedder, FakeLanguageModel
from tests.openai_server import Answer, OpenAiServer, Received, completion, embeddings
from tests.stage import ANNA, BEN, SALES, WORKSPACE, Stage, raise_curtain
from tests.unit.local_model.company import context

PHONE, MAIL, BORN = "+358 40 123 4567", "pia@mail.example", "14.03.1979"
NOTE = f"Novara says call Pia on {PHONE} or write to {MAIL}, she is born {BORN}"
PROMPT = RenderedPrompt("test.v1", f"of {MAIL}", f"call {PHONE}")
OFF, REDACTED, FULL = ModelUse


class Word(BaseModel):
    word: str


def always(use: ModelUse) -> UseOf:
    return lambda _: use


# --- the door -------------------------------------------------------------------------------------


def test_a_prompt_is_masked_before_it_leaves() -> None:
    """Both of its parts."""
    model = FakeLanguageModel({"word": "yes"})
    answer = PrivateLanguageModel(model, always(REDACTED)).complete(PROMPT, Word)
    assert answer == Word(word="yes")
    assert model.prompts == [RenderedPrompt("test.v1", "of [email]", "call [phone]")]


def test_whoever_lets_everything_go_has_it_told_as_it_was_written() -> None:
    """To the letter."""
    model = FakeLanguageModel({"word": "yes"})
    PrivateLanguageModel(model, always(FULL)).complete(PROMPT, Word)
    assert model.prompts == [PROMPT]


def test_what_vectors_are_made_of_is_masked_too() -> None:
    """A statement, what it replies to, a question and the one before it."""
    embedder = FakeEmbedder()
    private = PrivateEmbedder(embedder, always(REDACTED))
    private.embed([Passage(f"call {PHONE}", parent=f"write to {MAIL}")])
    private.embed_question(f"who has {PHONE}?", f"and {MAIL}?")
    assert embedder.passages == [Passage("call [phone]", parent="write to [email]")]
    assert embedder.questions == [("who has [phone]?", "and [email]?")]


def test_where_none_is_wanted_none_is_called() -> None:
    """Neither of them, for anything."""
    model, embedder = FakeLanguageModel({"word": "yes"}), FakeEmbedder()
    private = PrivateEmbedder(embedder, always(OFF))
    with pytest.raises(ModelNotWanted):
        PrivateLanguageModel(model, always(OFF)).complete(PROMPT, Word)
    with pytest.raises(ModelNotWanted):
        private.embed([Passage("Novara")])
    with pytest.raises(ModelNotWanted):
        private.embed_question("Novara?")
    assert (model.prompts, embedder.calls) == ([], 0)


def test_each_workspace_decides_for_itself(stage: Stage) -> None:
    """From the next call on; the default is for who decided nothing."""
    settings = stage.store.workspace_settings
    model = FakeLanguageModel(*[{"word": "yes"}] * 2)
    private = PrivateLanguageModel(model, decided_by(settings, REDACTED))
    settings.set_model_use(WORKSPACE, FULL, by="operator")
    for workspace in (WORKSPACE, "slack-T2"):
        with paid_by(Payer(workspace)):
            private.complete(PROMPT, Word)
    settings.set_model_use(WORKSPACE, OFF, by="operator")
    with paid_by(Payer(WORKSPACE)), pytest.raises(ModelNotWanted):
        private.complete(PROMPT, Word)
    assert [PHONE in prompt.user for prompt in model.prompts] == [True, False]


def test_words_of_nobody_knows_whom_stay_here(stage: Stage) -> None:
    """A call that no workspace can have decided on is not made."""
    model = FakeLanguageModel({"word": "yes"})
    private = PrivateLanguageModel(model, decided_by(stage.store.workspace_settings, FULL))
    with pytest.raises(ModelNotWanted):
        private.complete(PROMPT, Word)
    assert model.prompts == []


# --- what a model reads masked --------------------------------------------------------------------


def test_a_statement_that_a_model_read_masked_is_the_notes_own() -> None:
    """What is kept is what was written, not what the model was told."""
    statement = "call Pia on [phone] or write to [email]"
    insight = {"statement": statement, "knowledge_type": "about", "process_stage": "acquisition"}
    model = FakeLanguageModel({"insights": [insight]})
    classifier = ModelClassifier(PrivateLanguageModel(model, always(REDACTED)))
    (draft,) = classifier.classify(NOTE, context()).insights
    assert draft.statement == f"call Pia on {PHONE} or write to {MAIL}"
    assert PHONE not in model.prompts[0].user


def test_without_a_model_the_local_one_reads_and_nothing_is_to_be_read_again() -> None:
    """Nothing failed: it was decided so."""
    local = FakeClassifier()
    local.answers.append(Classification((InsightDraft("x", Facets(KnowledgeType.FROM)),), "own/1"))
    model = ModelClassifier(PrivateLanguageModel(FakeLanguageModel(), always(OFF)))
    read = FallbackClassifier(model, local).classify("x", context())
    assert read.classified_by == "own/1"
    assert not was_fallback(read.classified_by)


# --- the whole product beside a server that keeps everything ---------------------------------------  # noqa: E501


class Echo:
    """Says back all that it was told, and keeps it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def __call__(self, received: Received) -> Answer:
        told = json.dumps(received.body, ensure_ascii=False)
        self.bodies.append(told)
        if received.path.endswith("embeddings"):
            texts = received.body["input"]
            return embeddings(*[[0.6, 0.8]] * (len(texts) if isinstance(texts, list) else 1))
        insight = {"statement": "", "knowledge_type": "from", "process_stage": "acquisition"}
        sentence = {"text": told[:300], "citations": [1]}
        return completion(
            {"insights": [insight], "sentences": [sentence], "nothing_known": False, "why": told}
        )


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def company(
    echo: Echo, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """The product put together as in production, with a key and a remote embedding model."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "second").mkdir()
    with OpenAiServer(respond=echo) as server:
        settings = Settings(
            openai_api_key="sk-test", openai_base_url=server.url, earshot_embedding_model="small"
        )
        models = load_models(settings, use_of=model_use_of(settings, stage.store))
        whole = raise_curtain(tmp_path / "second", models=models)
        whole.customer("Novara")
        yield whole
        whole.store.close()


def work_through(company: Stage) -> None:
    """Every way of words to a model: notes, a thread, an edit, questions, and reading again."""
    for number, way_in in enumerate((WayIn.NOTE_COMMAND, WayIn.MENTION)):
        company.say(ANNA, NOTE, where=SALES, way_in=way_in, message_id=f"n{number}")
    company.say(BEN, f"same here, {MAIL}", where=SALES, thread="n0", way_in=WayIn.MENTION)
    company.edit(ANNA, "n0", f"{NOTE}, or 0171 2345678", where=SALES)
    for asker in (ANNA, BEN):
        company.ask(asker, f"How do I call Pia at Novara, is it {PHONE}?")
        company.ask(asker, f"and {MAIL}?")
    (record, *_) = company.notes()
    with paid_by(Payer(WORKSPACE)):
        company.handler.capture.read_again(record, company.roster.conversations[SALES])


@pytest.mark.slow
def test_a_server_is_told_nothing_personal(company: Stage, echo: Echo) -> None:
    """Unless somebody decided otherwise; it is told the rest, and what it echoes holds none."""
    work_through(company)
    told = "\n".join(echo.bodies)
    assert len(echo.bodies) > 6
    assert "Novara says call Pia on [phone]" in told
    assert not any(secret in told for secret in (PHONE, MAIL, BORN, "0171"))


@pytest.mark.slow
def test_a_server_is_told_nothing_where_none_is_wanted(
    company: Stage, echo: Echo, stage: Stage
) -> None:
    """Though there is a key: notes are read and questions answered all the same."""
    stage.store.workspace_settings.set_model_use(WORKSPACE, OFF, by="operator")
    work_through(company)
    assert echo.bodies == []
    assert len(company.notes()) >= 2


@pytest.mark.slow
def test_a_server_is_told_all_where_that_is_wanted(
    company: Stage, echo: Echo, stage: Stage
) -> None:
    """As it was written."""
    stage.store.workspace_settings.set_model_use(WORKSPACE, FULL, by="operator")
    work_through(company)
    assert PHONE in "\n".join(echo.bodies)


def test_a_context_of_a_thread_is_in_the_prompt_that_is_masked() -> None:
    """What others wrote before is told a model as well."""
    model = FakeLanguageModel({"insights": []})
    known = context()
    thread = NoteContext(
        author_name=known.author_name,
        conversation_name=known.conversation_name,
        posted_at=known.posted_at,
        thread=(NOTE,),
    )
    ModelClassifier(PrivateLanguageModel(model, always(REDACTED))).classify("same here", thread)
    assert "call Pia on [phone]" in model.prompts[0].user
    assert MAIL not in model.prompts[0].user
