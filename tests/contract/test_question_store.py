"""What every QuestionStore has to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answer import KnowledgeNeed, Question
from bot.domain.audience import Audience
from knowledge_store import Store
from tests.contract.stores import OPERATOR, W
from tests.fakes import MONDAY

FIRST = Question("q1", W, "open", None, "anna", "Who decides there?", MONDAY, "en", ("c1", "c2"))
NEED = KnowledgeNeed("n1", W, "Who decides at Novara?", "anna", MONDAY, ("c1",), "q1")


def later(minutes: float, **changes: object) -> Question:
    asked_at = MONDAY + timedelta(minutes=minutes)
    return replace(FIRST, id=f"q at {minutes}", asked_at=asked_at, **changes)


def test_a_question_is_found_by_who_asked_it(store: Store) -> None:
    """And by nobody else; asking again under the same id changes nothing."""
    store.questions.save(FIRST, ["i1"])
    store.questions.save(replace(FIRST, text="changed"), [])
    assert store.questions.get("q1", "anna") == FIRST
    assert store.questions.get("q1", "ben") is None
    assert store.questions.get("q2", "anna") is None


@pytest.mark.parametrize(
    ("question", "follows_up"),
    [
        (later(10), True),
        (later(10.1), False),
        (later(-1), False),
        (later(1, asker_id="ben"), False),
        (later(1, conversation_id="board"), False),
        (later(1, workspace="workspace-2"), False),
        (later(1, thread_id="1"), False),
        (FIRST, False),
    ],
)
def test_a_question_follows_up_on_the_same_askers_last_minutes(
    store: Store, question: Question, follows_up: bool
) -> None:
    """Outside threads: in the same conversation, for ten minutes."""
    store.questions.save(FIRST, [])
    assert store.questions.earlier(question) == (FIRST if follows_up else None)


def test_in_a_thread_the_latest_question_there_counts_however_old(store: Store) -> None:
    """Another thread's does not."""
    in_thread = [later(n, thread_id="1") for n in (1, 2)]
    for question in [*in_thread, later(3), later(4, thread_id="2")]:
        store.questions.save(question, [])
    assert store.questions.earlier(later(9_000, thread_id="1")) == in_thread[1]


def test_questions_are_counted_for_who_may_know_of_them(store: Store) -> None:
    """One's own, or all for the operator; what cited nothing was abstained from."""
    store.questions.save(FIRST, ["i1"])
    store.questions.save(later(1), [])
    store.questions.save(later(2, asker_id="ben"), [])
    store.questions.save(later(3, workspace="workspace-2"), ["i1"])
    counts = {
        who: tuple(store.questions.counts(audience).values())
        for who, audience in {
            "operator": OPERATOR,
            "anna": Audience.of_person(W, "anna"),
            "everybody here": Audience.of_conversation(W, "open"),
        }.items()
    }
    assert counts == {"operator": (3, 1, 2), "anna": (2, 1, 1), "everybody here": (0, 0, 0)}


@pytest.mark.parametrize("again", [replace(NEED, text="x"), replace(NEED, id="n2", text="x")])
def test_a_need_is_recorded_once(store: Store, again: KnowledgeNeed) -> None:
    """Pressing the button twice gives the need that exists."""
    assert store.questions.record_need(NEED) == NEED
    assert store.questions.record_need(again) == NEED
    assert store.questions.needs(OPERATOR) == (NEED,)


def test_needs_without_a_question_are_all_kept(store: Store) -> None:
    """Two such needs are not the same one."""
    needs = [replace(NEED, id=f"n{n}", question_id=None) for n in (1, 2)]
    for need in needs:
        store.questions.record_need(need)
    assert store.questions.needs(OPERATOR) == tuple(needs)


def test_needs_are_shown_to_who_asked_oldest_first(store: Store) -> None:
    """To the operator all of them; to a whole conversation or another workspace none."""
    late = replace(NEED, id="n0", question_id="q2", asked_at=MONDAY + timedelta(days=1))
    of_ben = replace(NEED, id="n3", question_id="q3", asker_id="ben")
    for need in (late, NEED, of_ben):
        store.questions.record_need(need)
    assert store.questions.needs(Audience.of_person(W, "anna")) == (NEED, late)
    assert store.questions.needs(OPERATOR) == (NEED, of_ben, late)
    for audience in (
        Audience.of_conversation(W, "open"),
        Audience.of_person("workspace-2", "anna"),
        Audience.operator("workspace-2"),
    ):
        assert store.questions.needs(audience) == ()
