"""What knowledge led to is recorded with one press, and whoever told it hears of it."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import Insight
from bot.domain.people import Person, Standing
from bot.domain.person_settings import PersonSettings, QuietHours
from bot.domain.taxonomy import ProcessStage
from bot.messages import Action, Button, Outgoing, Reply, WayIn
from tests.stage import ANNA, BEN, CARLA, SALES, WORKSPACE, Stage

LATE = "Novara says our deviation reports come too late to be of use"
QUESTION = "what does Novara say about our deviation reports?"
OPERATOR = Audience.operator(WORKSPACE)


def button(reply: Reply, action: Action) -> Button:
    return next(button for button in reply.buttons if button.action is action)


def told_by_anna(stage: Stage) -> None:
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)


def used(stage: Stage, person: str = BEN) -> Reply:
    """Ben asked, and used what he was answered."""
    answer = stage.ask(person, QUESTION)
    return stage.press(person, button(answer, Action.USED_ANSWER))


def insight(stage: Stage) -> Insight:
    return stage.notes()[0].insights[0]


def command(stage: Stage, person: str, words: str) -> str:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND)
    return reply.plain_text


def after(stage: Stage, **by: float) -> list[Outgoing]:
    """What was said while the clock went on in steps, as it does."""
    end = stage.clock.now() + timedelta(**by)
    sent: list[Outgoing] = []
    while stage.clock.now() < end:
        sent += stage.pass_time(minutes=30)
    return sent


def test_one_press_records_a_use(stage: Stage):
    """The insight was applied, which is the furthest that knowledge comes."""
    told_by_anna(stage)
    assert insight(stage).stage is ProcessStage.ACQUISITION

    reply = used(stage)

    assert "Recorded as used" in reply.plain_text
    assert insight(stage).stage is ProcessStage.UTILIZATION


def test_undo_restores_the_stage(stage: Stage):
    """It is again what it was: shown to somebody."""
    told_by_anna(stage)
    reply = used(stage)

    answer = stage.press(BEN, button(reply, Action.UNDO_USE))

    assert "Taken back" in answer.plain_text
    assert insight(stage).stage is ProcessStage.DISSEMINATION
    again = stage.press(BEN, button(reply, Action.UNDO_USE))
    assert "nothing here" in again.plain_text


def test_undo_leaves_what_another_used(stage: Stage):
    """Two people used it, one was mistaken."""
    told_by_anna(stage)
    mistaken = used(stage, BEN)
    used(stage, CARLA)

    stage.press(BEN, button(mistaken, Action.UNDO_USE))

    assert insight(stage).stage is ProcessStage.UTILIZATION


def test_a_line_says_what_came_of_it(stage: Stage):
    """A form with the kind of use and one line; opened again it holds both."""
    told_by_anna(stage)
    reply = used(stage)
    opened = stage.press(BEN, button(reply, Action.TELL_USE))

    answer = stage.submit(BEN, opened, kind="action_oriented", what="We ship <data> loggers")

    assert "we did or changed something" in answer.plain_text
    again = stage.press(BEN, button(answer, Action.TELL_USE))
    assert again.form is not None
    assert [field.value for field in again.form.fields] == [
        ("action_oriented",),
        ("We ship <data> loggers",),
    ]


@pytest.mark.parametrize("action", [Action.TELL_USE, Action.SAVE_USE, Action.UNDO_USE])
def test_nobody_touches_another_s_use(stage: Stage, action: Action):
    """To Carla, Ben's press is as one that never was."""
    told_by_anna(stage)
    key = button(used(stage), Action.UNDO_USE).value

    answer = stage.act(CARLA, action, key, kind="action_oriented", what="mine")

    assert answer == stage.act(CARLA, action, "0" * 32, kind="action_oriented", what="mine")
    assert insight(stage).stage is ProcessStage.UTILIZATION


def test_an_answer_to_somebody_else_is_not_one_s_to_use(stage: Stage):
    """The question's id came from a client."""
    told_by_anna(stage)
    question_id = button(stage.ask(BEN, QUESTION), Action.USED_ANSWER).value

    assert "nothing here" in stage.act(CARLA, Action.USED_ANSWER, question_id).plain_text
    assert insight(stage).stage is ProcessStage.DISSEMINATION


