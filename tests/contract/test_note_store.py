"""What every NoteStore has to do."""

from datetime import date, timedelta

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import Facets, InsightRelation, ResolvedDate, StageEvent
from bot.domain.people import Conversation, ConversationKind
from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Relation,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.errors import NotFound
from knowledge_store import Store
from tests.contract.stores import ABOUT, OPERATOR, StoreKit, W, insight, key, note
from tests.fakes import MONDAY

ANNA, BEN, CLEO = (Audience.of_person(W, name) for name in ("anna", "ben", "cleo"))
FULL = Facets(
    KnowledgeType.FROM,
    ProcessStage.UTILIZATION,
    UseKind.ACTION_ORIENTED,
    Signal.COMPLAINT,
    (Topic.DELIVERY, Topic.QUALITY),
    Moment.CONTRACT_EVENT,
    MomentDirection.THREAT,
    Certainty.HEARSAY,
    Source.LISTENING,
    weak_signal=True,
)


# --- saving -------------------------------------------------------------------------------------


def test_what_is_saved_is_found_again_whole(store: Store) -> None:
    """Every field of a note and of its insights comes back equal."""
    when = ResolvedDate("next week", date(2026, 11, 16), date(2026, 11, 22))
    stored = insight("They may leave", facets=FULL, dates=(when,))
    saved = store.notes.save(note("They may leave. Hi.", stored, insight("Hi"), thread_id="0"))

    found = store.notes.find(key(), ANNA)

    assert found == saved
    assert found.note.text == "They may leave. Hi."
    assert (found.note.author_name, found.note.thread_id, found.note.version) == ("Anna", "0", 1)
    assert found.note.posted_at == MONDAY
    assert found.conversation_name == "#open"
    first, second = found.insights
    assert (first.facets, first.dates, first.contacts) == (FULL, (when,), ("P. Keller",))
    assert (first.classified_by, first.confidence, first.belief) == (
        "fake/1",
        0.75,
        Belief.UNVERIFIED,
    )
    assert (first.position, second.position, second.statement) == (0, 1, "Hi")


def test_saving_the_same_note_again_changes_nothing(store: Store) -> None:
    """A job that runs twice leaves what the first run left, whatever it understood."""
    first = store.notes.save(note())
    again = store.notes.save(
        note("Novara will close its Lyon site", insight("close its Lyon site"))
    )
    assert again == first
    assert store.notes.counts(OPERATOR) == {"notes": 1, "insights": 1, "corrections": 0}


def test_an_edit_takes_the_place_of_the_text_and_of_its_insights(store: Store) -> None:
    """The same note, a version later, with none of the old insights."""
    first = store.notes.save(note("Novara closes Lyon"))
    edited = store.notes.save(note("Hollis pays late", edited_at=MONDAY + timedelta(hours=1)))

    assert (edited.note.id, edited.note.version) == (first.note.id, 2)
    assert [i.statement for i in edited.insights] == ["Hollis pays late"]
    assert store.notes.get_insight(first.insights[0].id, OPERATOR) is None
    assert store.notes.counts(OPERATOR)["insights"] == 1


