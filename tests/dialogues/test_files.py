"""Files that come with a message: their text is part of the note, or it is said why not."""

from dataclasses import replace

import pytest

from bot.bootstrap.core import build_intake
from bot.domain.documents import LARGEST_FILE_BYTES
from bot.domain.insight import Facets, InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.taxonomy import KnowledgeType
from bot.errors import (
    EarlierWorkWaits,
    FileNotRead,
    FileProblem,
    FileUnavailable,
    TranscriptPending,
)
from bot.messages import (
    Action,
    Attachment,
    FileChanged,
    IncomingMessage,
    MessageEdited,
    Place,
    ReactionChanged,
    Reply,
    WayIn,
)
from bot.ports import Classification, TranscriptState
from tests.stage import ANNA, BEN, CHANNEL, SALES, WORKSPACE, Stage

LATE = "Novara says our deviation reports come too late"
MAIL = (
    b"From: P. Keller <p@novara.example>\nSubject: Reports\n\n"
    b"They come too late.\n\n-- \nP. Keller\n"
)


def understood(stage: Stage, text: str) -> None:
    """The classifier takes the next note for one insight."""
    draft = InsightDraft(text, Facets(KnowledgeType.FROM))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))


def posted(
    stage: Stage, *attachments: Attachment, text: str = "", **more: object
) -> tuple[IncomingMessage, tuple[Reply, ...]]:
    message = replace(stage.message(ANNA, text, **more), attachments=attachments)
    understood(stage, LATE)
    return message, stage.handler.handle(message)


def only(stage: Stage) -> NoteRecord:
    (record,) = stage.notes()
    return record


def said(replies: tuple[Reply, ...]) -> str:
    (reply,) = replies
    return reply.plain_text


# --- what becomes of them -----------------------------------------------------------------------


def test_a_file_without_a_word_is_a_note(stage: Stage):
    """Under its name, which often says whom it is about."""
    file = stage.files.put("Novara_minutes.txt", LATE.encode())
    message, replies = posted(stage, file)

    note = only(stage).note
    assert note.text == f"Novara minutes\n{LATE}"
    assert (note.key, note.author_id) == (message.key, ANNA)
    assert {"Change", "Undo"} <= {button.label for button in replies[0].buttons}


def test_words_and_files_are_one_note(stage: Stage):
    """In their order: one note to change, undo, edit and delete."""
    files = (
        stage.files.put("Untitled", b"first", media_type="text/plain"),
        stage.files.put("mail.eml", MAIL),
    )
    posted(stage, *files, text="from the call today")

    assert only(stage).note.text == (
        "from the call today\n\nfirst\n\n"
        "Subject: Reports\nFrom: P. Keller (novara.example)\n\nThey come too late."
    )


def test_what_slack_wrote_down_of_a_recording_is_the_note(stage: Stage):
    """Nothing is fetched for it."""
    clip = stage.files.put(
        "audio_message.m4a",
        media_type="audio/mp4",
        transcript_state=TranscriptState.READY,
        transcript=LATE,
    )
    posted(stage, clip)

    assert only(stage).note.text == LATE
    assert stage.files.fetched == []


def test_the_person_s_own_words_decide_whether_it_is_a_question(stage: Stage):
    """It is answered; what the file tells is kept all the same."""
    file = stage.files.put("minutes.txt", LATE.encode())
    _, replies = posted(stage, file, text="what do we know about Kestrel?")

    assert len(replies) == 2
    assert only(stage).note.text == f"minutes\n{LATE}"


def test_a_question_in_a_file_is_not_asked_of_the_bot(stage: Stage):
    """The customer asked it."""
    posted(stage, stage.files.put("q.txt", b"Can you run blister packs?"))

    assert "Can you run blister packs?" in only(stage).note.text


