"""Tombstones and retention: what was erased stays away, what is old goes."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.answer import Question
from bot.domain.audit import OPERATOR as BY_OPERATOR
from bot.domain.audit import AuditEvent
from bot.domain.customer import CustomerDraft
from bot.domain.erasure import ErasureKind, ErasureTarget
from bot.errors import ErasedBefore
from knowledge_store import Store
from knowledge_store.columns import AsJson, Words
from knowledge_store.erasure_masks import columns_of_words
from knowledge_store.erasure_steps import (
    KEPT_OF_A_WORKSPACE,
    PERSON_COLUMNS,
    PERSON_IN_ANOTHERS_ROW,
)
from knowledge_store.tables import Base
from tests.contract.stores import OPERATOR, StoreKit, W, insight, key, note
from tests.contract.test_inbox_outbox import message
from tests.fakes import MONDAY

ANNA = ErasureTarget(ErasureKind.PERSON, W, "anna")


def texts(store: Store, workspace: str = W) -> list[str]:
    from bot.domain.audience import Audience

    return [record.note.text for record in store.notes.all(Audience.operator(workspace))]


def test_an_erased_note_is_not_stored_again(kit: StoreKit, store: Store):
    """Neither as a redelivery nor by somebody who points at the message."""
    record = store.notes.save(note("Novara closes Lyon", at=key("9", "open")))
    target = ErasureTarget(ErasureKind.NOTE, W, record.note.id)
    assert store.erasures.erase(target, by=BY_OPERATOR).notes == 1
    with pytest.raises(ErasedBefore):
        store.notes.save(note("Novara closes Lyon", at=key("9", "open")))
    assert store.erasures.erase(target, by=BY_OPERATOR).nothing
    store.notes.save(note("Novara closes Nice", at=key("10", "open")))
    assert texts(store) == ["Novara closes Nice"]


def test_a_late_message_of_somebody_erased_is_not_even_accepted(kit: StoreKit, store: Store):
    """Nothing of it lies in the inbox; what they write afterwards does."""
    kit.clock.advance(minutes=1)
    store.erasures.erase(ANNA, by="anna")
    assert not store.inbox.accept(message("late"))
    assert store.inbox.waiting() == []


def test_of_another_workspace_nothing_goes(store: Store):
    """A person's id, a customer's and a note's count in their own workspace only."""
    record = store.notes.save(note("Ours", at=key("1", workspace="other")))
    customer = store.customers.create("other", CustomerDraft(name="Novara"))
    for target in (
        ANNA,
        ErasureTarget(ErasureKind.NOTE, W, record.note.id),
        ErasureTarget(ErasureKind.CUSTOMER, W, customer.id),
        ErasureTarget.of_workspace(W),
    ):
        store.erasures.erase(target, by=BY_OPERATOR)
    assert texts(store, "other") == ["Ours"]
    assert store.customers.named("Novara", OPERATOR.operator("other")) == (customer,)


def test_erased_stays_erased_when_a_backup_is_put_back(kit: StoreKit, tmp_path: Path):
    """By the tombstones that were known before; what came after the erasure stays."""
    other = StoreKit(f"sqlite:///{tmp_path / 'restored.db'}")
    for store in (kit.store, other.store):
        store.notes.save(note("Novara closes Lyon", at=key("1")))
    kit.clock.advance(minutes=1)
    kit.store.erasures.erase(ANNA, by="anna")

    again = other.store.erasures.apply_tombstones(kit.store.erasures.tombstones())

    assert again.notes == 1
    assert texts(other.store) == []
    (told,) = other.store.audit.entries(W)
    assert told.entry.event is AuditEvent.ERASED_AGAIN
    with pytest.raises(ErasedBefore):
        other.store.notes.save(note("Novara closes Lyon", at=key("1")))
    later = MONDAY + timedelta(days=1)
    other.store.notes.save(note("Novara is back", at=key("2"), posted_at=later))
    assert other.store.erasures.apply_tombstones(kit.store.erasures.tombstones()).nothing
    assert texts(other.store) == ["Novara is back"]
    other.store.close()


def test_the_file_beside_the_database_outlasts_it(tmp_path: Path):
    """The whole database can be lost: the file still knows what was erased. It holds no text."""
    lost = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    record = lost.store.notes.save(note("Novara closes Lyon"))
    lost.store.erasures.erase(ErasureTarget(ErasureKind.NOTE, W, record.note.id), by=BY_OPERATOR)
    known = lost.store.erasures.tombstones()
    lost.store.close()
    for file in tmp_path.glob("earshot.db*"):
        if not file.name.endswith(".erasures"):
            file.unlink()

    found = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    assert found.store.erasures.tombstones() == known
    assert "Lyon" not in (tmp_path / "earshot.db.erasures").read_text()
    assert (tmp_path / "earshot.db.erasures").stat().st_mode & 0o777 == 0o600
    found.store.close()


