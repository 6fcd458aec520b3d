"""What is said unasked, on every platform: it reaches the one it is for, and its buttons work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import Facets
from bot.domain.moments import MomentEvent, MomentState
from bot.domain.note import MessageKey
from bot.domain.people import Person, Standing
from bot.domain.taxonomy import KnowledgeType, Moment, MomentDirection, ProcessStage
from bot.ports import InsightToStore, NoteToStore
from tests.contract.channel_driver import Shown
from tests.contract.channels import CHANNELS, Playing, play

SOLD = "Orbita Labs will be sold to <Helvion> & co"
FACETS = Facets(
    KnowledgeType.ABOUT,
    moment=Moment.OWNERSHIP_CHANGE,
    moment_direction=MomentDirection.THREAT,
)


@pytest.fixture(params=CHANNELS)
def playing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Playing]:
    with play(request.param, tmp_path) as playing:
        yield playing


def alerted(playing: Playing) -> Shown:
    """Anna owns Orbita Labs, has talked to the bot before, and Ben tells something of it."""
    driver, store = playing.driver, playing.store
    driver.command("ask", "who is who?", author=driver.ANNA, conversation=driver.DIRECT)
    orbita = store.customers.create(
        playing.workspace, CustomerDraft("Orbita Labs", owner_id=driver.ANNA)
    )
    ben = Person(driver.BEN, playing.workspace, "Ben", standing=Standing.MEMBER)
    store.directory.put_people([ben])
    (direct,) = [
        c for c in store.directory.conversations(playing.workspace) if is_anna_s(c, driver)
    ]
    key = MessageKey(playing.workspace, direct.id, "1795364138.000100")
    told = InsightToStore(SOLD, FACETS, (orbita.id,), (), (), "fake/1", None, SOLD, None, None)
    now = playing.clock.now()
    store.notes.save(
        NoteToStore(key, direct.channel, driver.BEN, "Ben", SOLD, now, None, None, (told,))
    )
    driver.shown()
    playing.pass_time(60)
    (alert,) = driver.shown()
    return alert


def is_anna_s(conversation, driver) -> bool:
    return driver.ANNA in (conversation.member_ids or ()) and conversation.kind.value == "direct"


def event(playing: Playing) -> MomentEvent:
    (event,) = playing.store.moments.latest(
        Audience.operator(playing.workspace), 5, customer_ids=None
    ) or playing.store.moments.latest(
        Audience.operator(playing.workspace), 5, customer_ids=customers(playing)
    )
    return event


def customers(playing: Playing) -> list[str]:
    return [one.id for one in playing.store.customers.all(Audience.operator(playing.workspace))]


def test_an_alert_reaches_the_account_owner_alone(playing: Playing):
    """In her own talk with the bot, with what was said as data, and the next steps."""
    alert = alerted(playing)

    assert "Ownership change at Orbita Labs" in alert.text
    assert SOLD in alert.text
    assert {"Acknowledge", "Assign", "Close", "I used this"} <= set(alert.buttons)
    assert alert.to_person == playing.driver.ANNA or alert.conversation == playing.driver.DIRECT
    assert not any(bad in alert.raw for bad in playing.forbidden)


def test_it_comes_once(playing: Playing):
    """Nothing more comes with time."""
    alerted(playing)

    playing.pass_time(3600)
    assert playing.driver.shown() == []


def test_the_owner_acknowledges_and_closes_it(playing: Playing):
    """By a press and a form, where the alert stands."""
    driver = playing.driver
    driver.press(alerted(playing), "Acknowledge", person=driver.ANNA)
    (acknowledged,) = [shown for shown in driver.shown() if "Acknowledged by" in shown.text]
    assert event(playing).state is MomentState.ACKNOWLEDGED

    driver.press(acknowledged, "Close", person=driver.ANNA)
    form = next(shown for shown in driver.shown() if shown.form)
    driver.submit(form, {"outcome": ("averted",), "remark": ("a <b> & c",)}, person=driver.ANNA)

    closed = event(playing)
    assert (closed.state, closed.remark) == (MomentState.CLOSED, "a <b> & c")


def test_the_owner_says_that_she_used_it(playing: Playing):
    """One press records it, and Undo takes it back."""
    driver = playing.driver
    driver.press(alerted(playing), "I used this", person=driver.ANNA)

    recorded = next(shown for shown in driver.shown() if "Recorded as used" in shown.text)
    assert event(playing).latest.insight.stage is ProcessStage.UTILIZATION
    driver.press(recorded, "Undo", person=driver.ANNA)
    assert event(playing).latest.insight.stage is ProcessStage.DISSEMINATION