def test_where_the_bot_only_listens_files_are_read_too_and_nobody_is_told(stage: Stage):
    """Neither that one was kept, nor that one could not be read."""
    _, replies = posted(
        stage,
        stage.files.put("minutes.txt", LATE.encode()),
        stage.files.put("photo.png"),
        way_in=WayIn.LISTENED,
        where=SALES,
    )

    assert replies == ()
    assert LATE in only(stage).note.text
    _, replies = posted(stage, stage.files.put("photo.png"), way_in=WayIn.LISTENED, where=SALES)
    assert replies == ()


def test_a_message_that_somebody_points_at_brings_its_files(stage: Stage):
    """As its author's note."""
    file = stage.files.put("minutes.txt", LATE.encode())
    message = replace(
        stage.message(BEN, "", way_in=WayIn.LISTENED, where=SALES), attachments=(file,)
    )
    stage.source.put(message)
    understood(stage, LATE)
    now = stage.clock.now()
    stage.handler.handle(ReactionChanged(message.place, message.message_id, ANNA, True, now, "1"))

    note = only(stage).note
    assert (note.author_id, note.saved_by_id) == (BEN, ANNA)
    assert LATE in note.text


def test_an_edit_of_the_words_keeps_what_the_files_say(stage: Stage):
    """And loses what was in a file that is not there any more."""
    stays, goes = stage.files.put("a.txt", b"stays"), stage.files.put("b.txt", b"goes")
    message, _ = posted(stage, stays, goes, text="from the call")
    for revision, attachments, text in (
        ("1", (stays, goes), "from the call\n\na\nstays\n\nb\ngoes"),
        ("2", (stays,), "from the call on Monday\n\na\nstays"),
    ):
        own = text.partition("\n")[0]
        now = stage.clock.now()
        edit = MessageEdited(message.place, message.message_id, ANNA, own, now, revision)
        understood(stage, LATE)
        stage.handler.handle(replace(edit, attachments=attachments))
        assert only(stage).note.text == text


def test_a_note_goes_with_its_message(stage: Stage):
    """Whatever it was made of."""
    message, _ = posted(stage, stage.files.put("minutes.txt", LATE.encode()))
    stage.delete(message.message_id, where=message.place.conversation_id)

    assert stage.notes() == []


def test_a_classifier_that_fails_loses_no_file(stage: Stage):
    """The note is kept unread, whole."""
    stage.classifier.answers.append(object())  # no classification
    message = stage.message(ANNA, "from the call")
    file = stage.files.put("minutes.txt", LATE.encode())
    replies = stage.handler.handle(replace(message, attachments=(file, stage.files.put("x.png"))))

    assert LATE in only(stage).note.text
    assert "x.png" in said(replies)


# --- files that change --------------------------------------------------------------------------


def change(stage: Stage, file: Attachment, *, is_deleted: bool = False) -> FileChanged:
    place = Place(CHANNEL, WORKSPACE, "")
    return FileChanged(place, file.id, is_deleted, stage.clock.now(), f"{is_deleted}")


def standing(stage: Stage, *files: Attachment, text: str = "") -> IncomingMessage:
    """A message that is a note, and that can be read from the platform."""
    message, _ = posted(stage, *files, text=text)
    stage.source.put(message)
    stage.clock.advance(minutes=5)
    return message


def test_a_deleted_file_that_was_all_takes_the_note_with_it(stage: Stage):
    """Whether the platform keeps an empty message, or none."""
    for keeps in (True, False):
        file = stage.files.put("minutes.txt", LATE.encode())
        message = standing(stage, file)
        stage.source.messages.clear()
        if keeps:
            stage.source.put(replace(message, attachments=()))
        assert stage.handler.handle(change(stage, file, is_deleted=True)) == ()

        assert stage.notes() == []


def test_a_deleted_file_leaves_the_words_it_came_with(stage: Stage):
    """And the other files."""
    goes, stays = stage.files.put("a.txt", b"goes"), stage.files.put("b.txt", b"stays")
    message = standing(stage, goes, stays, text="from the call")
    stage.source.put(replace(message, attachments=(stays,)))
    understood(stage, LATE)
    stage.handler.handle(change(stage, goes, is_deleted=True))

    assert only(stage).note.text == "from the call\n\nb\nstays"