# --- what the contributor hears -----------------------------------------------------------------


def test_the_contributor_hears_once_a_day_what_their_note_was_good_for(stage: Stage):
    """In one message in the afternoon, with the line that the user added, and no name."""
    told_by_anna(stage)
    opened = stage.press(BEN, button(used(stage, BEN), Action.TELL_USE))
    stage.submit(BEN, opened, kind="action_oriented", what="We ship data loggers")
    stage.ask(CARLA, QUESTION)

    (told,) = after(stage, hours=24)

    text = told.reply.plain_text
    assert told.person_id == ANNA
    assert LATE[:40] in text
    assert "answered 2 questions of colleagues" in text
    assert "used: we did or changed something – “We ship data loggers”" in text
    assert not any(name in text for name in ("Ben", "Carla", "ben", "carla"))
    assert QUESTION not in text
    assert after(stage, hours=24) == []


def test_what_comes_the_next_day_is_told_the_next_day(stage: Stage):
    """Each thing once."""
    told_by_anna(stage)
    stage.ask(BEN, QUESTION)
    assert len(after(stage, hours=24)) == 1
    used(stage, CARLA)

    (told,) = after(stage, hours=24)

    assert "answered a question of colleagues" in told.reply.plain_text
    assert "used:" in told.reply.plain_text


def test_one_s_own_questions_are_no_news(stage: Stage):
    """Anna asked and used her own note: nobody tells her so."""
    told_by_anna(stage)
    used(stage, ANNA)

    assert after(stage, hours=48) == []


def test_a_use_that_was_taken_back_is_not_told(stage: Stage):
    """Only that it was in an answer."""
    told_by_anna(stage)
    stage.press(BEN, button(used(stage), Action.UNDO_USE))

    (told,) = after(stage, hours=24)

    assert "used:" not in told.reply.plain_text


def test_whoever_wants_none_gets_none(stage: Stage):
    """Off is off, and what came meanwhile is seen with one's notes."""
    told_by_anna(stage)
    assert "/earshot mine" in command(stage, ANNA, "loop off")
    used(stage)

    assert after(stage, hours=48) == []
    assert "used" in command(stage, ANNA, "mine")


def test_a_pause_ends(stage: Stage):
    """After two weeks they hear again."""
    told_by_anna(stage)
    assert "23 Nov 2026" in command(stage, ANNA, "loop pause 2 weeks")
    used(stage)
    assert after(stage, days=3) == []
    stage.clock.advance(days=12)
    stage.ask(CARLA, QUESTION)

    assert len(after(stage, hours=24)) == 1


@pytest.mark.parametrize("words", ["loop", "loop maybe", "loop pause", "loop pause 2 years"])
def test_what_one_can_say_is_said(stage: Stage, words: str):
    """A wish that is not understood changes nothing."""
    assert "/earshot loop pause 2 weeks" in command(stage, ANNA, words)


def test_it_comes_in_the_person_s_own_afternoon_and_not_in_their_quiet_hours(stage: Stage):
    """Anna sits in New York and is quiet until five there."""
    zone = "America/New_York"
    anna = Person(ANNA, WORKSPACE, "Anna", time_zone=zone, standing=Standing.MEMBER)
    stage.roster.people[ANNA] = anna
    stage.store.directory.put_people([anna])
    quiet = QuietHours(time(12), time(17))
    stage.store.person_settings.put(PersonSettings(WORKSPACE, ANNA, quiet=quiet))
    told_by_anna(stage)
    stage.ask(BEN, QUESTION)

    (told,) = after(stage, hours=24)

    assert told.made_at is not None
    local = told.made_at.astimezone(ZoneInfo(zone))
    assert local.hour == 17
    assert local.date() == date(2026, 11, 9)


def test_mine_shows_my_notes_and_nobody_else_s(stage: Stage):
    """With what became of each, and Change and Undo."""
    told_by_anna(stage)
    stage.note(BEN, "Novara pays late", where=SALES)
    stage.ask(BEN, QUESTION)

    text = command(stage, ANNA, "mine")

    assert LATE[:40] in text
    assert "shown to 1 person" in text
    assert "pays late" not in text
