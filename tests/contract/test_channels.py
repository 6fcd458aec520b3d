"""One suite that every channel passes: what people do on a platform, and what they get to see."""

import pytest

from bot.domain.audience import Audience
from bot.domain.note import NoteRecord
from tests.contract.channel_driver import ChannelDriver, Shown
from tests.contract.channels import CHANNELS, Playing, play

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"


@pytest.fixture(params=CHANNELS)
def playing(request: pytest.FixtureRequest, tmp_path):
    with play(request.param, tmp_path) as playing:
        yield playing


def notes(playing: Playing) -> list[NoteRecord]:
    return list(playing.store.notes.all(Audience.operator(playing.workspace)))


def replies_to(driver: ChannelDriver, person: str) -> list[Shown]:
    return [shown for shown in driver.shown() if shown.to_person in (person, None)]


def test_a_note_that_mentions_the_bot_is_stored_as_written_and_understood(playing: Playing):
    """The words are kept, and a private reply names customer and facets, with Change and Undo."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.SALES, mention=True)

    (record,) = notes(playing)
    assert record.note.text == NOVARA
    (reply,) = replies_to(driver, driver.ANNA)
    assert "Novara Pharma" in reply.text
    assert "from the customer" in reply.text.lower()
    assert {"Change", "Undo"} <= set(reply.buttons)


def test_a_direct_message_is_a_note(playing: Playing):
    """In a direct message nobody needs to mention the bot."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)

    assert [record.note.text for record in notes(playing)] == [NOVARA]


def test_the_note_command_is_a_note(playing: Playing):
    """`/note` keeps its words."""
    driver = playing.driver
    driver.command("note", NOVARA, author=driver.ANNA, conversation=driver.DIRECT)

    assert [record.note.text for record in notes(playing)] == [NOVARA]


def test_a_message_that_is_not_for_the_bot_is_neither_kept_nor_answered(playing: Playing):
    """Where the bot does not listen, people talk among themselves."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.SALES)

    assert notes(playing) == []
    assert driver.shown() == []


def test_a_question_is_answered_with_a_citation(playing: Playing):
    """What was noted a moment ago answers a question, with who said it."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.SALES, mention=True)
    driver.shown()
    driver.command(
        "ask",
        "what does Novara say about our deviation reports?",
        author=driver.ANNA,
        conversation=driver.DIRECT,
    )

    (reply,) = replies_to(driver, driver.ANNA)
    assert "deviation reports come too late" in reply.text
    assert "[1]" in reply.text


def test_a_question_without_support_offers_to_record_a_need(playing: Playing):
    """Nothing is invented: the bot says that nobody told us, and a press records the need."""
    driver = playing.driver
    driver.command(
        "ask", "who decides at Novara Pharma?", author=driver.ANNA, conversation=driver.DIRECT
    )
    (reply,) = replies_to(driver, driver.ANNA)
    assert "Nobody has told us" in reply.text

    driver.press(reply, reply.buttons[0], person=driver.ANNA)

    needs = playing.store.questions.needs(Audience.of_person(playing.workspace, driver.ANNA))
    assert [need.text for need in needs] == ["who decides at Novara Pharma?"]


def test_whoever_asked_says_that_an_answer_did_not_help_and_why(playing: Playing):
    """A press is kept, and a form asks for one line."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    driver.shown()
    words = "what does Novara say about our deviation reports?"
    driver.command("ask", words, author=driver.ANNA, conversation=driver.DIRECT)
    (reply,) = replies_to(driver, driver.ANNA)
    assert "👍 Helpful" in reply.buttons

    driver.press(reply, "👎 Not helpful", person=driver.ANNA)
    form = next(shown for shown in driver.shown() if shown.form)
    assert playing.store.ratings.counts(Audience.operator(playing.workspace))["bad"] == 1
    driver.submit(form, {"remark": ("it is <old> & said twice",)}, person=driver.ANNA)

    ((question, rating),) = playing.store.ratings.all(Audience.operator(playing.workspace))
    assert (question.text, rating.person_id) == (words, driver.ANNA)
    assert (rating.verdict, rating.remark) == ("bad", "it is <old> & said twice")
    (thanks,) = replies_to(driver, driver.ANNA)
    assert "Noted" in thanks.text


def test_a_follow_up_in_a_thread_leans_on_the_question_before_it(playing: Playing):
    """«And who decides there?» is about the customer of the question that the thread began with."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.SALES, mention=True)
    driver.post(
        "At Novara Pharma the head of quality, Pia Keller, decides on suppliers",
        author=driver.ANNA,
        conversation=driver.SALES,
        mention=True,
    )
    driver.shown()
    question = driver.post(
        "what does Novara Pharma say about reports?",
        author=driver.ANNA,
        conversation=driver.SALES,
        mention=True,
    )
    driver.shown()
    driver.post(
        "and who decides there?",
        author=driver.ANNA,
        conversation=driver.SALES,
        thread=question,
        mention=True,
    )

    (reply,) = replies_to(driver, driver.ANNA)
    assert "Pia Keller" in reply.text


