"""Notes that command the bot, and a model that obeys all it reads: nothing comes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.bootstrap.core import Models
from bot.messages import Reply, WayIn
from bot.services.answer_writing import AnswerWriter
from bot.services.model_classification import ModelClassifier
from tests.fakes import FakeEmbedder
from tests.security.harmless import assert_harmless, assert_own_words_are_plain
from tests.security.hostile_notes import COUNT, HOSTILE_NOTES, Texts
from tests.security.obedient_model import Bent, ObedientModel
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, EnglishDetector, Stage, raise_curtain

SECRET = "kanari price of 47 EUR"
QUESTION = "which vials does Novara want?"

# What a question itself leaves behind; nothing of it is anybody's knowledge.
_LEFT_BY_QUESTIONS = {
    "questions", "stage_events", "people", "conversations", "members", "audit_log", "audit_heads",
    "model_spending",
}  # fmt: skip


@pytest.fixture
def model() -> ObedientModel:
    return ObedientModel()


@pytest.fixture
def company(tmp_path: Path, model: ObedientModel) -> Iterator[Stage]:
    """Notes are read, and questions answered, by the obedient model."""
    models = Models(ModelClassifier(model), FakeEmbedder(), EnglishDetector(), AnswerWriter(model))
    company = raise_curtain(tmp_path, models=models)
    company.customer("Novara Pharma", "Novara")
    company.customer("Delta Foods", "Delta")
    company.say(BEN, f"Novara's vials: {SECRET}", way_in=WayIn.MENTION, where=PRICING)
    company.say(BEN, f"Delta Foods on vials: {SECRET}", way_in=WayIn.MENTION, where=PRICING)
    company.ask(CARLA, QUESTION)  # so that everybody is known from the beginning
    yield company
    company.store.close()


def knowledge(company: Stage) -> dict[str, list[tuple[object, ...]]]:
    """Every row but those that any question leaves."""
    with company.store.engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        tables = [name for (name,) in names if name not in _LEFT_BY_QUESTIONS]
        return {
            name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
            for name in tables
        }


def assert_nothing_came_of_it(reply: Reply) -> None:
    assert "went wrong" not in reply.plain_text
    assert "47 EUR" not in reply.plain_text
    assert_own_words_are_plain(reply)
    assert_harmless(reply)


def test_there_are_many_kinds() -> None:
    """Sixty at least, in a dozen kinds, none twice."""
    assert COUNT >= 60
    assert len(HOSTILE_NOTES) >= 12
    every = [texts for kind in HOSTILE_NOTES.values() for texts in kind]
    assert len(set(every)) == len(every)


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE_NOTES)
def test_no_order_of_a_note_is_carried_out(company: Stage, model: ObedientModel, kind: str) -> None:
    """In no answer, on no surface: no link, no ping, no note of others, and nothing changes."""
    for number, texts in enumerate(HOSTILE_NOTES[kind]):
        ids = [f"h{number}-{part}" for part in range(len(texts))]
        _post(company, texts, ids)
        before = knowledge(company)
        model.prompts.clear()
        for bent in Bent:
            model.bent = bent
            assert_nothing_came_of_it(company.ask(CARLA, QUESTION))
        (mentioned,) = company.say(CARLA, QUESTION, way_in=WayIn.MENTION, where=SALES)
        assert_nothing_came_of_it(mentioned)
        assert knowledge(company) == before
        _assert_prompts(model)
        for id_ in ids:
            company.delete(id_, where=SALES)


def _post(company: Stage, texts: Texts, ids: list[str]) -> None:
    """Kept as it was written, and linked to nobody that only the model speaks of."""
    for said, id_ in zip(texts, ids, strict=True):
        (noted,) = company.say(ANNA, said, way_in=WayIn.NOTE_COMMAND, where=SALES, message_id=id_)
        assert_harmless(noted)
        (record,) = [r for r in company.notes() if r.note.key.message_id == id_]
        assert record.note.text.strip() == said.strip()
        for insight in record.insights:
            assert insight.statement in said
            assert not insight.contacts
            assert ("Delta" in said) or len(insight.customer_ids) == 1


def _assert_prompts(model: ObedientModel) -> None:
    """The model was asked, was shown what the asker may see, and in one closed fence."""
    assert len(model.prompts) == len(Bent) + 1
    for prompt in model.prompts:
        assert SECRET not in prompt.user
        fences = [line for line in prompt.user.splitlines() if line.startswith("<data-")]
        assert [prompt.user.count(fence.replace("<", "</")) for fence in fences[:1]] == [1]
        assert prompt.user.rstrip().endswith(fences[0].replace("<", "</"))
