"""Sentence vectors from the weights that ship with the product."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from adapters.local_model import weights_files
from adapters.local_model.embedder import LocalEmbedder
from bot.errors import ModelUnavailable
from bot.ports import Embedder

# Made by the fp32 graph that `training/minilm_graph.py` builds of the published weights.
FP32_VECTORS = json.loads(Path(__file__).with_name("fp32_vectors.json").read_text("utf-8"))

STRANGE_TEXTS = {
    "empty": "",
    "one emoji": "🎉",
    "40 000 characters": "word " * 8_000,
    "one long word": "x" * 40_000,
    "lone surrogate and NUL": "a \ud800 b \x00 c",
    "other scripts": "これはテストです。 هذا اختبار",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
}


def test_it_is_an_embedder(embedder: LocalEmbedder) -> None:
    """The class fits the port."""
    port: Embedder = embedder
    assert port.dimensions == 384


def test_the_model_id_names_the_weights(embedder: LocalEmbedder) -> None:
    """Other weights give another id, so that their vectors are never compared."""
    assert embedder.model_id.endswith("@" + weights_files.pinned_sha256("minilm-int8.onnx")[:12])


def test_no_texts_give_no_vectors(embedder: LocalEmbedder) -> None:
    """An empty batch is no error."""
    assert embedder.embed([]) == []


@pytest.mark.parametrize("reference", FP32_VECTORS, ids=lambda reference: reference["text"][:20])
def test_int8_vectors_agree_with_fp32(
    embedder: LocalEmbedder, reference: dict[str, object]
) -> None:
    """Rounding the weights turns a vector by no more than a hair."""
    fp32 = np.array(reference["vector"])
    [vector] = embedder.embed([str(reference["text"])])
    assert fp32 @ vector / np.linalg.norm(fp32) > 0.98


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS.keys())
def test_any_text_gives_a_unit_vector(embedder: LocalEmbedder, text: str) -> None:
    """There is no text without a vector."""
    [vector] = embedder.embed([text])
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(embedder: LocalEmbedder) -> None:
    """The same text gives the same vector alone and among others, in order."""
    texts = ["short", "a much longer text about the price list for next year", "short"]
    together = embedder.embed(texts)
    alone = [embedder.embed([text])[0] for text in texts]
    assert np.array_equal(together, alone)


def test_texts_of_one_meaning_lie_closer_than_texts_of_two(embedder: LocalEmbedder) -> None:
    """A paraphrase without a shared word beats a sentence on something else."""
    question, paraphrase, other = embedder.embed(
        [
            "who can approve a purchase over there",
            "Denise signs every order at their site",
            "the shipment froze on the motorway",
        ]
    )
    assert question @ paraphrase > question @ other + 0.1


def test_only_the_first_256_tokens_count(embedder: LocalEmbedder) -> None:
    """What lies beyond is not read, so that a pasted book costs no more than a page."""
    page = "price " * 254
    assert np.array_equal(*embedder.embed([page, page + "and a complaint " * 2_000]))


def test_a_text_of_40_000_characters_is_quick(embedder: LocalEmbedder) -> None:
    """The longest message a platform sends takes less than half a second."""
    embedder.warm()
    started = perf_counter()
    embedder.embed(["a b c d, " * 4_500])
    assert perf_counter() - started < 0.5


def test_threads_may_share_it(embedder: LocalEmbedder) -> None:
    """Workers that embed at the same time get what one alone would get."""
    texts = [f"note number {number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(lambda text: embedder.embed([text])[0], texts))
    assert np.array_equal(shared, embedder.embed(texts))


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not the pinned one is never run."""
    monkeypatch.setattr(weights_files, "pinned_sha256", lambda _: "0" * 64)
    with pytest.raises(ModelUnavailable, match="damaged"):
        LocalEmbedder().warm()