def test_an_insight_whose_words_an_edit_leaves_stays_the_same_insight(store: Store) -> None:
    """Its id, the stage it has reached and a person's correction survive."""
    kept = store.notes.save(note("Novara closes Lyon")).insights[0]
    store.notes.change_insight(
        kept.id, facets=FULL, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    text = "Novara closes Lyon. Keller leaves."
    edited = store.notes.save(
        note(
            text,
            insight("Keller leaves"),
            insight("Novara closes Lyon"),
            edited_at=MONDAY + timedelta(hours=1),
        )
    )
    assert [i.statement for i in edited.insights] == ["Keller leaves", "Novara closes Lyon"]
    assert edited.insights[1].id == kept.id
    assert edited.insights[1].facets == FULL
    assert edited.insights[1].classified_by == "person"


def test_an_edit_of_a_few_words_leaves_the_insights_what_they_are(store: Store) -> None:
    """Their ids, stages and relations, in whatever order they come, in the words of now."""
    first, second = "Novara closes its Lyon site in May", "Keller leaves Novara after the summer"
    earlier = store.notes.save(note("Novara keeps Lyon", at=key("0"))).insights[0].id
    old = store.notes.save(note(f"{first}. {second}.", insight(first), insight(second)))
    site, keller = (i.id for i in old.insights)
    store.notes.relate([InsightRelation(site, Relation.CONTRADICTS, earlier)])
    store.notes.record_stages(
        [StageEvent(site, ProcessStage.DISSEMINATION, "answer", "ben", MONDAY)]
    )
    first, second = "Novara closes its Lyon site in June", "Mr Keller leaves Novara after summer"
    edited = store.notes.save(
        note(
            f"{second}. {first}.",
            insight(second),
            insight(first, facets=Facets(KnowledgeType.FOR)),
            edited_at=MONDAY + timedelta(hours=1),
        )
    )
    assert [(i.id, i.statement) for i in edited.insights] == [(keller, second), (site, first)]
    assert edited.insights[1].facets == Facets(KnowledgeType.FOR)
    assert edited.insights[1].stage is ProcessStage.DISSEMINATION
    assert len(store.notes.relations([site], ANNA)) == 1


def test_what_a_person_corrected_stays_corrected_in_its_new_words(store: Store) -> None:
    """The words are the author's and never linger; what they mean is the person's."""
    kept = store.notes.save(note("Novara closes Lyon")).insights[0]
    store.notes.change_insight(
        kept.id, facets=FULL, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    later = MONDAY + timedelta(hours=1)
    (edited,) = store.notes.save(note("Novara closes Paris", edited_at=later)).insights
    assert (edited.id, edited.statement) == (kept.id, "Novara closes Paris")
    assert (edited.facets, edited.classified_by) == (FULL, "person")


def test_two_alike_insights_are_not_confused(store: Store) -> None:
    """Of equal likeness the nearest is meant; no insight is continued twice."""
    text = "Novara closes Lyon. Novara closes Lyon."
    twice = (insight("Novara closes Lyon"), insight("Novara closes Lyon"))
    before = store.notes.save(note(text, *twice))
    after = store.notes.replace_insights(before.note.id, twice)
    assert [i.id for i in after.insights] == [i.id for i in before.insights]
    assert len({i.id for i in after.insights}) == 2


def test_a_persons_link_is_never_overruled(store: Store) -> None:
    """Neither by a new understanding nor by an edit; what it is may still be understood better."""
    novara = store.customers.create(W, CustomerDraft("Novara")).id
    hollis = store.customers.create(W, CustomerDraft("Hollis")).id
    record = store.notes.save(note("They close Lyon"))
    store.notes.link_customer(record.note.id, novara, by_person_id="anna", at=MONDAY)
    better = insight("They close Lyon", facets=Facets(KnowledgeType.FOR), customer_ids=(hollis,))
    (replaced,) = store.notes.replace_insights(record.note.id, [better]).insights
    assert replaced.customer_ids == (novara,)
    assert replaced.facets == Facets(KnowledgeType.FOR)

    words = insight("They will close Lyon", customer_ids=(hollis,))
    edit = note("They will close Lyon", words, edited_at=MONDAY + timedelta(hours=1))
    assert store.notes.save(edit).insights[0].customer_ids == (novara,)


@pytest.mark.parametrize("found", [(), ("closes Lyon",), ("Novara closes Lyon", "Keller leaves")])
def test_what_a_person_decided_is_not_lost_to_another_reading(
    store: Store, found: tuple[str, ...]
) -> None:
    """Whatever a classifier finds in the same words: nothing, a part, or something besides."""
    record = store.notes.save(note("Novara closes Lyon. Keller leaves."))
    store.notes.replace_insights(
        record.note.id, [insight(record.note.text, facets=FULL, classified_by="person")]
    )
    readings = [insight(statement) for statement in found]
    (kept,) = store.notes.replace_insights(record.note.id, readings).insights
    assert (kept.statement, kept.facets, kept.position) == (record.note.text, FULL, 0)


def test_what_a_person_decided_goes_with_its_words(store: Store) -> None:
    """An author who takes words back takes back what was made of them."""
    kept = store.notes.save(note("Novara closes Lyon")).insights[0]
    store.notes.change_insight(
        kept.id, facets=FULL, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    later = MONDAY + timedelta(hours=1)
    edited = store.notes.save(note("Hollis pays late", edited_at=later))
    assert [i.classified_by for i in edited.insights] == ["fake/1"]
    assert store.notes.get_insight(kept.id, OPERATOR) is None


def test_a_message_that_comes_in_after_its_own_edit_changes_nothing(store: Store) -> None:
    """Platforms deliver out of order: the later version stays."""
    edited = store.notes.save(note("Novara closes Paris", edited_at=MONDAY + timedelta(hours=1)))
    assert store.notes.save(note("Novara closes Lyon")) == edited


def test_a_new_understanding_replaces_the_old_one_without_a_version(store: Store) -> None:
    """The text did not change, so the version does not; a stage that was reached stays."""
    record = store.notes.save(note("Novara closes Lyon"))
    known = record.insights[0].id
    store.notes.record_stages(
        [StageEvent(known, ProcessStage.DISSEMINATION, "answer", "ben", MONDAY)]
    )
    replaced = store.notes.replace_insights(
        record.note.id,
        [insight("Novara closes Lyon", facets=Facets(KnowledgeType.FOR), classified_by="fake/2")],
    )
    assert replaced.note == record.note
    assert [i.id for i in replaced.insights] == [known]
    assert replaced.insights[0].facets == Facets(KnowledgeType.FOR)
    assert replaced.insights[0].stage is ProcessStage.DISSEMINATION
    assert replaced.insights[0].classified_by == "fake/2"


def test_a_note_of_forty_thousand_characters_is_kept_whole(store: Store) -> None:
    """The longest message that a platform lets through."""
    text = "Größe 😀 " * 5_000
    store.notes.save(note(text, insight(text)))
    found = store.notes.find(key(), ANNA)
    assert found is not None
    assert found.note.text == text


def test_what_no_database_takes_is_left_out_of_a_text(store: Store) -> None:
    """NUL and half a surrogate pair go, the rest stays as written but for NFC."""
    text = "a\0b \ud83d Cafe\u0301 <!channel> 'quoted'; DROP"
    saved = store.notes.save(note(text, insight(text)))
    assert saved.note.text == "ab  Café <!channel> 'quoted'; DROP"
    assert saved.insights[0].statement == saved.note.text
    assert store.notes.save(note(text, insight(text))) == saved


def test_an_unknown_note_cannot_be_understood_anew(store: Store) -> None:
    """There is nothing by this name."""
    with pytest.raises(NotFound):
        store.notes.replace_insights("no-such-note", [])


# --- hiding -------------------------------------------------------------------------------------


def test_a_deleted_note_is_nowhere(store: Store) -> None:
    """Not even for the operator."""
    record = store.notes.save(note())
    assert store.notes.hide(key(), at=MONDAY, reason="deleted")
    for audience in (ANNA, OPERATOR):
        assert store.notes.find(key(), audience) is None
        assert store.notes.get(record.note.id, audience) is None
        assert store.notes.get_insight(record.insights[0].id, audience) is None
        assert store.notes.thread(key(), audience) == []
        assert list(store.notes.all(audience)) == []
        assert not store.notes.are_visible([record.note.id], audience)
        assert set(store.notes.counts(audience).values()) == {0}


def test_a_message_that_arrives_after_its_deletion_stays_hidden(store: Store) -> None:
    """The deletion is remembered."""
    assert not store.notes.hide(key(), at=MONDAY, reason="deleted")
    record = store.notes.save(note())
    assert store.notes.find(key(), OPERATOR) is None
    assert not store.notes.restore(record.note.id, by_person_id="anna")


def test_a_message_that_is_brought_back_is_a_note_again(store: Store) -> None:
    """With everything that was understood of it."""
    record = store.notes.save(note())
    store.notes.hide(key(), at=MONDAY, reason="deleted")
    store.notes.bring_back(key(), at=MONDAY + timedelta(minutes=1))
    assert store.notes.find(key(), ANNA) == record


def test_a_deletion_that_was_brought_back_is_forgotten(store: Store) -> None:
    """Also where the message itself arrives last."""
    store.notes.hide(key(), at=MONDAY, reason="deleted")
    store.notes.bring_back(key(), at=MONDAY + timedelta(minutes=1))
    record = store.notes.save(note())
    assert store.notes.find(key(), ANNA) == record


def test_a_later_deletion_is_not_brought_back(store: Store) -> None:
    """What is told late changes nothing, whether the note is here already or not."""
    for is_here in (False, True):
        store.notes.hide(key(), at=MONDAY, reason="deleted")
        store.notes.bring_back(key(), at=MONDAY - timedelta(minutes=1))
        if not is_here:
            store.notes.save(note())
        assert store.notes.find(key(), OPERATOR) is None


def test_bringing_a_message_back_takes_back_no_undo(store: Store) -> None:
    """Whoever took the note back did so with a button."""
    store.notes.save(note())
    store.notes.hide(key(), at=MONDAY, reason="undone")
    store.notes.bring_back(key(), at=MONDAY + timedelta(minutes=1))
    store.notes.bring_back(key("unknown"), at=MONDAY)
    assert store.notes.find(key(), OPERATOR) is None


def test_an_undo_can_be_taken_back_by_the_author(store: Store) -> None:
    """Pressing twice does no harm."""
    record = store.notes.save(note())
    store.notes.hide(key(), at=MONDAY, reason="undone")
    assert store.notes.restore(record.note.id, by_person_id="anna")
    assert store.notes.restore(record.note.id, by_person_id="anna")
    assert store.notes.find(key(), ANNA) == record


def test_nobody_else_takes_back_an_undo(store: Store) -> None:
    """An id in somebody's hands is no permission."""
    record = store.notes.save(note())
    store.notes.hide(key(), at=MONDAY, reason="undone")
    assert not store.notes.restore(record.note.id, by_person_id="ben")
    assert not store.notes.restore("no-such-note", by_person_id="anna")
    assert store.notes.find(key(), ANNA) is None


@pytest.mark.parametrize("reasons", [("undone", "deleted"), ("deleted", "undone")])
def test_a_deletion_outlasts_an_undo(store: Store, reasons: tuple[str, str]) -> None:
    """Whichever came first, what was deleted on the platform does not come back."""
    record = store.notes.save(note())
    for reason in reasons:
        store.notes.hide(key(), at=MONDAY, reason=reason)
    assert not store.notes.restore(record.note.id, by_person_id="anna")
    assert store.notes.find(key(), ANNA) is None


def test_a_hidden_note_cannot_be_corrected(store: Store) -> None:
    """It looks as if it did not exist."""
    hidden = store.notes.save(note()).insights[0].id
    store.notes.hide(key(), at=MONDAY, reason="undone")
    with pytest.raises(NotFound):
        store.notes.change_insight(
            hidden, facets=ABOUT, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
        )


# --- correcting ---------------------------------------------------------------------------------


def test_a_correction_is_a_persons_word_and_is_counted(store: Store) -> None:
    """Facets, customers and contacts are as the person says."""
    customer = store.customers.create(W, CustomerDraft("Novara"))
    insight_id = store.notes.save(note()).insights[0].id
    changed = store.notes.change_insight(
        insight_id,
        facets=FULL,
        customer_ids=(customer.id,),
        contacts=("R. Moss",),
        by_person_id="anna",
        at=MONDAY,
    )
    assert changed.facets == FULL
    assert (changed.customer_ids, changed.contacts) == ((customer.id,), ("R. Moss",))
    assert (changed.classified_by, changed.confidence) == ("person", None)
    found = store.notes.get_insight(insight_id, ANNA)
    assert found is not None
    assert found[1] == changed
    assert store.notes.counts(ANNA)["corrections"] == 1


def test_linking_a_customer_leaves_links_that_are_there(store: Store) -> None:
    """Only the insights without a customer get one."""
    novara = store.customers.create(W, CustomerDraft("Novara"))
    hollis = store.customers.create(W, CustomerDraft("Hollis"))
    linked = insight("Hollis pays late", customer_ids=(hollis.id,))
    record = store.notes.save(note("Hollis pays late. They close Lyon.", linked, insight("close")))
    store.notes.link_customer(record.note.id, novara.id, by_person_id="anna", at=MONDAY)
    found = store.notes.find(key(), ANNA)
    assert found is not None
    assert [i.customer_ids for i in found.insights] == [(hollis.id,), (novara.id,)]
    assert found.customer_ids == (hollis.id, novara.id)


def test_another_workspaces_customer_cannot_be_linked(store: Store) -> None:
    """It looks as if it did not exist, and nothing is changed."""
    foreign = store.customers.create("workspace-2", CustomerDraft("Novara"))
    record = store.notes.save(note())
    with pytest.raises(NotFound):
        store.notes.link_customer(record.note.id, foreign.id, by_person_id="anna", at=MONDAY)
    with pytest.raises(NotFound):
        store.notes.change_insight(
            record.insights[0].id,
            facets=FULL,
            customer_ids=(foreign.id,),
            contacts=(),
            by_person_id="anna",
            at=MONDAY,
        )
    assert store.notes.find(key(), ANNA) == record


# --- walls --------------------------------------------------------------------------------------


def test_a_private_note_does_not_exist_for_who_is_not_a_member(store: Store) -> None:
    """The note, its insights, its thread, its relations and the counts."""
    public = store.notes.save(note("Novara closes Lyon", at=key("1", "open")))
    private = store.notes.save(note("Novara keeps Lyon", at=key("2", "board"), thread_id="1"))
    ends = (private.insights[0].id, public.insights[0].id)
    store.notes.relate([InsightRelation(ends[0], Relation.CONTRADICTS, ends[1])])

    assert store.notes.find(private.note.key, CLEO) is None
    assert store.notes.get(private.note.id, CLEO) is None
    assert store.notes.get_insight(private.insights[0].id, CLEO) is None
    assert store.notes.thread(key("1", "board"), CLEO) == []
    assert list(store.notes.all(CLEO)) == [public]
    assert not store.notes.are_visible([public.note.id, private.note.id], CLEO)
    assert store.notes.relations(ends, CLEO) == []
    assert store.notes.counts(CLEO) == {"notes": 1, "insights": 1, "corrections": 0}

    assert store.notes.get(private.note.id, BEN) is not None
    assert store.notes.are_visible([public.note.id, private.note.id], BEN)
    assert len(store.notes.relations(ends, BEN)) == 1
    assert store.notes.counts(BEN)["notes"] == 2


def test_who_leaves_a_conversation_sees_no_more_of_it(store: Store, kit: StoreKit) -> None:
    """Membership counts as it is now."""
    record = store.notes.save(note(at=key("1", "board")))
    assert store.notes.get(record.note.id, BEN) is not None
    kit.has_conversation("board", "anna")
    assert store.notes.get(record.note.id, BEN) is None


def test_where_the_members_are_unknown_nobody_sees_anything(store: Store) -> None:
    """Nor where the conversation itself is unknown."""
    store.directory.put_conversation(
        Conversation("board", W, "slack", ConversationKind.PRIVATE, member_ids=None)
    )
    for number, place in enumerate(("board", "never-heard-of")):
        record = store.notes.save(note(at=key(str(number), place)))
        assert store.notes.get(record.note.id, ANNA) is None
        assert store.notes.get(record.note.id, OPERATOR) is not None


@pytest.mark.parametrize(
    ("said_in", "read_in", "is_visible"),
    [
        ("open", "open", True),
        ("open", "board", True),
        ("open", "desk", True),
        ("board", "board", True),
        ("board", "open", False),
        ("board", "desk", True),  # Anna is its only reader, and is in the board
        ("desk", "board", False),  # Ben would read it
        ("desk", "empty", False),
        ("desk", "unknown", False),
        ("unknown", "unknown", True),  # said there, so its readers have seen it
    ],
)
def test_a_conversation_may_read_what_each_of_its_members_may(
    store: Store, kit: StoreKit, said_in: str, read_in: str, is_visible: bool
) -> None:
    """Own words always; public ones everywhere; private ones if nobody there is left out."""
    kit.has_conversation("empty")
    record = store.notes.save(note(at=key("1", said_in)))
    audience = Audience.of_conversation(W, read_in)
    assert (store.notes.get(record.note.id, audience) is not None) is is_visible
    assert store.notes.are_visible([record.note.id], audience) is is_visible


def test_another_workspace_sees_nothing(store: Store, kit: StoreKit) -> None:
    """Not with the same ids of people and conversations, and not its operator."""
    kit.has_conversation("open", "anna", kind=ConversationKind.PUBLIC, workspace="workspace-2")
    record = store.notes.save(note())
    for audience in (
        Audience.of_person("workspace-2", "anna"),
        Audience.of_conversation("workspace-2", "open"),
        Audience.operator("workspace-2"),
    ):
        assert store.notes.find(record.note.key, audience) is None
        assert store.notes.get(record.note.id, audience) is None
        assert store.notes.counts(audience)["notes"] == 0


# --- reading ------------------------------------------------------------------------------------


def test_a_thread_is_read_from_its_first_message_on(store: Store) -> None:
    """Whatever order its messages came in, and nothing of the same id elsewhere."""
    for message, thread, minute in (("3", "1", 2), ("1", None, 0), ("2", "1", 1), ("9", None, 3)):
        store.notes.save(
            note(
                f"message {message}",
                at=key(message),
                thread_id=thread,
                posted_at=MONDAY + timedelta(minutes=minute),
            )
        )
    store.notes.save(note("elsewhere", at=key("4", "board"), thread_id="1"))
    texts = [record.note.text for record in store.notes.thread(key("1"), ANNA)]
    assert texts == ["message 1", "message 2", "message 3"]


def test_a_thread_can_be_read_as_it_was(store: Store) -> None:
    """What was posted at a moment or later had not been said before it."""
    for number in range(3):
        posted_at = MONDAY + timedelta(minutes=number)
        store.notes.save(note(f"{number}", at=key(str(number)), thread_id="0", posted_at=posted_at))
    before = store.notes.thread(key("0"), ANNA, before=MONDAY + timedelta(minutes=2))
    assert [record.note.text for record in before] == ["0", "1"]


def test_the_latest_notes_come_latest_first_and_no_more_than_asked_for(kit: StoreKit) -> None:
    """Of those that the audience may see, and that are not hidden."""
    store = kit.store
    kit.has_conversation("board", "anna")
    kit.has_conversation("open", "anna", "ben", kind=ConversationKind.PUBLIC)
    places = ["open", "open", "open", "board", "open"]
    for number, place in enumerate(places):
        at = key(str(number), place)
        store.notes.save(note(at=at, posted_at=MONDAY + timedelta(minutes=number)))
    store.notes.hide(key("1"), at=MONDAY, reason="undone")
    bens = Audience.of_person(W, "ben")
    found = [record.note.key.message_id for record in store.notes.latest(bens, 2)]
    assert found == ["4", "2"]
    assert len(store.notes.latest(bens, 9)) == 3
    assert store.notes.latest(OPERATOR, 2)[1].note.key.message_id == "3"


def test_all_notes_come_oldest_first_over_every_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None twice and none left out, also where times are equal."""
    monkeypatch.setattr("knowledge_store.records._NOTES_A_PAGE", 3)
    times = [MONDAY + timedelta(minutes=number // 4) for number in range(10)]
    for number, time in enumerate(times):
        store.notes.save(note(f"note {number}", at=key(str(number)), posted_at=time))
    records = list(store.notes.all(OPERATOR))
    assert [record.note.posted_at for record in records] == times
    assert len({record.note.id for record in records}) == 10


def test_nothing_at_all_may_be_shown_to_anybody(store: Store) -> None:
    """A reply that tells of no note needs no permission; an unknown note has none."""
    assert store.notes.are_visible([], CLEO)
    assert not store.notes.are_visible(["no-such-note"], OPERATOR)


# --- beliefs ------------------------------------------------------------------------------------


def _three(store: Store, *authors: str, places: tuple[str, ...] = ("open",) * 3) -> list[str]:
    return [
        store.notes.save(note(f"statement {n}", at=key(str(n), places[n]), author_id=author))
        .insights[0]
        .id
        for n, author in enumerate(authors)
    ]


def _belief(store: Store, insight_id: str, audience: Audience = OPERATOR) -> Belief:
    found = store.notes.get_insight(insight_id, audience)
    assert found is not None
    return found[1].belief


def test_two_people_who_say_the_same_corroborate_each_other(store: Store) -> None:
    """Both statements."""
    first, second = _three(store, "anna", "ben")
    store.notes.relate([InsightRelation(second, Relation.CORROBORATES, first)])
    assert _belief(store, first) is _belief(store, second) is Belief.CORROBORATED


def test_nobody_corroborates_themselves(store: Store) -> None:
    """Saying it twice makes it no truer."""
    first, second = _three(store, "anna", "anna")
    store.notes.relate([InsightRelation(second, Relation.CORROBORATES, first)])
    assert _belief(store, first) is _belief(store, second) is Belief.UNVERIFIED


def test_a_contradiction_disputes_both_sides(store: Store) -> None:
    """More than corroboration counts."""
    first, second, third = _three(store, "anna", "ben", "cleo")
    store.notes.relate(
        [
            InsightRelation(second, Relation.CORROBORATES, first),
            InsightRelation(third, Relation.CONTRADICTS, first),
        ]
    )
    assert _belief(store, first) is _belief(store, third) is Belief.DISPUTED
    assert _belief(store, second) is Belief.CORROBORATED


def test_what_was_superseded_disputes_nothing(store: Store) -> None:
    """The newest word stands."""
    first, second, third = _three(store, "anna", "ben", "cleo")
    store.notes.relate(
        [
            InsightRelation(second, Relation.CONTRADICTS, first),
            InsightRelation(third, Relation.SUPERSEDES, first),
        ]
    )
    assert _belief(store, first) is Belief.SUPERSEDED
    assert _belief(store, second) is _belief(store, third) is Belief.UNVERIFIED


def test_relating_twice_is_relating_once(store: Store) -> None:
    """A job may run again; an insight that is gone is passed over."""
    first, second = _three(store, "anna", "ben")
    relation = InsightRelation(second, Relation.SUPERSEDES, first)
    store.notes.relate([relation])
    store.notes.relate([relation, InsightRelation("gone", Relation.SUPERSEDES, first)])
    assert store.notes.relations([first], OPERATOR) == [relation]


def test_workspaces_are_never_related(store: Store) -> None:
    """A statement of another workspace supersedes nothing here."""
    here = _three(store, "anna")[0]
    there = store.notes.save(note(at=key(workspace="workspace-2"))).insights[0].id
    store.notes.relate([InsightRelation(there, Relation.SUPERSEDES, here)])
    assert _belief(store, here) is Belief.UNVERIFIED


def test_a_belief_is_back_when_what_it_rested_on_is_hidden(store: Store) -> None:
    """And returns with it."""
    first, second = _three(store, "anna", "ben")
    second_note = store.notes.find(key("1"), OPERATOR)
    assert second_note is not None
    store.notes.relate([InsightRelation(second, Relation.SUPERSEDES, first)])
    store.notes.hide(key("1"), at=MONDAY, reason="undone")
    assert _belief(store, first) is Belief.UNVERIFIED
    store.notes.restore(second_note.note.id, by_person_id="ben")
    assert _belief(store, first) is Belief.SUPERSEDED


def test_a_belief_does_not_tell_of_a_note_one_may_not_see(store: Store) -> None:
    """Cleo, who is not in the board, reads what she would if nobody had spoken there."""
    first, second = _three(store, "cleo", "ben", places=("open", "board", "open"))
    store.notes.relate([InsightRelation(second, Relation.CONTRADICTS, first)])
    assert _belief(store, first, CLEO) is Belief.UNVERIFIED
    assert _belief(store, first, ANNA) is Belief.DISPUTED


# --- stages -------------------------------------------------------------------------------------


def test_a_stage_only_moves_forward(store: Store) -> None:
    """Later evidence of an earlier stage does not take back what was reached."""
    insight_id = store.notes.save(note()).insights[0].id

    def reach(stage: ProcessStage) -> ProcessStage:
        store.notes.record_stages([StageEvent(insight_id, stage, "evidence", "ben", MONDAY)])
        found = store.notes.get_insight(insight_id, ANNA)
        assert found is not None
        assert found[1].facets.process_stage is ProcessStage.ACQUISITION
        return found[1].stage

    assert reach(ProcessStage.DISSEMINATION) is ProcessStage.DISSEMINATION
    assert reach(ProcessStage.STORAGE) is ProcessStage.DISSEMINATION


def test_a_use_needs_its_kind(store: Store) -> None:
    """Without one it could not be told what was changed; all or nothing is recorded."""
    insight_id = store.notes.save(note()).insights[0].id
    events = [
        StageEvent(insight_id, stage, "evidence", "ben", MONDAY)
        for stage in (ProcessStage.STORAGE, ProcessStage.UTILIZATION)
    ]
    with pytest.raises(ValueError, match="kind"):
        store.notes.record_stages(events)
    found = store.notes.get_insight(insight_id, ANNA)
    assert found is not None
    assert found[1].stage is ProcessStage.ACQUISITION


def _stage(store: Store, insight_id: str) -> ProcessStage:
    found = store.notes.get_insight(insight_id, OPERATOR)
    assert found is not None
    return found[1].stage


def test_what_a_note_shows_is_where_its_insight_begins(store: Store) -> None:
    """And a later understanding that shows more moves it on, one that shows less does not."""
    told = Facets(KnowledgeType.ABOUT, ProcessStage.DISSEMINATION)
    record = store.notes.save(note("Novara closes Lyon", insight("Novara closes Lyon")))
    insight_id = record.insights[0].id
    assert _stage(store, insight_id) is ProcessStage.ACQUISITION
    for facets in (told, ABOUT):
        again = insight("Novara closes Lyon", facets=facets)
        replaced = store.notes.replace_insights(record.note.id, [again])
        assert replaced.insights[0].facets == facets
        assert _stage(store, insight_id) is ProcessStage.DISSEMINATION


def test_what_a_person_confirmed_is_stored(store: Store) -> None:
    """By a correction, or by a link; the label is as the person says."""
    novara = store.customers.create(W, CustomerDraft("Novara"))
    corrected = store.notes.save(note(at=key("1"))).insights[0].id
    linked = store.notes.save(note(at=key("2")))
    changed = store.notes.change_insight(
        corrected, facets=ABOUT, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    store.notes.link_customer(linked.note.id, novara.id, by_person_id="anna", at=MONDAY)
    assert changed.facets == ABOUT
    assert _stage(store, corrected) is ProcessStage.STORAGE
    assert _stage(store, linked.insights[0].id) is ProcessStage.STORAGE


def test_a_correction_takes_back_no_stage_that_was_reached(store: Store) -> None:
    """What was passed on was passed on, however the note is labelled."""
    insight_id = store.notes.save(note()).insights[0].id
    store.notes.record_stages(
        [StageEvent(insight_id, ProcessStage.DISSEMINATION, "answer", "ben", MONDAY)]
    )
    changed = store.notes.change_insight(
        insight_id, facets=ABOUT, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    assert (changed.facets, changed.stage) == (ABOUT, ProcessStage.DISSEMINATION)


def test_evidence_for_an_insight_that_is_gone_is_passed_over(store: Store) -> None:
    """Its note was edited while the answer was on its way."""
    store.notes.record_stages(
        [StageEvent("gone", ProcessStage.DISSEMINATION, "evidence", None, MONDAY)]
    )
    assert store.notes.counts(OPERATOR)["insights"] == 0