def test_a_file_that_is_deleted_before_it_is_read_is_not_waited_for(stage: Stage):
    """The platform tells of it twice: now, and when it is asked."""
    file = stage.files.put("minutes.txt", LATE.encode())
    stage.files.files.clear()
    _, replies = posted(stage, file)

    assert "not there any more" in said(replies)
    assert stage.handler.handle(change(stage, file, is_deleted=True)) == ()
    assert stage.notes() == []


def test_a_transcript_that_comes_after_all_is_taken(stage: Stage):
    """After it was given up."""
    clip = stage.files.put(
        "clip.m4a", media_type="audio/mp4", transcript_state=TranscriptState.PENDING
    )
    message = replace(stage.message(ANNA, "from the call"), attachments=(clip,))
    stage.clock.advance(hours=2)
    understood(stage, LATE)
    stage.handler.handle(message)
    stage.source.put(message)
    stage.files.files[clip.id] = replace(
        stage.files.files[clip.id], transcript_state=TranscriptState.READY, transcript=LATE
    )
    understood(stage, LATE)
    stage.handler.handle(change(stage, clip))

    assert only(stage).note.text == f"from the call\n\n{LATE}"


def test_what_was_undone_stays_so_when_its_file_changes(stage: Stage):
    """Only who undid it brings it back."""
    file = stage.files.put("minutes.txt", LATE.encode())
    standing(stage, file)
    stage.act(ANNA, Action.UNDO, only(stage).note.id)
    stage.files.contents[file.id] = b"other words"
    stage.handler.handle(change(stage, file))

    assert stage.notes() == []


def test_a_change_is_followed_once_the_message_was_worked_on(stage: Stage):
    """Until then it waits."""
    file = stage.files.put("minutes.txt", LATE.encode())
    message = replace(stage.message(ANNA, ""), attachments=(file,))
    stage.source.put(message)
    stage.store.attached_files.remember(message.key, [file.id])
    stage.store.inbox.accept(message)

    with pytest.raises(EarlierWorkWaits):
        stage.handler.handle(change(stage, file))


def test_of_files_that_are_not_known_nothing_is_stored(stage: Stage):
    """Platforms tell of every file there is."""
    file = stage.files.put("minutes.txt", LATE.encode())
    intake = build_intake(stage.store)
    assert not intake.take(change(stage, file))

    standing(stage, file)
    assert intake.take(change(stage, file))
    assert not intake.take(change(stage, file))


def test_a_deletion_that_cannot_be_followed_now_is_tried_again(stage: Stage):
    """Whatever failed: what is deleted must go."""
    file = stage.files.put("minutes.txt", LATE.encode())
    standing(stage, file)
    stage.source.failures.append(RuntimeError("anything"))

    with pytest.raises(RuntimeError):
        stage.handler.handle(change(stage, file, is_deleted=True))


# --- what cannot be kept ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("photo.heic", b"x", "I read text"),
        ("offer.docx", b"x", "I read text"),
        ("big.pdf", b"x" * (LARGEST_FILE_BYTES + 1), "larger than 10 MB"),
        ("long.txt", b"x" * 40_001, "40\u202f000 characters"),
        ("empty.txt", b"", "no words"),
        ("blank.txt", b" \n ", "no words"),
        ("scan.pdf", b"%PDF-1.4 rubbish", "damaged"),
        ("binary.txt", b"\0\1\2", "damaged"),
    ],
)
def test_what_cannot_be_kept_is_said_with_the_words_that_are(
    stage: Stage, name: str, content: bytes, told: str
):
    """And alone, that nothing was saved."""
    file = stage.files.put(name, content)
    _, replies = posted(stage, file, text=LATE)
    assert only(stage).note.text == LATE
    assert name in said(replies)
    assert told in said(replies)
    assert "Undo" in {button.label for button in replies[0].buttons}

    _, replies = posted(stage, file)
    assert len(stage.notes()) == 1
    assert told in said(replies)
    assert "Nothing was saved" in said(replies)


