"""Ways in that only Teams has, through the whole product: its menus, its search, its dialogs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audience import Audience
from bot.domain.note import NoteRecord
from tests.contract.channel_driver import Shown
from tests.contract.channels import Playing, play
from tests.contract.drivers_teams import TeamsDriver, directory_id

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"
ANNA, BEN, SALES, DIRECT = (
    TeamsDriver.ANNA,
    TeamsDriver.BEN,
    TeamsDriver.SALES,
    TeamsDriver.DIRECT,
)
ELSEWHERE = "19:where-the-bot-is-not@unq.gbl.spaces"


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("teams", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> TeamsDriver:
    assert isinstance(playing.driver, TeamsDriver)
    return playing.driver


def notes(playing: Playing) -> list[NoteRecord]:
    return list(playing.store.notes.all(Audience.operator(playing.workspace)))


def shown_once(driver: TeamsDriver) -> Shown:
    (shown,) = driver.shown()
    return shown


# --- Save to Earshot ----------------------------------------------------------------------------


def test_a_message_is_saved_with_two_clicks(playing: Playing, driver: TeamsDriver) -> None:
    """The action, and Save: its author's note, and whoever saved it is told in their own chat."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    payload = driver.payload_of(said)
    answer = driver.point_at(payload, person=ANNA, conversation=SALES)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.saved_by_id) == (BEN, ANNA)
    assert (record.note.text, record.note.author_name) == (NOVARA, "Ben Ode")
    assert (record.note.key.conversation_id, record.note.key.message_id) == (SALES, said)
    assert said in (record.note.permalink or "")
    assert "Kept" in json.dumps(answer)
    reply = shown_once(driver)
    assert (reply.to_person, reply.conversation) == (ANNA, DIRECT)
    assert {"Change", "Undo"} <= set(reply.buttons)


def test_a_text_that_is_longer_than_the_dialog_is_saved_whole(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Left as it is, what counts is the message."""
    long = f"{NOVARA}. " + "They told us so again and again. " * 300
    said = driver.post(long, author=BEN, conversation=SALES)
    driver.point_at(driver.payload_of(said), person=ANNA, conversation=SALES)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.text) == (BEN, long.strip())


def test_a_changed_text_is_the_savers_note(playing: Playing, driver: TeamsDriver) -> None:
    """Its author answers for no word that they did not write."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    text = "Novara Pharma would leave us over the reports"
    driver.point_at(driver.payload_of(said), person=ANNA, conversation=SALES, text=text)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.text) == (ANNA, text)
    assert record.note.key.conversation_id == SALES
    assert record.note.key.message_id != said


def test_where_the_bot_is_no_member_the_note_is_the_savers_alone(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Nobody knows who reads along there; the person is told whose note it is, and why."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.point_at(driver.payload_of(said), person=ANNA, conversation=ELSEWHERE)

    (record,) = notes(playing)
    assert record.note.author_id == ANNA
    reply = shown_once(driver)
    assert reply.to_person == ANNA
    assert "could not look up who wrote" in reply.text
    ben = Audience.of_person(playing.workspace, BEN)
    assert not playing.store.notes.are_visible([record.note.id], ben)


def test_an_author_who_is_not_there_is_not_believed(playing: Playing, driver: TeamsDriver) -> None:
    """Else anybody could put words into anybody's mouth."""
    payload = driver.payload_of(driver.post(NOVARA, author=BEN, conversation=SALES))
    payload["from"]["user"]["id"] = "00000000-0000-0000-0000-00000000dead"
    driver.point_at(payload, person=ANNA, conversation=SALES)

    (record,) = notes(playing)
    assert record.note.author_id == ANNA
    assert record.note.key.conversation_id == ANNA


def test_what_the_dialog_says_of_the_author_is_not_believed(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Only what Teams passes on beside it."""
    payload = driver.payload_of(driver.post(NOVARA, author=ANNA, conversation=SALES))
    data = {"text": NOVARA, "wish": "w1", "author_id": BEN, "messagePayload": payload}
    driver.invoke(
        "composeExtension/submitAction",
        {"commandId": "capture", "data": data},
        person=ANNA,
        conversation=SALES,
    )

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.key.conversation_id) == (ANNA, ANNA)


def test_a_note_that_is_there_already_keeps_its_words(
    playing: Playing, driver: TeamsDriver
) -> None:
    """What Teams passes on has the mention in it, and went through the saver's client."""
    said = driver.post(f"note {NOVARA}", author=BEN, conversation=SALES, mention=True)
    (before,) = notes(playing)
    driver.shown()
    payload = driver.payload_of(said)
    payload["from"]["user"]["id"] = directory_id(ANNA)
    driver.point_at(payload, person=ANNA, conversation=SALES)

    assert notes(playing) == [before]
    assert "Already noted" in shown_once(driver).text


def test_a_dialog_that_is_sent_twice_is_one_note(playing: Playing, driver: TeamsDriver) -> None:
    """Teams sends an invoke again that was not answered in time."""
    payload = driver.payload_of(driver.post(NOVARA, author=BEN, conversation=SALES))
    asked = {"commandId": "capture", "messagePayload": payload}
    for _ in range(2):
        driver.invoke(
            "composeExtension/submitAction",
            {**asked, "data": {"wish": "w1", "text": "Novara Pharma leaves us"}},
            person=ANNA,
            conversation=SALES,
        )

    assert len(notes(playing)) == 1
    assert len(driver.shown()) == 1


@pytest.mark.parametrize("sender", [{"application": {"id": "x"}}, None, {}])
def test_what_bots_wrote_is_never_saved(playing: Playing, driver: TeamsDriver, sender: Any) -> None:
    """Its answer would become evidence for itself."""
    payload = driver.payload_of(driver.post(NOVARA, author=BEN, conversation=SALES))
    answer = driver.point_at({**payload, "from": sender}, person=ANNA, conversation=SALES)

    assert "A bot wrote this" in answer["task"]["value"]
    assert notes(playing) == []


def test_the_authors_edit_and_deletion_reach_what_was_saved(
    playing: Playing, driver: TeamsDriver
) -> None:
    """It is their note."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.point_at(driver.payload_of(said), person=ANNA, conversation=SALES)
    driver.edit(said, "Novara Pharma is content again", author=BEN, conversation=SALES)
    (record,) = notes(playing)
    assert record.note.text == "Novara Pharma is content again"

    driver.delete(said, author=BEN, conversation=SALES)
    assert notes(playing) == []


def test_what_its_author_brings_back_is_a_note_again(playing: Playing, driver: TeamsDriver) -> None:
    """And can be deleted once more."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)
    for _ in range(2):
        driver.delete(said, author=BEN, conversation=SALES)
        assert notes(playing) == []
        driver.bring_back(said, author=BEN, conversation=SALES)
        assert [record.note.text for record in notes(playing)] == [NOVARA]


# --- searching ----------------------------------------------------------------------------------


def test_a_find_is_inserted_as_a_card(playing: Playing, driver: TeamsDriver) -> None:
    """Its words, whose they are, and a way to the whole note."""
    driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)
    found = driver.search("novara", person=ANNA, conversation=SALES)

    assert found["type"] == "result"
    (one,) = found["attachments"]
    assert NOVARA in json.dumps(one["content"])
    assert "Ben Ode" in json.dumps(one["content"])
    assert NOVARA.startswith(one["preview"]["content"]["title"].rstrip("…"))
    assert [action["title"] for action in one["content"]["actions"]] == ["Whole note"]


def test_without_words_the_latest_is_offered(playing: Playing, driver: TeamsDriver) -> None:
    """The list is never empty where something is known."""
    driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)

    assert len(driver.search("", person=ANNA, conversation=SALES)["attachments"]) == 1