def test_undo_hides_the_note_and_restore_brings_it_back(playing: Playing):
    """One press takes a note back, another brings it back."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    (reply,) = driver.shown()
    driver.press(reply, "Undo", person=driver.ANNA)
    assert notes(playing) == []

    (undone,) = driver.shown()
    driver.press(undone, "Restore", person=driver.ANNA)
    assert [record.note.text for record in notes(playing)] == [NOVARA]


def test_ones_own_page_can_be_read_and_used_in_chat(playing: Playing):
    """`/earshot home` lists what one noted, and the number on a button is that of its line."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    driver.shown()
    driver.command("earshot", "home", author=driver.ANNA, conversation=driver.DIRECT)
    reply = driver.shown()[-1]
    assert "(1) Novara Pharma" in reply.text
    assert "Settings" in reply.text

    driver.press(reply, "Undo (1)", person=driver.ANNA)
    assert notes(playing) == []


def test_everything_known_of_a_customer_can_be_asked_for(playing: Playing):
    """With who said it; nothing is lost where it takes several messages."""
    driver = playing.driver
    for number in range(12):
        words = f"Novara Pharma says report {number} came too late. " + "So they said. " * 200
        driver.command("note", words, author=driver.ANNA, conversation=driver.DIRECT)
    driver.shown()

    driver.command("earshot", "customer novara", author=driver.ANNA, conversation=driver.DIRECT)

    text = "\n".join(shown.text for shown in driver.shown())
    assert "Novara Pharma" in text
    assert "report 11 came too late" in text


def test_change_opens_a_form_with_every_facet_and_saves_it(playing: Playing):
    """A correction in the form is what is stored."""
    driver = playing.driver
    driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    (reply,) = driver.shown()
    driver.press(reply, "Change", person=driver.ANNA)
    form = next(shown for shown in driver.shown() if shown.form)
    assert {"customers", "knowledge_type", "process_stage", "signal", "topics"} <= set(form.form)
    assert {"moment", "moment_direction", "certainty", "source", "contacts"} <= set(form.form)

    driver.submit(form, {"signal": ("praise",)}, person=driver.ANNA)

    (record,) = notes(playing)
    assert record.insights[0].facets.signal == "praise"


def test_an_edit_reads_the_note_again(playing: Playing):
    """The changed words count, under the same note."""
    driver = playing.driver
    message = driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    changed = "Novara Pharma says our deviation reports now come in time, they are very happy"
    driver.edit(message, changed, author=driver.ANNA, conversation=driver.DIRECT)

    (record,) = notes(playing)
    assert record.note.text == changed
    assert record.note.version == 2


def test_a_deleted_message_is_hidden_everywhere(playing: Playing):
    """What its author deleted neither lists nor answers."""
    driver = playing.driver
    message = driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    driver.delete(message, author=driver.ANNA, conversation=driver.DIRECT)
    driver.shown()
    assert notes(playing) == []

    driver.command(
        "ask", "what does Novara say about reports?", author=driver.ANNA, conversation=driver.DIRECT
    )
    (reply,) = driver.shown()
    assert "Nobody has told us" in reply.text


@pytest.mark.parametrize("own", [True, False], ids=["its own message", "another bot's message"])
def test_the_bot_does_not_listen_to_bots(playing: Playing, own: bool):
    """Neither its own words nor another bot's are a note, or answered."""
    driver = playing.driver
    driver.post_as_bot(NOVARA, own=own, conversation=driver.SALES)

    assert notes(playing) == []
    assert driver.shown() == []


def test_a_message_that_comes_eleven_times_is_one_note_and_one_reply(playing: Playing):
    """Platforms deliver at least once, under changing event ids."""
    driver = playing.driver
    message = driver.post(NOVARA, author=driver.ANNA, conversation=driver.DIRECT)
    driver.redeliver(message, times=10)

    assert len(notes(playing)) == 1
    assert len(driver.shown()) == 1


def test_a_note_without_words_is_asked_for_kindly(playing: Playing):
    """An empty command says what to write, and stores nothing."""
    driver = playing.driver
    driver.command("note", "", author=driver.ANNA, conversation=driver.DIRECT)

    assert notes(playing) == []
    (reply,) = driver.shown()
    assert "/note" in reply.text


def test_a_note_of_forty_thousand_characters_is_kept_whole(playing: Playing):
    """The longest message that a platform sends is a note like any other."""
    driver = playing.driver
    text = (f"{NOVARA}. " * 600)[:39_990] + "and so on."
    driver.post(text, author=driver.ANNA, conversation=driver.DIRECT)

    (record,) = notes(playing)
    assert record.note.text == text
    assert driver.shown()


def test_what_a_person_wrote_pings_nobody_and_hides_no_link(playing: Playing):
    """A channel-wide ping, markup and a misleading link come back as plain words."""
    driver = playing.driver
    text = (
        "Novara Pharma complains that our <!channel> & <b>reports</b> are late, see "
        "[our site](http://evil.example/login) *now*"
    )
    driver.post(text, author=driver.ANNA, conversation=driver.DIRECT)
    driver.shown()
    driver.command(
        "ask",
        "what does Novara Pharma say about our reports?",
        author=driver.ANNA,
        conversation=driver.DIRECT,
    )

    (reply,) = driver.shown()
    assert "<b>reports</b>" in reply.text
    assert not [found for found in playing.forbidden if found in reply.raw]