@pytest.mark.parametrize("problem", list(FileProblem))
def test_everything_that_can_be_wrong_is_said_with_what_to_do(stage: Stage, problem: FileProblem):
    """In a sentence with the file's name."""
    stage.files.failures.append(FileNotRead(problem))
    _, replies = posted(stage, stage.files.put("minutes.txt", b"x"))

    assert "minutes.txt" in said(replies)
    assert stage.notes() == []


def test_files_that_are_too_long_together_are_kept_as_far_as_they_fit(stage: Stage):
    """Each whole or not at all."""
    files = [stage.files.put(f"{name}.txt", name.encode() * 15_000) for name in "abc"]
    _, replies = posted(stage, *files)

    assert only(stage).note.text == f"a\n{'a' * 15_000}\n\nb\n{'b' * 15_000}"
    assert "c.txt" in said(replies)


def test_a_file_s_name_is_only_a_name(stage: Stage):
    """However long, and whatever is in it."""
    name = "<!channel> {limit} {0.__class__}\n" + "x" * 500 + ".exe"
    _, replies = posted(stage, stage.files.put(name, b"x"))

    assert "<!channel> {limit} {0.__class__} xxx" in said(replies)
    assert len(said(replies)) < 300


# --- later, or never ----------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [FileUnavailable("HTTP 503"), TranscriptPending()])
@pytest.mark.parametrize("text", ["", LATE, "what do we know about Kestrel?"])
def test_what_can_be_had_later_is_waited_for(stage: Stage, failure: FileUnavailable, text: str):
    """Nothing is said or kept by halves meanwhile; then it is as if nothing had been."""
    file = stage.files.put("minutes.txt", b"the file's own words")
    message = replace(stage.message(ANNA, text), attachments=(file,))
    stage.files.failures.append(failure)
    with pytest.raises(FileUnavailable):
        stage.handler.handle(message)
    assert stage.notes() == []

    understood(stage, LATE)
    stage.handler.handle(message)
    assert "the file's own words" in only(stage).note.text


@pytest.mark.parametrize(
    ("failure", "told"),
    [(FileUnavailable("HTTP 503"), "could not get"), (TranscriptPending(), "no transcript")],
)
def test_after_an_hour_the_rest_is_kept_and_the_person_is_told(
    stage: Stage, failure: FileUnavailable, told: str
):
    """Their words are safe."""
    file = stage.files.put("minutes.txt", b"x")
    message = replace(stage.message(ANNA, LATE), attachments=(file,))
    stage.clock.advance(hours=1)
    stage.files.failures.append(failure)
    understood(stage, LATE)

    assert told in said(stage.handler.handle(message))
    assert only(stage).note.text == LATE


def test_of_an_old_message_the_hour_counts_from_the_pointing(stage: Stage):
    """Else it would be given up at once."""
    file = stage.files.put("minutes.txt", b"x")
    message = replace(stage.message(BEN, "", where=SALES), attachments=(file,))
    stage.source.put(message)
    stage.clock.advance(days=30)
    stage.files.failures.append(FileUnavailable("HTTP 503"))
    change = ReactionChanged(
        message.place,
        message.message_id,
        ANNA,
        True,
        stage.clock.now(),
        "1",
    )

    with pytest.raises(FileUnavailable):
        stage.handler.handle(change)


def test_of_a_channel_whose_files_nobody_fetches_the_words_are_the_note(stage: Stage):
    """Nothing is promised there."""
    message = stage.message(ANNA, LATE)
    elsewhere = replace(message.place, channel="teams")
    understood(stage, LATE)
    replies = stage.handler.handle(
        replace(message, place=elsewhere, attachments=(Attachment("x", "minutes.txt"),))
    )

    assert only(stage).note.text == LATE
    assert "minutes.txt" not in said(replies)
