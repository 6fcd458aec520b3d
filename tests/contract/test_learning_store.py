"""What every LearningStore has to do: keep what classifiers said beside what people say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.insight import BY_PERSON, Facets
from bot.domain.note import NoteRecord
from bot.domain.reading import LABELS, Decision, Labels, Reading
from bot.domain.taxonomy import KnowledgeType, Signal, Topic
from bot.ports import CorrectedExample
from knowledge_store import Store
from knowledge_store.tables import CorrectionRow, NoteRow, ReadingRow
from tests.contract.stores import ABOUT, OPERATOR, StoreKit, W, insight, key, note
from tests.fakes import MONDAY

LYON = "Novara will close its Lyon site"
FROM = Facets(KnowledgeType.FROM)
COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT, topics=(Topic.QUALITY,))
LATER = MONDAY + timedelta(hours=1)
CONTACTS = ("P. Keller",)
FIRST_READING = Reading(Labels(ABOUT, (), CONTACTS), "fake/1", 0.75, MONDAY)


def change(
    store: Store,
    record: NoteRecord,
    facets: Facets = ABOUT,
    *customer_ids: str,
    contacts: tuple[str, ...] = CONTACTS,
    by: str = "ben",
    position: int = 0,
) -> None:
    store.notes.change_insight(
        record.insights[position].id,
        facets=facets,
        customer_ids=customer_ids,
        contacts=contacts,
        by_person_id=by,
        at=LATER,
    )


def read_again(store: Store, record: NoteRecord, facets: Facets, classified_by: str) -> None:
    wanted = insight(record.note.text, facets=facets, classified_by=classified_by)
    store.notes.replace_insights(record.note.id, [wanted])


def examples(store: Store, audience: Audience = OPERATOR) -> list[CorrectedExample]:
    return list(store.learning.corrected(audience))


def only_example(store: Store) -> CorrectedExample:
    (example,) = examples(store)
    return example


def rows_kept(store: Store) -> tuple[int | None, ...]:
    tables = (ReadingRow, CorrectionRow)
    with Session(store.engine) as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


# --- an example ---------------------------------------------------------------------------------


def test_a_change_is_an_example_with_both_words(store: Store) -> None:
    """What the classifier had said and how sure it was, what the person says, who, when."""
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    record = store.notes.save(note(LYON))
    change(store, record, COMPLAINT, novara)
    example = only_example(store)
    assert (example.note_id, example.insight_id) == (record.note.id, record.insights[0].id)
    assert example.readings == (FIRST_READING,)
    assert (example.facets, example.customer_ids) == (COMPLAINT, (novara,))
    assert example.changed == ("knowledge_type", "signal", "topics", "customers")
    assert example.decision == Decision("ben", LATER)


def test_an_example_holds_what_a_classifier_reads_it_with(kit: StoreKit) -> None:
    """The note, the part it is on, what it replies to, where it was said, and names to mask."""
    store = kit.store
    draft = CustomerDraft("Novara Pharma", ("Novara",), contacts=(Contact("P. Keller"),))
    novara = store.customers.create(W, draft)
    first = store.notes.save(note("Novara reviews its sites", at=key("1")))
    whole = f"As expected. {LYON}"
    reply = note(whole, insight(LYON), at=key("2"), thread_id="1", posted_at=LATER)
    change(store, store.notes.save(reply), FROM)
    example = only_example(store)
    assert (example.text, example.statement) == (whole, LYON)
    assert example.parent_text == first.note.text
    context = example.context
    assert (context.author_name, context.conversation_name) == ("Anna", "#open")
    assert (context.posted_at, context.customers) == (LATER, (novara,))


def test_outside_threads_nothing_comes_before(store: Store) -> None:
    """Not even another note of the same conversation."""
    store.notes.save(note("Hollis pays late", at=key("1")))
    change(store, store.notes.save(note(LYON, at=key("2"), posted_at=LATER)), FROM)
    assert only_example(store).parent_text == ""


def test_what_was_undone_is_no_parent(store: Store) -> None:
    """A hidden note teaches nothing, not beside another one either."""
    store.notes.save(note("Novara reviews its sites", at=key("1")))
    reply = note(LYON, at=key("2"), thread_id="1", posted_at=LATER)
    change(store, store.notes.save(reply), FROM)
    store.notes.hide(key("1"), at=LATER, reason="undone")
    assert only_example(store).parent_text == ""


def test_only_the_insight_that_was_changed_is_an_example(store: Store) -> None:
    """Of the others nobody said anything."""
    record = store.notes.save(note(f"{LYON}. Hollis pays late", insight(), insight("Hollis pays")))
    change(store, record, FROM, position=1)
    assert only_example(store).statement == "Hollis pays"


# --- nothing that was said is lost --------------------------------------------------------------


def test_the_first_reading_outlasts_every_change(store: Store) -> None:
    """However often people change their minds, they correct what the classifier had said."""
    record = store.notes.save(note(LYON))
    for facets in (FROM, COMPLAINT, ABOUT, COMPLAINT):
        change(store, record, facets)
    change(store, record, FROM, by="anna")
    example = only_example(store)
    assert example.readings == (FIRST_READING,)
    assert (example.facets, example.changed) == (FROM, ("knowledge_type",))
    assert example.decision.by_person_id == "anna"


def test_readings_before_a_change_are_all_kept(kit: StoreKit) -> None:
    """The person's word is on the last of them; the first is still known."""
    record = kit.store.notes.save(note(LYON))
    kit.clock.advance(hours=1)
    read_again(kit.store, record, COMPLAINT, "fake/2")
    change(kit.store, record, FROM)
    example = only_example(kit.store)
    second = Reading(Labels(COMPLAINT, (), CONTACTS), "fake/2", 0.75, LATER)
    assert example.readings == (FIRST_READING, second)
    assert (example.read_as, example.changed) == (second, ("signal", "topics"))


