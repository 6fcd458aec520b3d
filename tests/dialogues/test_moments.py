"""A moment reaches the account owner, once, and what is done about it is kept."""

from datetime import time

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.moments import MomentState
from bot.domain.person_settings import PersonSettings, QuietHours
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
)
from bot.errors import SendFailed
from bot.messages import Action, Outgoing, Reply, WayIn
from bot.ports import Classification, JobName
from bot.services.presentation.moments import checklist
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage

SOLD = "Novara Pharma will be sold to Helvion in spring"
ALSO = "Their buyer told me that Novara Pharma goes to Helvion"
OPERATOR = Audience.operator(WORKSPACE)


def moment(
    kind: Moment = Moment.OWNERSHIP_CHANGE,
    direction: MomentDirection = MomentDirection.THREAT,
    certainty: Certainty = Certainty.STATED,
) -> Facets:
    return Facets(KnowledgeType.ABOUT, moment=kind, moment_direction=direction, certainty=certainty)


@pytest.fixture
def owned(stage: Stage) -> Stage:
    """Novara Pharma belongs to Ben."""
    stage.customer("Novara Pharma", "Novara", owner=BEN)
    return stage


def alerts(sent: list[Outgoing]) -> list[tuple[str, str]]:
    return [(one.person_id, one.reply.plain_text) for one in sent]


def command(stage: Stage, person: str, words: str) -> Reply:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND)
    return reply


def test_the_account_owner_is_alerted_within_a_minute(owned: Stage):
    """Ben is told in his own talk what Anna heard, from whom, and what to do."""
    owned.note(ANNA, SOLD, moment(), where=SALES)

    (alert,) = owned.pass_time(seconds=25)

    assert (alert.person_id, alert.place.conversation_id) == (BEN, BEN)
    text = alert.reply.plain_text
    assert "Ownership change at Novara Pharma – threat" in text
    assert SOLD in text
    assert "Anna · #sales" in text
    assert checklist(Moment.OWNERSHIP_CHANGE)[0] in text
    assert [button.label for button in alert.reply.buttons] == [
        "Acknowledge",
        "Assign",
        "Close",
        "I used this",
    ]


def test_nothing_is_said_before_the_note_could_be_taken_back(owned: Stage):
    """In the first seconds a note can be undone, and then nobody hears of it."""
    (noted,) = owned.note(ANNA, SOLD, moment(), where=SALES)
    assert owned.pass_time(seconds=10) == []
    undo = next(button for button in noted.buttons if button.action is Action.UNDO)
    owned.press(ANNA, undo)

    assert owned.pass_time(seconds=60) == []


def test_hearsay_is_marked(owned: Stage):
    """Ben is told that nobody first-hand has said so."""
    owned.note(ANNA, SOLD, moment(certainty=Certainty.HEARSAY), where=SALES)

    (alert,) = owned.pass_time(seconds=25)

    assert "Hearsay" in alert.reply.plain_text


def test_five_notes_of_one_event_make_one_alert(owned: Stage):
    """Whoever tells it again adds to the alert, in its place."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    (first,) = owned.pass_time(seconds=25)
    later: list[Outgoing] = []
    for words in (ALSO, "Novara: the sale to Helvion is signed", "Helvion owns Novara from May"):
        owned.note(CARLA, words, moment(), where=SALES)
        later += owned.pass_time(minutes=10)

    assert [one.reply.replaces_source for one in later] == [True, True, True]
    assert {one.source_message_id for one in later} == {"sent-1"}
    assert ALSO in later[0].reply.plain_text
    assert not first.reply.replaces_source
    assert len(owned.store.moments.latest(OPERATOR, 10)) == 1


def test_notes_that_come_at_once_make_one_alert(owned: Stage):
    """Also when none was sent yet when the next came."""
    for words in (SOLD, ALSO):
        owned.note(ANNA, words, moment(), where=SALES)

    sent = owned.pass_time(seconds=60)

    assert [one.reply.replaces_source for one in sent].count(False) == 1


def test_a_note_that_is_handled_twice_alerts_once(owned: Stage):
    """The same work again, after a crash, finds that it was said."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    assert len(owned.pass_time(seconds=25)) == 1
    record = owned.notes()[0]

    owned.store.notes.replace_insights(record.note.id, ())
    sent = owned.pass_time(seconds=60)

    assert sent == []


