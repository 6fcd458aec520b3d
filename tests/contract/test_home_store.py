"""The HomeStore port: what is one person's own, within what they may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.home import OwnMatters
from bot.domain.insight import StageEvent
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import Belief, ProcessStage
from bot.ports import PageSize
from tests.contract.stores import ABOUT, OPERATOR, StoreKit, W, insight, key, note
from tests.fakes import MONDAY

SIZE = PageSize(notes=3, customers=3, news=3, unanswered=3, needs=3, listening=3)


def own(kit: StoreKit, person: str = "anna", size: PageSize = SIZE) -> OwnMatters:
    return kit.store.home.own_matters(
        Audience.of_person(W, person),
        size,
        news_since=MONDAY - timedelta(days=7),
        asked_since=MONDAY - timedelta(days=30),
    )


def customer(kit: StoreKit, name: str, owner: str | None = "anna") -> str:
    return kit.store.customers.create(W, CustomerDraft(name, owner_id=owner)).id


def question(name: str, asker: str = "anna", *, days_ago: int = 1) -> Question:
    asked_at = MONDAY - timedelta(days=days_ago)
    return Question(f"open:{name}", W, "open", None, asker, "who decides?", asked_at, "en")


def test_nothing_kept_is_nothing_told(kit: StoreKit) -> None:
    """The first day."""
    assert own(kit) == OwnMatters()


@pytest.mark.parametrize("audience", [OPERATOR, Audience.of_conversation(W, "open")])
def test_only_a_person_has_a_page(kit: StoreKit, audience: Audience) -> None:
    """Not a conversation, and not the operator."""
    with pytest.raises(ValueError, match="one person's"):
        kit.store.home.own_matters(audience, SIZE, news_since=MONDAY, asked_since=MONDAY)


def test_the_latest_notes_come_first_and_no_more_than_asked_for(kit: StoreKit) -> None:
    """Those that a person wrote, and those that they saved."""
    for number in range(5):
        at = MONDAY + timedelta(minutes=number)
        kit.store.notes.save(note(f"note {number}", at=key(str(number)), posted_at=at))
    kit.store.notes.save(
        note("Ben's", at=key("9"), author_id="ben", posted_at=MONDAY + timedelta(hours=1))
    )

    told = own(kit).notes
    assert [one.record.note.text for one in told] == ["note 4", "note 3", "note 2"]
    assert [one.record.note.text for one in own(kit, "ben").notes] == ["Ben's"]
    assert own(kit, "cleo").notes == ()


def test_a_note_that_was_saved_for_its_author_is_its_savers_too(kit: StoreKit) -> None:
    """They can take it back, so they see it."""
    kit.store.notes.save(replace(note("Ben's", author_id="ben"), saved_by_id="anna"))

    assert [one.record.note.text for one in own(kit).notes] == ["Ben's"]


def test_what_is_hidden_or_behind_a_wall_is_not_told(kit: StoreKit) -> None:
    """Not even to its author, once they left the conversation."""
    kit.store.notes.save(note("undone", at=key("1")))
    kit.store.notes.hide(key("1"), at=MONDAY, reason="undone")
    kit.store.notes.save(note("on the board", at=key("2", "board")))
    assert [one.record.note.text for one in own(kit).notes] == ["on the board"]

    kit.has_conversation("board", "ben")
    assert own(kit).notes == ()


def test_what_became_of_a_note_is_told(kit: StoreKit) -> None:
    """Corrected by somebody, and shown to others; its author does not count."""
    record = kit.store.notes.save(note())
    (told,) = own(kit).notes
    assert (told.is_corrected, told.shown_to, told.is_used) == (False, 0, False)

    found = record.insights[0].id
    kit.store.notes.change_insight(
        found, facets=ABOUT, customer_ids=(), contacts=(), by_person_id="anna", at=MONDAY
    )
    stage = ProcessStage.DISSEMINATION
    readers = ["ben", "ben", "cleo", "anna"]
    kit.store.notes.record_stages(
        [StageEvent(found, stage, f"reply {n}", who, MONDAY) for n, who in enumerate(readers)]
    )
    (told,) = own(kit).notes
    assert (told.is_corrected, told.shown_to, told.is_used) == (True, 2, False)


def test_the_customers_one_owns_come_by_name_with_what_is_new(kit: StoreKit) -> None:
    """One note counts once for a customer, however many insights it gave."""
    novara, acme = customer(kit, "Novara"), customer(kit, "Acme")
    customer(kit, "Ben's own", owner="ben")
    two = [insight("first", customer_ids=(novara,)), insight("second", customer_ids=(novara,))]
    kit.store.notes.save(note("first second", *two, author_id="ben"))

    told = own(kit)
    assert [(one.id, one.news) for one in told.customers] == [(acme, 0), (novara, 1)]
    assert [one.insight.statement for one in told.news] == ["first", "second"]


def test_news_are_of_others_of_these_days_and_visible(kit: StoreKit) -> None:
    """One's own notes, old ones, and those behind a wall are no news."""
    novara = customer(kit, "Novara")
    on_novara = {"author_id": "ben"}
    said = insight("said", customer_ids=(novara,))
    kit.has_conversation("bens", "ben", "cleo")
    old = MONDAY - timedelta(days=8)
    kit.store.notes.save(note("said", said, at=key("1"), author_id="anna"))
    kit.store.notes.save(note("said", said, at=key("2"), posted_at=old, **on_novara))
    kit.store.notes.save(note("said", said, at=key("3", "bens"), **on_novara))
    assert own(kit).news == ()
    assert own(kit).customers[0].news == 0

    kit.store.notes.save(note("said", said, at=key("4", "board"), **on_novara))
    (news,) = own(kit).news
    assert news.note.key == key("4", "board")
    assert news.conversation_name == "#board"
    assert news.insight.belief is Belief.UNVERIFIED


def test_questions_without_an_answer_are_told_until_they_are_needs(kit: StoreKit) -> None:
    """One's own of the last weeks, the latest first."""
    questions = kit.store.questions
    questions.save(question("1", days_ago=2), [])
    questions.save(question("2"), [])
    questions.save(question("answered"), ["some insight"])
    questions.save(question("old", days_ago=40), [])
    questions.save(question("bens", "ben"), [])
    assert [one.id for one in own(kit).unanswered] == ["open:2", "open:1"]

    questions.record_need(KnowledgeNeed("n1", W, "who?", "anna", MONDAY, question_id="open:2"))
    told = own(kit)
    assert [one.id for one in told.unanswered] == ["open:1"]
    assert [one.id for one in told.needs] == ["n1"]
    assert own(kit, "ben").needs == ()


def test_where_the_bot_listens_is_told_to_those_who_are_there(kit: StoreKit) -> None:
    """By name, and never of a place that one is not in."""
    kit.has_conversation("anywhere", "ben", kind=ConversationKind.PUBLIC)
    for conversation in ("open", "board", "anywhere"):
        kit.store.directory.set_listening(W, conversation, listening=True)
    assert own(kit).listening == ("#board", "#open")
    assert own(kit, "cleo").listening == ("#open",)


def test_no_other_workspace_is_told_of(kit: StoreKit) -> None:
    """The same person's id may be somebody else's there."""
    kit.has_conversation("open", "anna", kind=ConversationKind.PUBLIC, workspace="other")
    kit.store.notes.save(note(at=key(workspace="other")))
    kit.store.customers.create("other", CustomerDraft("Novara", owner_id="anna"))
    assert own(kit) == OwnMatters()
