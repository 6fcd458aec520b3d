"""What every Retriever has to do."""

from datetime import date, timedelta

import numpy as np
import pytest

from bot.domain.answer import Expert, Hit, SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import Facets, InsightRelation
from bot.domain.people import Person
from bot.domain.taxonomy import Belief, KnowledgeType, Relation
from knowledge_store import Store
from tests.contract.stores import OPERATOR, StoreKit, W, insight, key, note
from tests.fakes import MONDAY

ANNA, BEN, CLEO = (Audience.of_person(W, name) for name in ("anna", "ben", "cleo"))


def towards(*weights: float) -> Vector:
    """A vector of unit length in three dimensions."""
    vector = np.array([*weights, 0.0, 0.0, 0.0][:3], dtype=np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def keep(
    store: Store,
    text: str,
    *,
    place: str = "open",
    author: str = "anna",
    customer: str | None = None,
    kind: KnowledgeType = KnowledgeType.ABOUT,
    days: int = 0,
    vector: Vector | None = None,
    model: str = "model-1",
    workspace: str = W,
) -> str:
    """Save a note with one insight; returns the insight's id."""
    customers = (store.customers.create(workspace, CustomerDraft(customer)).id,) if customer else ()
    of_text = insight(
        text,
        facets=Facets(kind),
        customer_ids=customers,
        vector=vector,
        vector_model=None if vector is None else model,
    )
    return (
        store.notes.save(
            note(
                text,
                of_text,
                at=key(f"{place}/{text[:60]}", place, workspace),
                author_id=author,
                posted_at=MONDAY + timedelta(days=days),
            )
        )
        .insights[0]
        .id
    )


def texts(hits: list[Hit]) -> list[str]:
    return [hit.note.text for hit in hits]


def search(store: Store, words: str, audience: Audience = ANNA, limit: int = 10) -> list[str]:
    return texts(store.retriever.search(SearchQuery(words), audience, limit))


# --- words --------------------------------------------------------------------------------------


def test_a_hit_brings_all_that_a_citation_needs(store: Store) -> None:
    """The note, the insight, where it was said, and scores within 0..1."""
    first = keep(store, "Novara will close its Lyon site", customer="Novara")
    keep(store, "Hollis closes nothing")
    hits = store.retriever.search(SearchQuery("When does Novara close Lyon?"), ANNA, 10)
    assert hits[0].insight.id == first
    assert hits[0].note.key == key("open/Novara will close its Lyon site")
    assert hits[0].conversation_name == "#open"
    assert len(hits[0].insight.customer_ids) == 1
    assert hits[0].score == hits[0].word_score == 1.0
    assert 0 < hits[1].word_score < 1
    assert hits[0].meaning_score is None


@pytest.mark.parametrize("words", ["closing", "CLOSES", "Größe", "GRÖSSE größe", "cafés", "Café"])
def test_words_are_found_in_other_forms(store: Store, words: str) -> None:
    """Whatever their case, their ending, their accents or how these were typed."""
    keep(store, "They will close the Cafe\u0301 for its Größe")
    assert len(search(store, words)) == 1


def test_any_word_of_the_question_is_enough(store: Store) -> None:
    """A question shares few words with what answers it."""
    keep(store, "Keller signs anything under 250k")
    assert search(store, "whose signature does the purchase need, Keller's?")


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '"unbalanced',
        "tags: c1",
        "search_text: lyon",
        "{tags} : novara",
        "NEAR(novara lyon)",
        "novara* AND NOT",
        "^novara - + ( ) ' ; DROP TABLE insights; --",
        "a\0b\ud83d",
        "😀",
        "* ",
        "",
        "%_\\",
        "café naïve 東京 हिन्दी العربية",
        "word " * 9_000,
    ],
)
def test_no_text_breaks_the_search(store: Store, words: str) -> None:
    """Whatever a person types is only ever words to look for."""
    keep(store, "Novara will close its Lyon site")
    hits = store.retriever.search(SearchQuery(words), ANNA, 10)
    assert texts(hits) in ([], ["Novara will close its Lyon site"])


def test_the_tags_of_a_customer_are_no_words(store: Store) -> None:
    """An id in a question finds nothing."""
    keep(store, "They close Lyon", customer="Novara")
    customer = store.customers.all(ANNA)[0]
    assert search(store, f"c{customer.id}") == []


def test_an_insight_is_found_by_its_search_text(store: Store) -> None:
    """Which says what the words of the note leave out."""
    store.notes.save(
        note("same here", insight("same here", search_text="Novara: same here, Lyon closes"))
    )
    assert search(store, "novara") == ["same here"]


def test_a_long_note_is_found_by_its_last_word(store: Store) -> None:
    """Forty thousand characters, all of them indexed."""
    keep(store, "padding " * 4_998 + "zebra")
    assert len(search(store, "zebra")) == 1


def test_an_edit_is_found_by_its_new_words_only(store: Store) -> None:
    """As soon as it is saved."""
    store.notes.save(note("Novara closes Lyon"))
    store.notes.save(note("Novara closes Paris", edited_at=MONDAY + timedelta(hours=1)))
    assert search(store, "lyon") == []
    assert search(store, "paris") == ["Novara closes Paris"]


