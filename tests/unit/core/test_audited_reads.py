"""Who is shown knowledge, and who is refused it, stands in the audit log."""

from bot.bootstrap.core import build_look_up
from bot.domain.audit import AuditEvent, AuditRecord
from bot.messages import Action, ActionTaken, Place, WayIn
from tests.stage import ANNA, BEN, CARLA, CHANNEL, PRICING, SALES, WORKSPACE, Stage

LATE = "Novara Pharma complains that our deliveries come late"


def told(stage: Stage) -> list[AuditRecord]:
    return list(stage.store.audit.entries(WORKSPACE))


def test_what_a_search_finds_is_told_before_it_is_shown(stage: Stage):
    """One entry with the ids of the notes; an empty one and a kept word tell nothing."""
    stage.note(BEN, LATE, where=SALES)
    look_up = build_look_up(stage.store, {CHANNEL: stage.roster}, stage.clock)
    place = Place(CHANNEL, WORKSPACE, SALES)
    assert look_up.search(place, ANNA, "deliveries", 5)
    assert look_up.search(place, ANNA, "zeppelin", 5) == ()
    (record,) = told(stage)
    assert record.entry.event is AuditEvent.DISCLOSED
    assert (record.entry.actor_id, record.entry.subject) == (ANNA, SALES)
    assert record.entry.ids == (stage.notes()[0].note.id,)


def test_a_whole_note_in_a_window_is_told_and_so_is_one_that_is_not_given(stage: Stage):
    """Carla is no member of that channel; the log cannot tell whether there is such a note."""
    stage.note(BEN, LATE, where=PRICING)
    note_id = stage.notes()[0].note.id
    look_up = build_look_up(stage.store, {CHANNEL: stage.roster}, stage.clock)
    for person in ANNA, CARLA:
        place = Place(CHANNEL, WORKSPACE, f"dm-{person}")
        now = stage.clock.now()
        look_up.open(ActionTaken(place, person, Action.SHOW_NOTE, note_id, "p", now))
    events = [(r.entry.event, r.entry.actor_id, r.entry.ids) for r in told(stage)]
    assert events == [
        (AuditEvent.DISCLOSED, ANNA, (note_id,)),
        (AuditEvent.DENIED, CARLA, ()),
    ]


def test_a_press_on_what_is_not_theirs_is_told_and_words_in_it_are_not_kept(stage: Stage):
    """A client can send any text where an id belongs."""
    stage.note(BEN, LATE, where=PRICING)
    note_id = stage.notes()[0].note.id
    stage.act(CARLA, Action.UNDO, note_id)
    stage.act(CARLA, Action.UNDO, "the secret words of somebody")
    first, second = told(stage)
    assert (first.entry.event, first.entry.subject) == (AuditEvent.DENIED, "action:undo")
    assert (first.entry.ids, second.entry.ids) == ((note_id,), ())


def test_listening_is_a_setting_and_told(stage: Stage):
    """By whom, and where."""
    stage.say(ANNA, "listen on", way_in=WayIn.EARSHOT_COMMAND, where=SALES)
    (record,) = told(stage)
    assert record.entry.event is AuditEvent.SETTINGS_CHANGED
    assert (record.entry.actor_id, record.entry.subject) == (ANNA, f"listen on:{SALES}")


def test_the_log_holds_no_words_and_no_names(stage: Stage):
    """Whatever is said, asked, corrected and refused."""
    stage.customer("Novara Pharma")
    stage.note(BEN, LATE, where=SALES, message_id="m")
    stage.edit(BEN, "m", "Novara Pharma praises our lab", where=SALES)
    stage.ask(ANNA, "What does Novara Pharma say?")
    stage.act(CARLA, Action.LINK_CUSTOMER, "x|Novara Pharma")
    text = "\n".join(repr(record) for record in told(stage))
    assert text
    assert all(word not in text for word in ("Novara", "lab", "late", "Ben", "Anna"))
