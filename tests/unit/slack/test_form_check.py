"""What is wrong with a form is said at its fields, and nothing is lost by the check."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.domain.customer import CustomerDraft
from bot.errors import StoreUnavailable
from bot.messages import ActionTaken, FieldProblem, IncomingMessage
from bot.ports import FormCheck
from bot.services.form_reading import MOST_CUSTOMERS
from bot.use_cases.check_form import CheckForm
from tests.contract.drivers_slack import SlackDriver, slack_channel_and_api
from tests.contract.stores import StoreKit
from tests.fakes import RecordingIntake
from tests.slack_api import TEAM, FakeSlackApi

ANNA = SlackDriver.ANNA


class Submitting:
    """Somebody submits forms of a channel that checks them."""

    def __init__(self, check: FormCheck | None) -> None:
        self.intake = RecordingIntake()
        self.channel, self.api = slack_channel_and_api(self.intake, form_check=check)
        self._driver = SlackDriver(self.channel, self.api, lambda: None)

    def submit(self, callback_id: str, origin: str = "", **fields: Any) -> dict[str, str]:
        """What is wrong, by field, as Slack is answered."""
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": ANNA, "team_id": TEAM},
            "view": {
                "type": "modal",
                "id": "V1",
                "callback_id": callback_id,
                "private_metadata": origin,
                "state": {"values": {name: {name: state} for name, state in fields.items()}},
            },
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        request = self._driver._request(body, "application/x-www-form-urlencoded")
        response = self.api.loop.run(request)
        assert response.status_code == 200
        if not response.content:
            return {}
        assert response.headers["content-type"].startswith("application/json")
        answer = response.json()
        assert answer["response_action"] == "errors"
        return answer["errors"]

    def change(self, **changed: Any) -> dict[str, str]:
        """Submit what was understood of an insight, with some fields changed."""
        fields = {
            "customers": {"selected_options": []},
            "knowledge_type": chosen("about"),
            "process_stage": chosen("storage"),
            "use_kind": chosen(""),
            "moment": chosen(""),
            "moment_direction": chosen(""),
        }
        origin = json.dumps({"value": "i1", "channel": "C1"})
        return self.submit("save_change", origin, **fields | changed)


def chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value} if value else None}


def among(*values: str) -> dict[str, Any]:
    return {"selected_options": [{"value": value} for value in values]}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    yield kit
    kit.store.close()


@pytest.fixture
def opened() -> Iterator[Callable[[FormCheck | None], Submitting]]:
    apis: list[FakeSlackApi] = []

    def open_with(check: FormCheck | None) -> Submitting:
        submitting = Submitting(check)
        apis.append(submitting.api)
        return submitting

    yield open_with
    for api in apis:
        api.close()


Opened = Callable[[FormCheck | None], Submitting]


def test_a_form_without_a_fault_is_taken(opened: Opened, kit: StoreKit):
    """Its customers are there."""
    kit.has_members(ANNA, workspace="main")
    novara = kit.store.customers.create("main", CustomerDraft("Novara")).id
    form = opened(CheckForm(kit.store.customers))
    assert form.change(customers=among(novara)) == {}
    (taken,) = form.intake.taken
    assert isinstance(taken, ActionTaken)
    assert taken.fields["customers"] == (novara,)


def test_a_customer_that_is_not_there_is_told_at_its_field(opened: Opened, kit: StoreKit):
    """Another workspace's customer and one that never was look the same, and nothing is taken."""
    theirs = kit.store.customers.create("another", CustomerDraft("Secret AG")).id
    form = opened(CheckForm(kit.store.customers))
    errors = form.change(customers=among(theirs))
    assert (
        errors
        == form.change(customers=among("0" * 32))
        == {"customers": "A customer you chose is not there. Choose again."}
    )
    assert form.change(customers=among("Secret AG"))["customers"].startswith("I know no customer")
    assert form.intake.taken == []


def test_too_many_customers_are_told_without_looking_one_up(opened: Opened):
    """However many a client sends."""
    form = opened(CheckForm(None))  # nothing may be asked of it
    many = among(*(f"{n:032x}" for n in range(MOST_CUSTOMERS + 1)))
    assert form.change(customers=many) == {"customers": "Choose at most 50 customers."}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"use_kind": chosen("action_oriented")}, "use_kind"),
        ({"moment_direction": chosen("threat")}, "moment_direction"),
        ({"process_stage": chosen("")}, "process_stage"),
        ({"knowledge_type": chosen("forged")}, "knowledge_type"),
    ],
)
def test_choices_that_do_not_go_together_are_told_at_their_field(
    opened: Opened, kit: StoreKit, changed: dict[str, Any], field: str
):
    """One of them would be dropped in silence otherwise."""
    form = opened(CheckForm(kit.store.customers))
    assert list(form.change(**changed)) == [field]
    assert form.intake.taken == []