def test_another_kind_at_the_same_customer_is_another_event(owned: Stage):
    """A new head of procurement has nothing to do with the sale."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    owned.note(
        ANNA, "Novara Pharma has a new buyer", moment(Moment.DECISION_MAKER_CHANGE), where=SALES
    )

    sent = owned.pass_time(seconds=60)

    assert len(sent) == 2
    assert len(owned.store.moments.latest(OPERATOR, 10)) == 2


def test_the_same_kind_two_months_later_is_another_event(owned: Stage):
    """A budget round comes every year."""
    budget = moment(Moment.BUDGET_DECISION)
    owned.note(ANNA, "Novara Pharma decides on its budget", budget, where=SALES)
    owned.pass_time(days=60)
    owned.note(ANNA, "Novara Pharma decides on its budget again", budget, where=SALES)

    (alert,) = owned.pass_time(seconds=25)

    assert not alert.reply.replaces_source


def test_two_people_named_are_two_events(owned: Stage):
    """Two decision makers leave in one month."""
    leaves = moment(Moment.DECISION_MAKER_CHANGE)
    owned.note(ANNA, "Pia Keller leaves Novara Pharma", leaves, where=SALES, contacts=["P. Keller"])
    owned.note(ANNA, "Udo Brand leaves Novara Pharma", leaves, where=SALES, contacts=["Udo Brand"])
    owned.note(ANNA, "Novara: Keller is gone", leaves, where=SALES, contacts=["Pia Keller"])

    owned.pass_time(seconds=60)

    assert len(owned.store.moments.latest(OPERATOR, 10)) == 2


def test_whoever_told_it_is_not_told_it(owned: Stage):
    """Ben knows what he wrote, but it is on his list."""
    owned.note(BEN, SOLD, moment(), where=SALES)

    assert owned.pass_time(seconds=60) == []
    assert SOLD in command(owned, BEN, "moments").plain_text


def test_an_owner_who_may_not_see_the_note_hears_nothing(owned: Stage):
    """What was said among Anna and Ben stays there, also for whoever owns the customer."""
    owned.customer("Helvion", owner=CARLA)
    owned.note(ANNA, "Helvion will be sold", moment(), where=PRICING)

    assert owned.pass_time(seconds=60) == []
    assert "Helvion" not in command(owned, CARLA, "moments").plain_text
    assert "Helvion will be sold" in command(owned, BEN, "moments").plain_text


def test_once_it_is_told_where_the_owner_reads_they_are_alerted(owned: Stage):
    """What was private before is in the open now; only the open note is shown."""
    owned.customer("Helvion", owner=CARLA)
    owned.note(ANNA, "Helvion will be sold for 3 million", moment(), where=PRICING)
    owned.pass_time(seconds=60)
    owned.note(BEN, "Helvion is for sale", moment(), where=SALES)

    (alert,) = owned.pass_time(seconds=60)

    assert alert.person_id == CARLA
    assert "3 million" not in alert.reply.plain_text


def not_sent_yet(stage: Stage) -> str:
    """What is due is done, but the platform takes nothing just now."""
    stage.gateway.failures.append(SendFailed("down"))
    with pytest.raises(SendFailed):
        stage.pass_time(seconds=25)
    (outgoing_id,) = stage.store.outbox.waiting()
    return str(outgoing_id)


def test_a_deletion_before_sending_withholds_the_alert(owned: Stage):
    """It was put in the outbox, and the note went before it left."""
    owned.note(ANNA, SOLD, moment(), where=SALES, message_id="m-sold")
    outgoing_id = not_sent_yet(owned)
    owned.delete("m-sold", where=SALES)
    owned.jobs.enqueue(None, JobName.SEND, outgoing_id)

    assert owned.pass_time(seconds=1) == []
    assert owned.store.outbox.get(outgoing_id) is None


def test_a_correction_before_sending_withholds_the_alert_and_makes_the_right_one(owned: Stage):
    """The note was on another customer; its owner is told instead."""
    helvion = owned.customer("Orbita", owner=CARLA)
    (noted,) = owned.note(ANNA, SOLD, moment(), where=SALES)
    outgoing_id = not_sent_yet(owned)
    opened = owned.press(ANNA, noted.buttons[0])
    owned.submit(ANNA, opened, customers=(helvion,))
    owned.jobs.enqueue(None, JobName.SEND, outgoing_id)

    assert owned.pass_time(seconds=1) == []
    assert [one.person_id for one in owned.pass_time(seconds=60)] == [CARLA]


def test_a_correction_that_changes_nothing_of_the_moment_alerts_all_the_same(owned: Stage):
    """What was withheld since it was out of date is said as it is now."""
    (noted,) = owned.note(ANNA, SOLD, moment(), where=SALES)
    outgoing_id = not_sent_yet(owned)
    owned.submit(ANNA, owned.press(ANNA, noted.buttons[0]), weak_signal=("yes",))
    owned.jobs.enqueue(None, JobName.SEND, outgoing_id)

    assert owned.pass_time(seconds=1) == []
    assert [one.person_id for one in owned.pass_time(seconds=60)] == [BEN]


def test_quiet_hours_hold_the_alert_back(owned: Stage):
    """Ben sleeps until ten by his own clock."""
    quiet = QuietHours(time(0), time(10))
    owned.store.person_settings.put(PersonSettings(WORKSPACE, BEN, quiet=quiet))
    owned.note(ANNA, SOLD, moment(), where=SALES)

    assert owned.pass_time(minutes=30) == []
    assert [one.person_id for one in owned.pass_time(minutes=40)] == [BEN]


def test_what_is_known_around_it_comes_with_it(owned: Stage):
    """Two other notes on the same customer, each with its link."""
    owned.note(CARLA, "Novara Pharma pays late", where=SALES)
    owned.pass_time(minutes=5)
    owned.note(ANNA, SOLD, moment(), where=SALES)

    (alert,) = owned.pass_time(seconds=25)

    assert "What we know around it" in alert.reply.plain_text
    assert "Novara Pharma pays late" in alert.reply.plain_text


def test_acknowledging_is_shown_in_the_alert(owned: Stage):
    """One press, and the alert says who deals with it."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    (alert,) = owned.pass_time(seconds=25)

    answer = owned.press(BEN, alert.reply.buttons[0])

    assert answer.replaces_source
    assert "Acknowledged by Ben" in answer.plain_text
    assert owned.store.moments.latest(OPERATOR, 1)[0].state is MomentState.ACKNOWLEDGED