def test_a_customers_notes_go_and_stay_away(kit: StoreKit, store: Store):
    """Each note has a tombstone; one that also concerns another customer goes whole."""
    novara = store.customers.create(W, CustomerDraft(name="Novara"))
    brandvik = store.customers.create(W, CustomerDraft(name="Brandvik"))
    both = insight("Novara buys from Brandvik", customer_ids=(novara.id, brandvik.id))
    store.notes.save(note("Novara buys from Brandvik", both, at=key("1")))
    counts = store.erasures.erase(ErasureTarget(ErasureKind.CUSTOMER, W, novara.id), by=BY_OPERATOR)
    assert counts.notes == 1
    with pytest.raises(ErasedBefore):
        store.notes.save(note("Novara buys from Brandvik", both, at=key("1")))
    assert [one.name for one in store.customers.all(OPERATOR)] == ["Brandvik"]


def test_a_name_that_is_a_word_of_ours_breaks_nothing(store: Store):
    """A customer may be called Product: labels and ids are not words that somebody wrote."""
    product = store.customers.create(W, CustomerDraft(name="Product"))
    other = store.customers.create(W, CustomerDraft(name="Brandvik"))
    for words in "Brandvik asks for the product", "Brandvik wants the product":
        said = insight(words, customer_ids=(other.id,))
        store.notes.save(note(words, said, edited_at=MONDAY))
    store.erasures.erase(ErasureTarget(ErasureKind.CUSTOMER, W, product.id), by=BY_OPERATOR)
    assert texts(store) == ["Brandvik wants the [erased]"]
    assert list(store.learning.histories(OPERATOR))


def test_what_is_old_goes_and_the_rest_stays(kit: StoreKit, store: Store):
    """Notes and questions, of this workspace alone; a dry run changes nothing."""
    for number, days in (("1", 40), ("2", 5)):
        store.notes.save(note(number, at=key(number), posted_at=MONDAY - timedelta(days=days)))
        store.questions.save(_question(number, days), ())
    assert store.erasures.expire(W, 30, dry_run=True).notes == 1
    assert len(texts(store)) == 2

    store.erasures.set_retention(W, 30, by=BY_OPERATOR)
    counts = store.erasures.expire_all()

    assert (counts.notes, counts.questions) == (1, 1)
    assert texts(store) == ["2"]
    assert store.erasures.tombstones() == []
    store.erasures.set_retention(W, None, by=BY_OPERATOR)
    assert store.erasures.retention(W) is None


def _question(number: str, days: int) -> Question:
    at = MONDAY - timedelta(days=days)
    return Question(number, W, "open", None, "anna", "Why?", at, "en")


# --- what is added later -------------------------------------------------------------------------

NO_WORDS_OF_PEOPLE = {
    "name",
    "name_key",
    "aliases",
    "segment",
    "industry",
    "role",
    "time_zone",
    "channel",
    "permalink",
    "author_name",
    "topics",
    "dates",
    "classified_by",
    "tags",
    "space",
    "evidence",
    "old_facets",
    "new_facets",
    "language",
    "press_key",
    "delivery_key",
    "kind",
    "lane",
    "reference",
    "start",
    "workspace",
    "id",
    "key",
    "digest",
    "subject",
    "ids",
}
"""Ids, fixed words, and names of the records themselves, which go with them."""


def test_every_column_that_can_hold_words_is_decided():
    """Whoever adds a table says whether a name can stand in it: see `erasure_masks`."""
    undecided = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if "workspace" in table.c and table.name not in KEPT_OF_A_WORKSPACE
        for column in table.c
        if isinstance(column.type, Words | AsJson)
        and column not in columns_of_words(table)
        and not column.name.endswith(("_id", "_ids"))
        and column.name not in NO_WORDS_OF_PEOPLE
        and column.name not in PERSON_IN_ANOTHERS_ROW
    ]
    assert undecided == ["outbox.payload"]  # what waits to be sent is not sent


def test_every_table_goes_with_its_workspace(store: Store):
    """Each has the workspace, or hangs on a row that has, or is of no workspace at all."""
    of_none = {"installations", "install_states", "alembic_version"}
    tables = {t.name for t in Base.metadata.sorted_tables if "workspace" not in t.c}
    assert tables - of_none == set()


def test_every_column_that_names_a_person_is_decided():
    """A row that is a person's own goes with them; a person that a row needs is made nameless."""
    made_nameless = {
        "notes.author_id",  # the note goes
        "corrections.by_person_id",
        "stage_events.person_id",
        "wall_entries.person_id",  # stays: being forgotten opens no door
    }
    of_things = {
        "id",
        "note_id",
        "insight_id",
        "earlier_insight_id",
        "conversation_id",
        "message_id",
        "thread_id",
        "moment_id",
        "customer_id",
        "file_id",
        "question_id",
        "delivery_id",
        "subject_id",
        "team_id",
        "installation_id",
        "actor_id",
    }
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if column.name.endswith("_id")
        and column.name not in of_things
        and column.name not in PERSON_IN_ANOTHERS_ROW
        and (column.name not in PERSON_COLUMNS or table.name in {"stage_events", "wall_entries"})
    }
    found -= {"installations.bot_user_id", "installations.bot_id"}
    assert found == made_nameless