def test_a_kind_of_use_and_a_direction_are_fine_with_what_they_go_with(
    opened: Opened, kit: StoreKit
):
    """A use, and a moment."""
    form = opened(CheckForm(kit.store.customers))
    uses = {"process_stage": chosen("utilization"), "use_kind": chosen("action_oriented")}
    moments = {"moment": chosen("budget_decision"), "moment_direction": chosen("threat")}
    assert form.change(**uses, **moments) == {}


def test_a_customer_without_a_name_is_told_at_the_name(opened: Opened, kit: StoreKit):
    """While the form is still open."""
    form = opened(CheckForm(kit.store.customers))
    origin = json.dumps({"value": "n1", "channel": "C1"})
    errors = form.submit("save_customer", origin, name={"value": "  "}, aliases={"value": None})
    assert errors == {"name": "Please give the customer a name."}
    long = form.submit("save_customer", origin, name={"value": "A"}, aliases={"value": "x" * 201})
    assert list(long) == ["aliases"]


class Check:
    """Finds what it was given; fails or hangs where it was told to."""

    def __init__(self, *found: FieldProblem, failure: StoreUnavailable | None = None) -> None:
        self.found, self.failure = found, failure
        self.hangs = False
        self.released = threading.Event()

    def problems(self, submitted: ActionTaken) -> tuple[FieldProblem, ...]:
        if self.hangs:
            self.released.wait(30)
        if self.failure:
            raise self.failure
        return self.found


def test_a_form_is_taken_unchecked_while_the_database_hangs(opened: Opened):
    """Many times over: no check that hangs holds up another or what is kept."""
    check = Check(FieldProblem("use_kind", "wrong"))
    check.hangs = True
    form = opened(check)
    form.channel._receiver._check._within_s = 0.05
    try:
        assert [form.change() for _ in range(6)] == [{}] * 6
        assert form.intake.taken
    finally:
        check.released.set()


def test_a_form_is_taken_unchecked_while_the_database_is_gone(opened: Opened):
    """The intake has its own way of saying so."""
    form = opened(Check(failure=StoreUnavailable("gone")))
    assert form.change() == {}
    assert form.intake.taken


def test_a_fault_in_a_field_that_the_form_lacks_does_not_hold_it_up(opened: Opened):
    """Slack would show it nowhere; the worker says it in words."""
    form = opened(Check(FieldProblem("elsewhere", "wrong")))
    assert form.change() == {}
    assert form.intake.taken


@pytest.mark.parametrize("text", [None, "", "  \n "])
def test_a_new_note_without_words_is_told_at_its_field(opened: Opened, text: str | None):
    """Nothing is taken."""
    form = opened(None)
    assert form.submit("new_note", text={"value": text}) == {"text": "Write what you heard."}
    assert form.intake.taken == []


def test_a_new_note_that_is_too_long_is_told_at_its_field(opened: Opened):
    """One that just fits is taken."""
    form = opened(None)
    assert "3000 characters" in form.submit("new_note", text={"value": "x" * 3001})["text"]
    assert form.submit("new_note", text={"value": "x" * 3000}) == {}
    (taken,) = form.intake.taken
    assert isinstance(taken, IncomingMessage)


@pytest.mark.parametrize("origin", ["", "{}", '{"channel":"C1","ts":"1795000000.1"}', "not json"])
def test_a_message_whose_words_were_taken_out_is_told_at_its_field(opened: Opened, origin: str):
    """Whatever a client made of where the form says that it was opened."""
    form = opened(None)
    assert form.submit("save_message", origin, text={"value": " "}) == {
        "text": "Write what you heard."
    }
    assert form.intake.taken == []


def test_a_message_with_files_alone_needs_no_words(opened: Opened):
    """Left as it is, it is saved with its files."""
    digest = hashlib.sha256(b"").hexdigest()
    origin = json.dumps({"channel": "C1", "ts": "1795000000.1", "digest": digest})
    form = opened(None)
    assert form.submit("save_message", origin, text={"value": None}) == {}
    assert len(form.intake.taken) == 1
