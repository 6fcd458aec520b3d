"""The Home tab: opened, pressed, and shown within Slack's limits."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import home_tab, interactions, parse
from adapters.slack.config import Installation
from adapters.slack.previews import preview
from adapters.slack.text import units
from bot.domain.people import ConversationKind
from bot.errors import SendRefused
from bot.messages import (
    HOME,
    Action,
    Button,
    Home,
    HomeItem,
    HomeOpened,
    HomeSection,
    Outgoing,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
    TalkOpened,
)
from tests.block_kit import problem_with_home
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import BOT_USER, TEAM
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import send

HERE = Installation("main", TEAM, BOT_USER)
ANNA, DIRECT = SlackDriver.ANNA, SlackDriver.DIRECT
PLACE = Place("slack", "main", DIRECT, ConversationKind.DIRECT)
NOVARA = "Novara Pharma says that our deviation reports come too late to be of use"


def item(text: str, *labels: str) -> HomeItem:
    buttons = tuple(Button(label, Action.UNDO, "n1") for label in labels)
    return HomeItem((Paragraph((Span(text),)),), buttons)


def outgoing(reply: Reply | None = None) -> Outgoing:
    return Outgoing("o1", PLACE, ANNA, reply or Reply((), refreshes_home=True))


def texts(view: dict[str, Any]) -> list[str]:
    return [str(value) for value in _strings(view["blocks"])]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _strings(part)


# --- what comes in --------------------------------------------------------------------------------


def event(tab: str) -> dict[str, Any]:
    happened = {
        "type": "app_home_opened",
        "user": ANNA,
        "channel": DIRECT,
        "tab": tab,
        "event_ts": "1782770450.000100",
    }
    return {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": happened}


def test_the_home_tab_is_told_from_the_messages_tab():
    """One event tells of both; a tab that is not known is nobody's."""
    assert parse.event(event("home"), HERE) == HomeOpened(
        PLACE, ANNA, f"{DIRECT}-1782770450.000100"
    )
    assert isinstance(parse.event(event("messages"), HERE), TalkOpened)
    assert parse.event(event("about"), HERE) is None


def pressed(**changed: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": ANNA, "team_id": TEAM},
        "container": {"type": "view", "view_id": "V1"},
        "view": {"type": "home", "id": "V1", "private_metadata": '{"value":"","channel":"D0ANNA"}'},
        "trigger_id": "1.2.abc",
        "actions": [{"action_id": "undo.0-1-0", "value": "n1", "action_ts": "1795000000.000001"}],
        **changed,
    }


def test_a_press_on_the_home_tab_says_that_it_was_there():
    """It is in no conversation, so the page says which one is the person's and the bot's."""
    taken = home_tab.pressed(pressed(), HERE)
    assert taken is not None
    assert (taken.action, taken.value, taken.person_id) == (Action.UNDO, "n1", ANNA)
    assert (taken.place, taken.source_message_id) == (PLACE, HOME)
    assert interactions.press(pressed(), HERE) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"team": {"id": "T0OTHER"}},
        {"user": {"id": ANNA, "team_id": "T0OTHER"}},
        {"view": {"type": "modal", "private_metadata": '{"value":"","channel":"D0ANNA"}'}},
        {"view": {"type": "home", "private_metadata": "nonsense"}},
        {"view": {"type": "home", "private_metadata": '{"value":"","channel":"../x"}'}},
        {"actions": [{"action_id": "nothing.1", "value": "", "action_ts": "1.1"}]},
        {"actions": []},
    ],
)
def test_what_is_not_a_press_of_ours_is_dropped(changed: dict[str, Any]):
    """Another team's, a form's, or one that lacks what it should hold."""
    assert home_tab.pressed(pressed(**changed), HERE) is None


# --- what is shown --------------------------------------------------------------------------------


def test_a_page_shows_its_sections_with_what_was_just_done_on_top():
    """Titles as headers, small print, buttons beside their line."""
    done = Reply((Paragraph((Span("Undone."),)),), (Button("Restore", Action.RESTORE, "n1"),))
    page = Home(
        (
            HomeSection("Your notes", (item("Acme", "Undo"), item("Novara", "Undo"))),
            HomeSection("Settings", (item("None"),)),
        )
    )
    view = dict(home_tab.view(outgoing(done), page))
    assert problem_with_home(view) is None
    assert [block["type"] for block in view["blocks"]] == [
        "rich_text",
        "actions",
        "divider",
        "header",
        "rich_text",
        "actions",
        "rich_text",
        "actions",
        "divider",
        "header",
        "rich_text",
    ]
    assert json.loads(view["private_metadata"]) == {"value": "", "channel": DIRECT}
    assert preview(Outgoing("o1", PLACE, ANNA, done, home=page)) == {"view": view}


def test_a_page_without_anything_is_still_a_page():
    """Slack takes an empty view."""
    assert problem_with_home(dict(home_tab.view(outgoing(), Home(())))) is None