def test_reading_again_after_a_change_adds_nothing(store: Store) -> None:
    """A person's word stands, so the new reading was never anybody's to correct."""
    record = store.notes.save(note(LYON))
    change(store, record, FROM)
    read_again(store, record, COMPLAINT, "fake/2")
    assert only_example(store).readings == (FIRST_READING,)


def test_the_same_reading_again_takes_no_room(store: Store) -> None:
    """Reclassifying every night would fill the disk otherwise."""
    record = store.notes.save(note(LYON))
    for _ in range(3):
        read_again(store, record, ABOUT, "fake/1")
    read_again(store, record, ABOUT, "fake/2")
    read_again(store, record, ABOUT, "fake/1")
    (history,) = store.learning.histories(OPERATOR)
    assert [reading.classified_by for reading in history.readings] == ["fake/1", "fake/2", "fake/1"]


def test_an_edit_that_changes_few_words_keeps_the_example(store: Store) -> None:
    """It is on the words that the note has now."""
    change(store, store.notes.save(note(LYON)), FROM)
    store.notes.save(note(f"{LYON} soon", edited_at=LATER))
    example = only_example(store)
    assert (example.statement, example.facets) == (f"{LYON} soon", FROM)
    assert example.readings == (FIRST_READING,)


def test_words_that_were_taken_out_teach_nothing(store: Store) -> None:
    """Who edits a note may have said too much."""
    change(store, store.notes.save(note(LYON)), FROM)
    store.notes.save(note("Hollis pays late", edited_at=LATER))
    assert examples(store) == []


# --- what counts as a change --------------------------------------------------------------------


def test_a_form_that_is_saved_as_it_was_confirms(store: Store) -> None:
    """It is an example, too: the classifier was right. The order within lists says nothing."""
    facets = replace(ABOUT, topics=(Topic.QUALITY, Topic.PRICE))
    people = ("P. Keller", "R. Moss")
    read = replace(insight(facets=facets), contacts=people)
    turned = replace(facets, topics=facets.topics[::-1])
    change(store, store.notes.save(note(LYON, read)), turned, contacts=people[::-1])
    example = only_example(store)
    assert (example.facets, example.changed) == (turned, ())


