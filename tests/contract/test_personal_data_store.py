"""Others than its contributor read a note with personal data masked, through every read."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.domain.answer import SearchQuery
from bot.domain.audience import Audience
from bot.domain.insight import ResolvedDate
from bot.domain.note import NoteRecord
from knowledge_store import Store
from tests.contract.stores import ABOUT, OPERATOR, W, insight, key, note

TEXT = "Pia Keller, born 14.03.1979, wants calls on +358 40 123 4567 by 12.12.2026"
MASKED = "Pia Keller, born [date of birth], wants calls on [phone] by 12.12.2026"
BORN = ResolvedDate("14.03.1979", date(1979, 3, 14), date(1979, 3, 14))
DUE = ResolvedDate("12.12.2026", date(2026, 12, 12), date(2026, 12, 12))
ANNA, BEN = (Audience.of_person(W, one) for one in ("anna", "ben"))
OPEN = Audience.of_conversation(W, "open")
UP = np.array([1.0, 0.0], dtype=np.float32)


@pytest.fixture
def saved(store: Store) -> NoteRecord:
    """Anna's note, stored before anything was masked in what it is found by."""
    told = insight(TEXT, dates=(BORN, DUE), vector=UP, vector_model="m", search_text=f"{TEXT}\n")
    return store.notes.save(note(TEXT, told, author_id="anna"))


def texts(record: NoteRecord | None) -> set[str]:
    assert record is not None
    return {record.note.text, *(one.statement for one in record.insights)}


@pytest.mark.parametrize(
    ("audience", "text"), [(ANNA, TEXT), (OPERATOR, TEXT), (BEN, MASKED), (OPEN, MASKED)]
)
def test_its_contributor_and_the_operator_read_it_whole(
    store: Store, saved: NoteRecord, audience: Audience, text: str
):
    """Anybody else a masked text; also everybody in a conversation that the contributor is in."""
    found = store.notes.get_insight(saved.insights[0].id, audience)
    assert found is not None
    query = SearchQuery("calls", UP, vector_model="m")
    (hit,) = store.retriever.search(query, audience, 5)
    reads = [
        store.notes.get(saved.note.id, audience),
        store.notes.find(key(), audience),
        *store.notes.thread(key(), audience),
        *store.notes.all(audience),
        *store.notes.latest(audience, 5),
        found[0],
    ]
    assert [texts(record) for record in reads] == [{text}] * len(reads)
    assert (hit.note.text, hit.insight.statement, found[1].statement) == (text,) * 3
    assert not hit.parent


def test_who_saved_it_reads_it_whole(store: Store):
    """They had it before them as it was written."""
    saved = store.notes.save(replace(note(TEXT, author_id="anna"), saved_by_id="ben"))
    assert texts(store.notes.get(saved.note.id, BEN)) == {TEXT}


def test_what_is_said_to_its_author_is_whole(store: Store, saved: NoteRecord):
    """Right after it was stored."""
    assert texts(saved) == {TEXT}


def test_a_date_that_is_masked_is_not_told_as_a_day(store: Store, saved: NoteRecord):
    """The others are."""
    seen = store.notes.get(saved.note.id, BEN)
    assert seen is not None
    assert seen.insights[0].dates == (DUE,)
    assert saved.insights[0].dates == (BORN, DUE)


def test_whoever_corrects_an_others_note_reads_it_masked(store: Store, saved: NoteRecord):
    """A correction is no way to read more."""
    changed = store.notes.change_insight(
        saved.insights[0].id,
        facets=ABOUT,
        customer_ids=(),
        contacts=(),
        by_person_id="ben",
        at=saved.note.posted_at,
    )
    assert changed.statement == MASKED
    assert texts(store.notes.get(saved.note.id, ANNA)) == {TEXT}


def test_what_it_replies_to_is_masked_for_everybody(store: Store):
    """Somebody else may have written that."""
    parent = "call Ben on +358 40 123 4567"
    told = insight("same here", search_text=f"same here\n{parent}")
    store.notes.save(note("same here", told, author_id="anna"))
    (hit,) = store.retriever.search(SearchQuery("same"), ANNA, 5)
    assert hit.parent == "call Ben on [phone]"


def test_what_is_stored_is_what_was_written(store: Store, saved: NoteRecord):
    """Only what is read is masked: an edit and a new understanding start from the original."""
    store.notes.replace_insights(saved.note.id, [insight(TEXT)])
    store.notes.save(note(f"{TEXT}, please", author_id="anna", edited_at=saved.note.posted_at))
    assert texts(store.notes.get(saved.note.id, OPERATOR)) == {f"{TEXT}, please"}