def test_whoever_it_is_assigned_to_is_told_and_in_charge(owned: Stage):
    """Carla gets the alert with who asked her, and can close it."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    (alert,) = owned.pass_time(seconds=25)
    opened = owned.press(BEN, alert.reply.buttons[1])
    answer = owned.submit(BEN, opened, in_charge=CARLA)
    assert "Assigned to Carla" in answer.plain_text

    (told,) = owned.pass_time(seconds=1)

    assert told.person_id == CARLA
    assert "Ben asked you to deal with this." in told.reply.plain_text
    assert "Close" in [button.label for button in told.reply.buttons]


def test_it_cannot_be_assigned_to_somebody_who_may_not_see_it(owned: Stage):
    """A form is not to be trusted, and does not tell who is behind the wall."""
    owned.note(ANNA, SOLD, moment(), where=PRICING)
    (alert,) = owned.pass_time(seconds=25)
    opened = owned.press(BEN, alert.reply.buttons[1])
    assert opened.form is not None
    assert [option.value for option in opened.form.fields[0].options] == [ANNA]

    answer = owned.submit(BEN, opened, in_charge=CARLA)

    assert "nothing here" in answer.plain_text
    assert owned.pass_time(seconds=5) == []


def test_it_is_closed_with_an_outcome(owned: Stage):
    """What came of it is kept, and it leaves the list of open ones."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    (alert,) = owned.pass_time(seconds=25)
    opened = owned.press(BEN, alert.reply.buttons[2])

    answer = owned.submit(BEN, opened, outcome="averted", remark="Signed for three years")

    assert "Closed by Ben. We averted harm: Signed for three years" in answer.plain_text
    assert "No moments" in command(owned, BEN, "moments").plain_text
    assert "averted" in command(owned, BEN, "moments Novara").plain_text