def test_choosing_the_customer_vouches_for_no_facet(store: Store) -> None:
    """The press says whom it is on, and a retraining must not take the rest for checked."""
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    record = store.notes.save(note(LYON))
    store.notes.link_customer(record.note.id, novara, by_person_id="ben", at=LATER)
    example = only_example(store)
    assert (example.facets, example.customer_ids) == (None, (novara,))
    assert (example.changed, example.decision) == (("customers",), Decision("ben", LATER))


@pytest.mark.parametrize(
    ("labels", "differing"),
    [
        (Labels(ABOUT), ()),
        (Labels(replace(ABOUT, weak_signal=True)), ("weak_signal",)),
        (Labels(ABOUT, ("c1",), ("R. Moss",)), ("customers", "contacts")),
    ],
)
def test_labels_that_differ_are_named(labels: Labels, differing: tuple[str, ...]) -> None:
    """In the order in which all of them are listed."""
    assert Labels(ABOUT).differing(labels) == differing
    assert set(differing) <= set(LABELS)


def test_a_note_that_was_taken_for_chatter_has_no_reading(store: Store) -> None:
    """A person kept it, so that there is nothing of a classifier to correct."""
    record = store.notes.save(replace(note(LYON), insights=()))
    kept = insight(LYON, classified_by=BY_PERSON)
    store.notes.replace_insights(record.note.id, [kept])
    (history,) = store.learning.histories(OPERATOR)
    assert (history.readings, history.read_as, history.changed) == ((), None, ())
    assert examples(store) == []


# --- who may know, and what is gone ---------------------------------------------------------------


def test_what_one_may_not_see_teaches_nothing(store: Store) -> None:
    """Neither its example nor its history; another workspace has none of it at all."""
    change(store, store.notes.save(note(LYON, at=key("1", "board"))), FROM)
    seen = {
        "ben": Audience.of_person(W, "ben"),
        "cleo": Audience.of_person(W, "cleo"),
        "open": Audience.of_conversation(W, "open"),
        "elsewhere": Audience.operator("workspace-2"),
    }
    may_see = {
        name: (len(examples(store, audience)), len(list(store.learning.histories(audience))))
        for name, audience in seen.items()
    }
    assert may_see == {"ben": (1, 1), "cleo": (0, 0), "open": (0, 0), "elsewhere": (0, 0)}


def test_a_hidden_note_teaches_nothing_until_it_is_restored(store: Store) -> None:
    """Undone is taken back with all that was understood."""
    record = store.notes.save(note(LYON))
    change(store, record, FROM)
    store.notes.hide(key(), at=LATER, reason="undone")
    assert (examples(store), list(store.learning.histories(OPERATOR))) == ([], [])
    store.notes.restore(record.note.id, by_person_id="anna")
    assert len(examples(store)) == 1


def test_a_deleted_message_teaches_nothing_for_good(store: Store) -> None:
    """Deleting it on the platform is enough."""
    change(store, store.notes.save(note(LYON)), FROM)
    store.notes.hide(key(), at=LATER, reason="deleted")
    assert examples(store) == []


def test_erasing_a_note_erases_its_example(store: Store) -> None:
    """Every row that tells of it, not only the way to it; those of other notes stay."""
    for message_id in ("1", "2"):
        change(store, store.notes.save(note(LYON, at=key(message_id))), FROM)
    assert rows_kept(store) == (2, 2)
    with Session(store.engine) as session, session.begin():
        session.execute(NoteRow.__table__.delete().where(NoteRow.message_id == "1"))
    assert rows_kept(store) == (1, 1)
    assert len(examples(store)) == 1


def test_examples_come_oldest_note_first_over_every_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None twice and none left out, also where most notes were never corrected."""
    monkeypatch.setattr("knowledge_store.records._NOTES_A_PAGE", 2)
    for number in range(9):
        minutes = timedelta(minutes=9 - number)
        saved = store.notes.save(note(LYON, at=key(str(number)), posted_at=MONDAY + minutes))
        if number % 2 == 0:
            change(store, saved, FROM)
    times = [example.context.posted_at for example in examples(store)]
    assert times == sorted(times)
    assert len(times) == len(set(times)) == 5
    assert len(list(store.learning.histories(OPERATOR))) == 9