# --- meaning ------------------------------------------------------------------------------------


def test_meaning_finds_what_words_do_not(store: Store) -> None:
    """By the cosine with the question, which each hit carries."""
    keep(store, "Novara closes Lyon", vector=towards(1, 0))
    keep(store, "Hollis pays late", vector=towards(0, 1))
    query = SearchQuery("factory shutdown", towards(3, 1))
    hits = store.retriever.search(query, ANNA, 10)
    assert texts(hits) == ["Novara closes Lyon", "Hollis pays late"]
    assert hits[0].meaning_score == pytest.approx(3 / 10**0.5, abs=1e-3)
    assert hits[0].word_score == 0


def test_words_and_meaning_count_half_each(store: Store) -> None:
    """First in both beats first in one."""
    keep(store, "Lyon site news", vector=towards(1, 1))
    keep(store, "Lyon", vector=towards(0, 1))
    keep(store, "site shutdown in Lyon", vector=towards(1, 0))
    hits = store.retriever.search(SearchQuery("site shutdown Lyon", towards(1, 0)), ANNA, 10)
    assert hits[0].note.text == "site shutdown in Lyon"
    assert hits[0].score == pytest.approx(1.0)
    assert hits[-1].score == pytest.approx(0.0, abs=0.5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_vectors_of_different_models_are_never_compared(store: Store) -> None:
    """Not even when they are of one length."""
    keep(store, "of the old model", vector=towards(1, 0), model="old")
    keep(store, "of the new model", vector=towards(1, 0), model="new")
    for model, expected in (("old", "old"), ("new", "new"), (None, "new")):
        query = SearchQuery("", towards(1, 0), vector_model=model)
        assert texts(store.retriever.search(query, ANNA, 10)) == [f"of the {expected} model"]


@pytest.mark.parametrize("vector", [towards(1, 0), np.ones(5, dtype=np.float32)])
def test_a_vector_that_nothing_compares_with_leaves_the_words(store: Store, vector: Vector) -> None:
    """After a change of the model, until everything is embedded anew."""
    keep(store, "Novara closes Lyon", vector=towards(1, 0), model="old")
    query = SearchQuery("lyon", vector, vector_model="new")
    assert texts(store.retriever.search(query, ANNA, 10)) == ["Novara closes Lyon"]


def test_what_was_saved_since_the_last_search_is_found(store: Store, kit: StoreKit) -> None:
    """Also when another process saved it; and a new understanding counts at once."""
    query = SearchQuery("", towards(1, 0))
    keep(store, "first", vector=towards(1, 1))
    assert texts(store.retriever.search(query, ANNA, 10)) == ["first"]

    other = StoreKit(kit.url).store
    keep(other, "second", vector=towards(1, 0))
    assert texts(store.retriever.search(query, ANNA, 10)) == ["second", "first"]

    second = other.notes.find(key("open/second"), ANNA)
    assert second is not None
    other.notes.replace_insights(
        second.note.id, [insight("second", vector=towards(0, 1), vector_model="model-1")]
    )
    assert texts(store.retriever.search(query, ANNA, 10)) == ["first", "second"]
    other.close()


# --- filters ------------------------------------------------------------------------------------


def test_filters_keep_what_they_name(store: Store) -> None:
    """Customer, type and days, by words and by meaning alike; both days are included."""
    keep(store, "Lyon one", customer="Novara", days=0, vector=towards(1, 0))
    keep(store, "Lyon two", customer="Novara", days=1, vector=towards(1, 0))
    keep(store, "Lyon three", customer="Hollis", days=2, vector=towards(1, 0))
    keep(store, "Lyon four", kind=KnowledgeType.FROM, days=3, vector=towards(1, 0))
    novara, hollis = (
        store.customers.create(W, CustomerDraft(name)).id for name in ("Novara", "Hollis")
    )
    monday = date(2026, 11, 9)

    def found(**filters: object) -> set[str]:
        by_words = store.retriever.search(SearchQuery("lyon", **filters), ANNA, 10)
        by_meaning = store.retriever.search(SearchQuery("", towards(1), **filters), ANNA, 10)
        assert set(texts(by_words)) == set(texts(by_meaning))
        return {text.removeprefix("Lyon ") for text in texts(by_words)}

    assert found(customer_ids=(novara,)) == {"one", "two"}
    assert found(customer_ids=(novara, hollis)) == {"one", "two", "three"}
    assert found(customer_ids=("unknown",)) == set()
    assert found(knowledge_types=(KnowledgeType.FROM,)) == {"four"}
    assert found(since=monday + timedelta(days=1)) == {"two", "three", "four"}
    assert found(until=monday + timedelta(days=1)) == {"one", "two"}
    assert found(customer_ids=(novara,), since=monday, until=monday) == {"one"}


def test_a_question_of_filters_alone_gives_the_newest(store: Store) -> None:
    """And one of nothing at all gives nothing."""
    keep(store, "older", customer="Novara", days=0)
    keep(store, "newer", customer="Novara", days=1)
    keep(store, "other", customer="Hollis", days=2)
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    hits = store.retriever.search(SearchQuery("", customer_ids=(novara,)), ANNA, 10)
    assert texts(hits) == ["newer", "older"]
    assert search(store, "") == []


def test_a_link_made_later_counts_in_the_filter(store: Store) -> None:
    """The index is in step with a correction."""
    keep(store, "Lyon closes")
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    record = store.notes.find(key("open/Lyon closes"), ANNA)
    assert record is not None
    query = SearchQuery("lyon", customer_ids=(novara,))
    assert store.retriever.search(query, ANNA, 10) == []
    store.notes.link_customer(record.note.id, novara, by_person_id="anna", at=MONDAY)
    assert len(store.retriever.search(query, ANNA, 10)) == 1


# --- walls --------------------------------------------------------------------------------------


def test_what_one_may_not_see_is_not_found(store: Store) -> None:
    """Neither by words nor by meaning, nor by who leads to it."""
    keep(store, "Lyon secret", place="board", author="ben", vector=towards(1, 0))
    keep(store, "Lyon desk", place="desk", vector=towards(1, 0))
    queries = SearchQuery("lyon"), SearchQuery("", towards(1, 0)), SearchQuery("x", towards(1))
    seen_by = {
        CLEO: set(),
        BEN: {"Lyon secret"},
        ANNA: {"Lyon secret", "Lyon desk"},
        OPERATOR: {"Lyon secret", "Lyon desk"},
        Audience.of_conversation(W, "open"): set(),
        Audience.of_conversation(W, "board"): {"Lyon secret"},
        Audience.of_person("workspace-2", "anna"): set(),
    }
    for audience, expected in seen_by.items():
        for query in queries:
            assert set(texts(store.retriever.search(query, audience, 10))) == expected
        assert bool(store.retriever.experts(SearchQuery("lyon"), audience, 10)) == bool(expected)


def test_walls_stand_before_the_ranking(store: Store) -> None:
    """Hundreds of better hits that one may not see do not push out the one that one may."""
    for number in range(120):
        keep(store, f"Lyon {number}", place="desk", vector=towards(1, 0))
    keep(store, "a long public text in which Lyon is but a word", vector=towards(1, 2))
    for query in (SearchQuery("lyon"), SearchQuery("", towards(1, 0))):
        assert len(store.retriever.search(query, CLEO, 1)) == 1


def test_a_hidden_note_is_not_found(store: Store) -> None:
    """By nobody, until its author takes the undo back."""
    keep(store, "Lyon closes", vector=towards(1, 0))
    store.notes.hide(key("open/Lyon closes"), at=MONDAY, reason="undone")
    for query in (SearchQuery("lyon"), SearchQuery("", towards(1, 0))):
        assert store.retriever.search(query, OPERATOR, 10) == []


def test_a_hit_says_what_to_believe(store: Store) -> None:
    """As its readers may know."""
    first, second = keep(store, "Lyon closes in May"), keep(store, "Lyon closes in June", days=1)
    store.notes.relate([InsightRelation(second, Relation.SUPERSEDES, first)])
    hits = store.retriever.search(SearchQuery("lyon"), CLEO, 10)
    assert {hit.insight.id: hit.insight.belief for hit in hits} == {
        first: Belief.SUPERSEDED,
        second: Belief.UNVERIFIED,
    }


def test_no_more_hits_come_than_asked_for(store: Store) -> None:
    """The best of them."""
    for number in range(5):
        keep(store, f"Lyon {'and more ' * number}")
    assert search(store, "lyon", limit=2) == search(store, "lyon", limit=10)[:2]


# --- experts ------------------------------------------------------------------------------------


def test_experts_are_who_wrote_most_on_the_customer(store: Store) -> None:
    """By number of visible notes, under the name in the directory."""
    store.directory.put_people([Person("ben", W, "Ben Okafor")])
    keep(store, "Novara one", customer="Novara", author="anna")
    keep(store, "Novara two", customer="Novara", author="ben")
    keep(store, "Novara three", customer="Novara", author="ben")
    keep(store, "Novara four", customer="Novara", author="cleo", place="desk")
    keep(store, "Hollis", customer="Hollis", author="dora")
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    query = SearchQuery("hollis", customer_ids=(novara,))
    assert store.retriever.experts(query, BEN, 10) == [
        Expert("ben", "Ben Okafor", 2),
        Expert("anna", "Anna", 1),
    ]
    assert len(store.retriever.experts(query, BEN, 1)) == 1


def test_experts_on_words_are_who_used_them(store: Store) -> None:
    """Where no customer is named; for no words there are none."""
    keep(store, "Blister packs jam", author="anna")
    keep(store, "Vials are late", author="ben")
    experts = store.retriever.experts(SearchQuery("who knows about blister packs?"), CLEO, 10)
    assert [expert.person_id for expert in experts] == ["anna"]
    assert store.retriever.experts(SearchQuery(""), CLEO, 10) == []
