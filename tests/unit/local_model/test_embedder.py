"""Questions and passages, made alike by the weights that ship with the product."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from adapters.local_model import weights_files
from adapters.local_model.embedder import MODEL_FILE, LocalEmbedder
from bot.errors import ModelUnavailable
from bot.ports import Embedder, Passage
from tests.unit.local_model.company import BRIXHOLM, NOVARA

STRANGE_TEXTS = {
    "empty": "",
    "one emoji": "🎉",
    "40 000 characters": "word " * 8_000,
    "one long word": "x" * 40_000,
    "lone surrogate and NUL": "a \ud800 b \x00 c",
    "other scripts": "これはテストです。 هذا اختبار",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "the tokenizer's own signs": "</s> <unk> <s> <pad>",
}


def likeness(embedder: LocalEmbedder, question: str, *passages: Passage) -> list[float]:
    """How near each passage lies to the question."""
    asked = embedder.embed_question(question)
    return [float(asked @ vector) for vector in embedder.embed(passages)]


def test_it_is_an_embedder(embedder: LocalEmbedder) -> None:
    """The class fits the port."""
    port: Embedder = embedder
    assert port.dimensions == 384


def test_the_model_id_names_the_weights(embedder: LocalEmbedder) -> None:
    """Other weights give another id, so that their vectors are never compared."""
    assert embedder.model_id.endswith("@" + weights_files.pinned_sha256(MODEL_FILE)[:12])


def test_no_passages_give_no_vectors(embedder: LocalEmbedder) -> None:
    """An empty batch is no error."""
    assert embedder.embed([]) == []


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS.keys())
def test_any_text_gives_a_unit_vector(embedder: LocalEmbedder, text: str) -> None:
    """Whether stated, replied to or asked, there is no text without a vector."""
    vectors = [
        *embedder.embed([Passage(text), Passage("same here", parent=text)]),
        embedder.embed_question(text),
        embedder.embed_question("and then?", text),
    ]
    for vector in vectors:
        assert vector.shape == (384,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(embedder: LocalEmbedder) -> None:
    """The same statement gives the same vector alone and among others, in order."""
    passages = [
        Passage("short"),
        Passage("a much longer text about the price list for next year", "which one?", (NOVARA,)),
        Passage("short"),
    ]
    together = embedder.embed(passages)
    alone = [embedder.embed([passage])[0] for passage in passages]
    assert np.array_equal(together, alone)
    assert not np.allclose(together[0], together[1])


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (
            "who can approve a purchase over there?",
            "Denise signs every order at their site",
            "the shipment froze on the motorway",
        ),
        (
            "what do they think of our reports?",
            "Petra is annoyed that our deviation write-ups always arrive after the batch is gone",
            "Petra will bring two colleagues to the audit in March",
        ),
        (
            "miksi ne vaihtavat toimittajaa?",
            "They are switching to another supplier because our lead time is too long",
            "They celebrated fifty years with a big party at the plant",
        ),
        (
            "kuka päättää hankinnoista?",
            "Denise signs every purchase order, nobody else is allowed to",
            "The shipment froze on the motorway and half of it had to be thrown away",
        ),
        (
            "wer entscheidet dort über neue Lieferanten?",
            "Their head of procurement has the last word on suppliers",
            "Their new filling line makes 400 bottles a minute",
        ),
    ],
)
def test_a_question_lies_nearer_to_the_note_that_answers_it(
    embedder: LocalEmbedder, question: str, answer: str, other: str
) -> None:
    """Without a shared word, and across languages."""
    right, wrong = likeness(embedder, question, Passage(answer), Passage(other))
    assert right > wrong


def test_a_statement_is_found_by_its_customer_s_industry(embedder: LocalEmbedder) -> None:
    """Nobody writes what a customer makes into every note on it."""
    dairy = replace(BRIXHOLM, name="Brixholm", industry="dairy products")
    shipping = replace(NOVARA, name="Novara", industry="ocean freight")
    words = "they want a discount for next year"
    found = Passage(words, customers=(dairy,))
    for question in ("what do the cheese makers want?", "which milk producers ask for a rebate?"):
        right, wrong = likeness(embedder, question, found, Passage(words, customers=(shipping,)))
        assert right > wrong


def test_a_reply_is_found_by_what_it_agrees_with(embedder: LocalEmbedder) -> None:
    """`Same here` alone says nothing."""
    right, wrong = likeness(
        embedder,
        "who complains about crushed pallets?",
        Passage("same here", parent="the pallets arrived crushed again, they are furious"),
        Passage("same here", parent="the plant manager retires in June"),
    )
    assert right > wrong


def test_a_follow_up_is_read_with_the_question_before_it(embedder: LocalEmbedder) -> None:
    """`And who decides on it?` leans on what was asked."""
    answer = Passage("Denise signs off on new packaging material herself")
    [vector] = embedder.embed([answer])
    alone = embedder.embed_question("and who decides on that?")
    leaning = embedder.embed_question(
        "and who decides on that?", "which packaging material do they want?"
    )
    assert float(leaning @ vector) > float(alone @ vector)


def test_only_the_first_tokens_count(embedder: LocalEmbedder) -> None:
    """What lies beyond is not read, so that a pasted book costs no more than a page."""
    page = "price " * 192
    longer = page + "and a complaint " * 2_000
    short, long = embedder.embed([Passage(page), Passage(longer)])
    assert np.array_equal(short, long)
    assert np.array_equal(embedder.embed_question(page), embedder.embed_question(longer))


def test_a_text_of_40_000_characters_is_quick(embedder: LocalEmbedder) -> None:
    """The longest message a platform sends takes less than half a second."""
    embedder.warm()
    started = perf_counter()
    embedder.embed([Passage("a b c d, " * 4_500, parent="e f g h, " * 4_500)])
    assert perf_counter() - started < 0.5


def test_threads_may_share_it(embedder: LocalEmbedder) -> None:
    """Workers that embed at the same time get what one alone would get."""
    passages = [Passage(f"note number {number}") for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(lambda one: embedder.embed([one])[0], passages))
    assert np.array_equal(shared, embedder.embed(passages))


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not the pinned one is never run."""
    monkeypatch.setattr(weights_files, "pinned_sha256", lambda _: "0" * 64)
    with pytest.raises(ModelUnavailable, match="damaged"):
        LocalEmbedder().warm()
