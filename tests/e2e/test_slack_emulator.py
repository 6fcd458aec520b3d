"""The real product talks with a Slack that we did not write. Run by `make e2e-emulator`.

It plays neither commands, presses, forms, retries, rate limits nor streams: those are in the other
suites. Its events lack what Slack's have besides (`channel_type`, `authorizations`, `bot_id`).
"""

import json
import os
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bot.domain.note import Note
from tests.contract.drivers_slack import signed_headers
from tests.e2e.processes import Processes, free_port, wait_until
from tests.e2e.slack_emulator import EARSHOT, SECRET, TICKER, EmulatedSlack

_FOLDER = os.environ.get("EARSHOT_EMULATOR")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _FOLDER, reason="needs the emulator: make e2e-emulator"),
]


class Office:
    """The product, started as in life, and the Slack that it is connected with."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.slack = EmulatedSlack(
            Path(_FOLDER or "").resolve(), f"http://127.0.0.1:{port}/slack/events"
        )
        self.product = Processes(folder, {**self.slack.settings, "PORT": str(port)})

    def open(self) -> None:
        """Start the product, and have its bot invited."""
        self.product.start_ready("run")
        self.slack.call("anna", "conversations.invite", channel=self.slack.sales, users=EARSHOT)

    def note_on(self, ts: str) -> Note | None:
        """The note that a message became."""
        self.product.wait_until_all_is_done()
        return next((note for note in self.product.notes() if note.key.message_id == ts), None)

    def whisper_after(self, count: int) -> str:
        """The first thing said to one person alone after so many, as JSON."""
        wait_until(lambda: len(self.slack.whispers()) > count, "for a reply")
        return json.dumps(self.slack.whispers()[count])

    def post(self, body: bytes) -> int:
        """Deliver an event ourselves; the status."""
        connection = HTTPConnection("127.0.0.1", self.product.port, timeout=30)
        headers = {**signed_headers(body, secret=SECRET), "content-type": "application/json"}
        try:
            connection.request("POST", "/slack/events", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def close(self) -> None:
        self.product.close()
        self.slack.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        office.open()
        yield office
    finally:
        office.close()


def said_to_earshot(text: str) -> str:
    return f"<@{EARSHOT}> {text}"


def test_a_mention_is_noted_and_its_author_told(office: Office) -> None:
    """Anna alone sees what was understood; the channel stays calm."""
    before = len(office.slack.whispers())
    ts = office.slack.say("anna", said_to_earshot("Novara Pharma complains about late reports"))
    reply = json.loads(office.whisper_after(before))
    assert (reply["target_user"], reply["channel_id"]) == (
        office.slack.people["anna"],
        office.slack.sales,
    )
    assert "Noted" in reply["text"]
    note = office.note_on(ts)
    assert note is not None
    assert note.text == "Novara Pharma complains about late reports"
    assert note.author_name == "anna"
    assert note.permalink == (
        f"https://acme.slack.com/archives/{office.slack.sales}/p{ts.replace('.', '')}"
    )


def test_what_is_said_in_a_thread_is_answered_there(office: Office) -> None:
    """Where everybody is told, and where one person is."""
    before = len(office.slack.whispers())
    root = office.slack.say("ben", "Lunch?")
    office.slack.say("anna", said_to_earshot("Brightwell wants a second line"), thread_ts=root)
    assert json.loads(office.whisper_after(before))["thread_ts"] == root
    announced = office.slack.say("anna", said_to_earshot("listen on"))
    wait_until(
        lambda: len(office.slack.messages(office.slack.sales, announced)) == 2, "to be announced"
    )
    (_, reply) = office.slack.messages(office.slack.sales, announced)
    assert (reply["user"], reply["thread_ts"]) == (EARSHOT, announced)
    ended = office.slack.say("anna", said_to_earshot("listen off"))
    wait_until(lambda: len(office.slack.messages(office.slack.sales, ended)) == 2, "to end")


def test_an_edit_changes_the_note_and_a_deletion_hides_it(office: Office) -> None:
    """The message is what counts."""
    slack = office.slack
    ts = slack.say("anna", said_to_earshot("Ostara GmbH will renew in May"))
    assert office.note_on(ts) is not None
    changed = said_to_earshot("Ostara GmbH will renew in June")
    slack.call("anna", "chat.update", channel=slack.sales, ts=ts, text=changed)
    note = office.note_on(ts)
    assert note is not None
    assert (note.text, note.version) == ("Ostara GmbH will renew in June", 2)
    slack.call("anna", "chat.delete", channel=slack.sales, ts=ts)
    assert office.note_on(ts) is None


def test_a_question_is_answered_with_where_it_was_said(office: Office) -> None:
    """The citation leads to the message."""
    before = len(office.slack.whispers())
    ts = office.slack.say("ben", said_to_earshot("Kestrel Foods moves its warehouse to Ghent"))
    office.whisper_after(before)
    office.slack.say("anna", said_to_earshot("Where does Kestrel Foods move its warehouse?"))
    answer = office.whisper_after(before + 1)
    assert "moves its warehouse to Ghent" in answer
    assert f"/archives/{office.slack.sales}/p{ts.replace('.', '')}" in answer


def test_a_direct_message_is_answered_there(office: Office) -> None:
    """It is between the two."""
    opened = office.slack.call("ben", "conversations.open", users=EARSHOT)
    talk = opened["channel"]["id"]
    ts = office.slack.say("ben", "Falkner Optik asks for a discount", talk)
    wait_until(lambda: len(office.slack.history("ben", talk)) > 1, "for a reply")
    reply = office.slack.history("ben", talk)[1]
    assert reply["user"] == EARSHOT
    assert "Noted" in reply["text"]
    assert office.note_on(ts) is not None


def test_the_ear_saves_what_somebody_else_said(office: Office) -> None:
    """As a note of whoever wrote it, read from Slack again; taken off, it is gone."""
    slack = office.slack
    ts = slack.say("ben", "Halden Marine praised our service team today")
    assert office.note_on(ts) is None
    pointed = {"channel": slack.sales, "timestamp": ts, "name": "ear"}
    slack.call("anna", "reactions.add", **pointed)
    note = office.note_on(ts)
    assert note is not None
    assert (note.author_id, note.text) == (
        slack.people["ben"],
        "Halden Marine praised our service team today",
    )
    slack.call("anna", "reactions.remove", **pointed)
    assert office.note_on(ts) is None


def test_bots_are_not_listened_to(office: Office) -> None:
    """Neither our own words, which come back as events, nor another bot's."""
    slack = office.slack
    known = {note.key.message_id for note in office.product.notes()}
    before = len(slack.whispers())
    own = slack.say("earshot", said_to_earshot("Novara Pharma wants a discount"))
    # Only Slack itself marks every bot's message as one; here the bot has to.
    ticker = slack.say("ticker", said_to_earshot("Novara Pharma rose by 2 %"), bot_id="B2")
    slack.call("anna", "reactions.add", channel=slack.sales, timestamp=ticker, name="ear")
    assert (office.note_on(own), office.note_on(ticker)) == (None, None)
    assert {note.key.message_id for note in office.product.notes()} == known
    assert all(whisper["target_user"] != TICKER for whisper in slack.whispers()[before:])


def test_the_home_tab_is_published(office: Office) -> None:
    """For whoever opened it; that somebody does, this Slack does not tell, so we do."""
    anna = office.slack.people["anna"]
    opened = {
        "type": "app_home_opened",
        "user": anna,
        "channel": f"D{anna[1:]}",
        "tab": "home",
        "event_ts": "1795000000.000001",
    }
    assert office.post(office.slack.event(opened)) == 200
    wait_until(lambda: bool(office.slack.views()), "for the page")
    (view,) = office.slack.views()
    assert (view["type"], view["user_id"]) == ("home", anna)


def test_every_event_was_acknowledged(office: Office) -> None:
    """Also those of kinds that we do not ask Slack for."""
    office.slack.say("anna", "Good morning")
    assert office.slack.statuses() == {200}