def test_only_what_every_reader_may_see_is_offered(playing: Playing, driver: TeamsDriver) -> None:
    """Anna's own note is found in her chat, and not where Ben would read it."""
    secret = "Novara Pharma will be sold, says Pia Keller"
    driver.post(secret, author=ANNA, conversation=DIRECT)

    among_others = driver.search("novara sold", person=ANNA, conversation=SALES)
    assert among_others["type"] == "message"
    assert "attachments" not in among_others
    alone = driver.search("novara sold", person=ANNA, conversation=DIRECT)
    assert secret in json.dumps(alone["attachments"])


def test_where_nobody_knows_who_reads_nothing_is_offered(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Not even whether there is something."""
    driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)
    known = driver.search("novara", person=ANNA, conversation=ELSEWHERE)
    unknown = driver.search("nothing of the kind", person=ANNA, conversation=ELSEWHERE)

    assert known == unknown
    assert known["type"] == "message"


def test_somebody_who_is_not_in_the_conversation_finds_nothing_there(
    playing: Playing, driver: TeamsDriver
) -> None:
    """As of somebody who has left."""
    driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)

    assert driver.search("novara", person="29:eve", conversation=SALES)["type"] == "message"


# --- dialogs ------------------------------------------------------------------------------------


def test_the_whole_note_opens_for_those_who_may_see_it(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Whoever presses the button of a card that somebody inserted."""
    driver.post(f"{NOVARA}. It was said in passing.", author=BEN, conversation=SALES, mention=True)
    (one,) = driver.search("novara", person=ANNA, conversation=SALES)["attachments"]
    (action,) = one["content"]["actions"]
    asked = {"data": action["data"]}

    opened = driver.invoke("task/fetch", asked, person=ANNA, conversation=SALES)
    assert "in passing" in json.dumps(opened)
    refused = driver.invoke("task/fetch", asked, person="29:eve", conversation=SALES)
    unknown = {"data": {**action["data"], "value": "no such note"}}
    assert refused == driver.invoke("task/fetch", unknown, person="29:eve", conversation=SALES)
    assert "in passing" not in json.dumps(refused)


def test_change_opens_only_for_those_whose_note_it_is(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Who may see a note may not for that reason change it."""
    driver.post(NOVARA, author=BEN, conversation=SALES, mention=True)
    (record,) = notes(playing)
    asked = {"data": {"verb": "change", "value": record.insights[0].id}}

    theirs = driver.invoke("task/fetch", asked, person=BEN, conversation=SALES)
    assert theirs["task"]["type"] == "continue"
    others = driver.invoke("task/fetch", asked, person=ANNA, conversation=SALES)
    assert others["task"]["type"] == "message"


def test_what_is_wrong_with_a_form_is_said_in_the_dialog(
    playing: Playing, driver: TeamsDriver
) -> None:
    """Beside what was filled in, which is not lost."""
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    driver.press(shown_once(driver), "Change", person=ANNA)
    form = shown_once(driver)
    wrong = {"customers": ("Nobody Knows Whom",), "contacts": ("Pia Keller",)}
    driver.submit(form, wrong, person=ANNA)
    again = shown_once(driver)

    assert set(again.form) == set(form.form)
    assert "Nobody Knows Whom" in again.raw
    assert "Pia Keller" in again.raw
    driver.submit(again, {"customers": ("Novara",)}, person=ANNA)
    assert "Changed" in shown_once(driver).text