def test_what_was_written_on_closing_stays_with_those_who_may_see_all_of_it(owned: Stage):
    """Carla may see one of two notes: she reads that it is closed, and not what Ben wrote."""
    owned.note(ANNA, SOLD, moment(), where=PRICING)
    owned.note(CARLA, ALSO, moment(), where=SALES)
    sent = owned.pass_time(seconds=60)
    close = next(b for b in sent[0].reply.buttons if b.action is Action.CLOSE_MOMENT)
    owned.submit(BEN, owned.press(BEN, close), outcome="lost", remark="Price was 3 million")

    assert "3 million" in command(owned, BEN, "moments Novara").plain_text
    seen = command(owned, CARLA, "moments Novara").plain_text
    assert "We lost by it" in seen
    assert "3 million" not in seen


@pytest.mark.parametrize(
    "action",
    [Action.ACKNOWLEDGE, Action.ASSIGN, Action.CLOSE_MOMENT, Action.SAVE_OUTCOME],
)
def test_nobody_else_changes_it(owned: Stage, action: Action):
    """Carla sees it and is not in charge; to her it is as what does not exist."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    owned.pass_time(seconds=25)
    (event,) = owned.store.moments.latest(OPERATOR, 1)

    answer = owned.act(CARLA, action, event.id, outcome="won")

    assert answer == owned.act(CARLA, action, "no-such-moment", outcome="won")
    assert owned.store.moments.latest(OPERATOR, 1)[0].state is MomentState.OPEN


def test_an_alert_passes_the_insight_on(owned: Stage):
    """Ben did not tell it: it has reached somebody else."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    owned.pass_time(seconds=25)

    (record,) = owned.notes()
    assert record.insights[0].stage is ProcessStage.DISSEMINATION


def test_the_owner_s_page_has_it_on_top(owned: Stage):
    """Whoever missed the alert finds it at home."""
    owned.note(ANNA, SOLD, moment(), where=SALES)
    owned.pass_time(seconds=25)

    page = owned.handler.home.page(WORKSPACE, BEN)

    assert page.sections[0].title == "Moments to deal with"
    assert [b.label for b in page.sections[0].items[0].buttons] == ["Acknowledge", "Close"]
    titles = [section.title for section in owned.handler.home.page(WORKSPACE, CARLA).sections]
    assert "Moments to deal with" not in titles


def test_a_note_of_last_month_is_no_news(owned: Stage):
    """Importing what was written long ago alerts nobody."""
    message = owned.message(ANNA, SOLD, way_in=WayIn.NOTE_COMMAND, where=SALES)
    owned.clock.advance(days=30)
    drafts = (InsightDraft(SOLD, moment()),)
    owned.classifier.answers.append(Classification(drafts, "fake/1"))
    owned.handler.handle(message)

    assert owned.pass_time(seconds=60) == []


def test_an_alert_that_was_missed_is_made_up_for(owned: Stage):
    """What is due waits in the database while nothing runs."""
    owned.note(ANNA, SOLD, moment(), where=SALES)

    (alert,) = owned.pass_time(days=1)

    assert alert.person_id == BEN
    assert owned.store.outbox.message_id(WORKSPACE, alert.key or "") == "sent-1"