def test_what_is_too_much_is_left_out_from_the_end_with_its_buttons():
    """A line goes with its buttons, and every section keeps its title."""
    long = HomeSection("Long", tuple(item("x" * 500, "Undo") for _ in range(40)))
    view = dict(home_tab.view(outgoing(), Home((long, HomeSection("Last", (item("short"),))))))
    kinds = [block["type"] for block in view["blocks"]]
    assert problem_with_home(view) is None
    assert 20 <= kinds.count("rich_text") < 40
    assert kinds.count("actions") in {kinds.count("rich_text"), kinds.count("rich_text") - 1}
    assert "Last" in texts(view)


_WORDS = st.text(max_size=400) | st.sampled_from(["<!channel>" * 200, "&" * 3000, "👩‍👩‍👧" * 900])
_BLOCKS = st.one_of(
    st.builds(
        Paragraph,
        st.lists(st.builds(Span, _WORDS), min_size=1, max_size=3).map(tuple),
        subdued=st.booleans(),
    ),
    st.builds(Quote, _WORDS),
)
_ITEMS = st.builds(
    HomeItem,
    st.lists(_BLOCKS, min_size=1, max_size=3).map(tuple),
    st.lists(st.builds(Button, _WORDS, st.just(Action.UNDO), st.just("n1")), max_size=4).map(tuple),
)
_PAGES = st.builds(
    Home,
    st.lists(
        st.builds(HomeSection, st.text(max_size=200), st.lists(_ITEMS, max_size=40).map(tuple)),
        max_size=6,
    ).map(tuple),
)


@settings(deadline=None)  # how long a page takes to draw is not what it is about
@given(_PAGES, st.lists(_BLOCKS, max_size=4))
def test_slack_takes_whatever_stands_on_a_page(page: Home, done: list[Any]):
    """At most 100 blocks, all texts together within the sum, ids that are unique."""
    view = dict(home_tab.view(outgoing(Reply(tuple(done))), page))
    assert problem_with_home(view) is None
    assert sum(map(units, texts(view))) <= home_tab.VIEW_SIZE


def test_the_page_is_published_for_its_person(slack: Slack):
    """And no message is sent, whatever stands on top of it."""
    page = Home((HomeSection("Your notes", (item("Acme", "Undo"),)),))
    assert send(slack, Reply((Quote("Undone."),)), PLACE, home=page) is None
    (call,) = slack.api.calls_of("views.publish")
    assert call.arguments["user_id"] == ANNA
    assert slack.api.calls_of("chat.postMessage") == []


def test_an_app_without_a_home_tab_is_told_what_to_turn_on(slack: Slack):
    """An app that was made from an older manifest."""
    slack.api.has_home_tab = False
    with pytest.raises(SendRefused, match="turn the Home tab on"):
        send(slack, Reply(()), PLACE, home=Home(()))


# --- the whole way --------------------------------------------------------------------------------


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("slack", tmp_path) as playing:
        yield playing


def driver_of(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


def test_a_note_is_taken_back_on_the_page_and_brought_back(playing: Playing):
    """Open, Undo, Restore: each press leaves the page as it then is."""
    driver = driver_of(playing)
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    driver.open_home(person=ANNA)
    assert NOVARA in driver.home(person=ANNA)

    driver.press_home("Undo", person=ANNA)
    assert "Undone. The note is hidden everywhere." in driver.home(person=ANNA)
    assert NOVARA not in driver.home(person=ANNA)

    driver.press_home("Restore", person=ANNA)
    assert driver.home(person=ANNA).startswith("Restored for Novara Pharma")
    assert NOVARA in driver.home(person=ANNA)


def test_a_note_is_changed_over_the_page(playing: Playing):
    """The form opens by itself, and what it saved stands on the page."""
    driver = driver_of(playing)
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    driver.open_home(person=ANNA)
    driver.shown()
    driver.press_home("Change", person=ANNA)
    (form,) = driver.shown()
    assert form.form

    driver.submit(form, {"signal": ("praise",)}, person=ANNA)
    assert driver.shown() == []
    assert driver.home(person=ANNA).startswith("Changed for Novara Pharma")
    assert "direct message · praise" in driver.home(person=ANNA)
    assert " · corrected" in driver.home(person=ANNA)


def test_an_event_that_comes_again_publishes_nothing(playing: Playing):
    """Slack delivers at least once."""
    driver = driver_of(playing)
    for _ in range(3):
        driver.open_home(person=ANNA, event_ts="1795000000.000001")
    published = [call for call in driver._api.calls if call.method == "views.publish"]
    assert len(published) == 1


def test_nobody_reads_on_their_page_what_was_said_to_the_bot_alone(playing: Playing):
    """Ben's page has nothing of Anna's direct message."""
    driver = driver_of(playing)
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    driver.open_home(person=driver.BEN)
    assert NOVARA not in driver.home(person=driver.BEN)
    assert "Nothing noted yet" in driver.home(person=driver.BEN)
