"""A moment: the alert about it, what is made of it, and the list of those that are open."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from bot.domain.answer import Hit
from bot.domain.moments import MomentEvent, MomentOutcome, MomentState, Telling
from bot.domain.note import Note
from bot.domain.people import Person
from bot.domain.taxonomy import Moment
from bot.messages import (
    Action,
    Block,
    Button,
    FieldKind,
    Form,
    FormField,
    HomeItem,
    Option,
    Paragraph,
    Quote,
    Reply,
    Span,
)
from bot.services.presentation.capture import shorten
from bot.services.presentation.words import bold, day, label, listed, paragraph

_TOLD = 3
_QUOTED = 600
_AROUND = 200
_OUTCOMES: Mapping[MomentOutcome, str] = {
    MomentOutcome.WON: "We gained by it",
    MomentOutcome.AVERTED: "We averted harm",
    MomentOutcome.LOST: "We lost by it",
    MomentOutcome.NOTHING: "No effect on us",
    MomentOutcome.MISTAKEN: "It did not happen",
}

Names = Mapping[str, str]
"""From the ids of our own people to their names."""


def alert(
    event: MomentEvent, around: Sequence[Hit], names: Names, reader_id: str, *, by: str = ""
) -> Reply:
    """What was told, what is known around it, what to do, and the next steps as buttons.

    `by` is the name of whoever asked the reader to deal with it.
    """
    blocks: list[Block] = [_heading(event)]
    if by:
        blocks.append(paragraph(f"{by} asked you to deal with this."))
    if event.is_hearsay:
        blocks.append(paragraph("Hearsay: nobody first-hand has told us. Check it before you act."))
    for telling in event.tellings[-_TOLD:]:
        blocks += [Quote(shorten(telling.insight.statement, _QUOTED)), _source(telling)]
    if around:
        blocks.append(paragraph(bold("What we know around it")))
        blocks += [_known(hit) for hit in around]
    blocks.append(paragraph(bold("What to do")))
    blocks += [paragraph(f"• {step}") for step in checklist(event.kind)]
    blocks += [paragraph(line, subdued=True) for line in _state_lines(event, names)]
    return Reply(
        tuple(blocks),
        buttons(event, reader_id),
        shows=tuple(dict.fromkeys((*event.note_ids, *(hit.note.id for hit in around)))),
        disseminates=_told_by_others(event, around, reader_id),
    )


@cache
def _checklists() -> dict[str, list[str]]:
    source = files("bot.services.presentation").joinpath("checklists.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def checklist(kind: Moment) -> Sequence[str]:
    """What to do when such a moment comes up."""
    return _checklists()[kind.value]


def buttons(event: MomentEvent, reader_id: str) -> tuple[Button, ...]:
    """What this reader can do about it; nothing that is for others to decide."""
    used = Button("I used this", Action.USED_MOMENT, event.id)
    if not event.is_in_charge(reader_id):
        return (used,)
    if event.state is MomentState.CLOSED:
        return (Button("Open again", Action.ACKNOWLEDGE, event.id), used)
    acknowledge = Button("Acknowledge", Action.ACKNOWLEDGE, event.id, "primary")
    rest = (
        Button("Assign", Action.ASSIGN, event.id),
        Button("Close", Action.CLOSE_MOMENT, event.id),
        used,
    )
    return (acknowledge, *rest) if event.state is MomentState.OPEN else rest


def assign_form(event: MomentEvent, people: Sequence[Person]) -> Reply:
    """Who of those that may know of it deals with it."""
    field = FormField(
        "in_charge",
        "Who deals with it?",
        FieldKind.CHOICE,
        options=tuple(Option(person.id, person.name) for person in people),
        value=(event.assigned_to,) if event.assigned_to else (),
        required=True,
        hint="They are told at once. Only people who may see its notes are listed.",
    )
    return Reply((), form=Form("Assign", Action.SAVE_ASSIGNMENT, event.id, (field,), "Assign"))


def nobody_to_assign() -> Reply:
    """All others are behind a wall, or unknown."""
    return Reply((paragraph("I know nobody else who may see the notes behind this."),))


def close_form(event: MomentEvent) -> Reply:
    """How it ended."""
    outcome = FormField(
        "outcome",
        "How did it end?",
        FieldKind.CHOICE,
        options=tuple(Option(value.value, text) for value, text in _OUTCOMES.items()),
        required=True,
    )
    remark = FormField(
        "remark",
        "What happened?",
        FieldKind.TEXT,
        hint="One line, if you like. Those who may see all the notes behind it can read it.",
    )
    form = Form("Close", Action.SAVE_OUTCOME, event.id, (outcome, remark), "Close")
    return Reply((), form=form)


def listing(items: Sequence[HomeItem], *, on: str = "") -> Sequence[HomeItem]:
    """Those that there are, or that there are none."""
    if items:
        return items
    where = f" on {on}" if on else ""
    return (HomeItem((paragraph(f"No moments{where} that you may know of."),)),)


def item(event: MomentEvent, names: Names, reader_id: str) -> HomeItem:
    """One line of a list with its source, and what can be done about it."""
    state = " · ".join([_state(event), *_state_lines(event, names)])
    said = paragraph(
        _heading_words(event), f": “{shorten(event.latest.insight.statement, _AROUND)}”"
    )
    source = paragraph(_link(event.latest.note), f" · {state}", subdued=True)
    offered = buttons(event, reader_id) if event.is_in_charge(reader_id) else ()
    fitting = [b for b in offered if b.action in (Action.ACKNOWLEDGE, Action.CLOSE_MOMENT)]
    return HomeItem((said, source), tuple(fitting))


def _heading(event: MomentEvent) -> Paragraph:
    return paragraph(_heading_words(event), f" – {label(event.direction)}")


def _heading_words(event: MomentEvent) -> Span:
    return bold(f"{label(event.kind).capitalize()} at {event.customer.name}")


def _state(event: MomentEvent) -> str:
    hearsay = " · hearsay" if event.is_hearsay else ""
    return f"{label(event.direction)}{hearsay} · {event.state.value}"


def _state_lines(event: MomentEvent, names: Names) -> list[str]:
    """Who does what about it, and what was written about it for whoever may read that."""
    lines = []
    if event.acknowledged_by and event.state is MomentState.ACKNOWLEDGED:
        lines.append(f"Acknowledged by {names.get(event.acknowledged_by, 'a colleague')}")
    if event.assigned_to:
        lines.append(f"Assigned to {names.get(event.assigned_to, 'a colleague')}")
    if event.outcome is not None:
        who = names.get(event.closed_by or "", "a colleague")
        said = f": {event.remark}" if event.remark and event.is_whole else ""
        lines.append(f"Closed by {who}. {_OUTCOMES[event.outcome]}{said}")
    return lines


def _source(telling: Telling) -> Paragraph:
    where = f"#{telling.conversation_name}" if telling.conversation_name else "direct message"
    facts = [telling.note.author_name, where, label(telling.insight.belief)]
    if telling.is_hearsay:
        facts.append(label(telling.insight.facets.certainty))
    return paragraph(_link(telling.note), f" · {' · '.join(filter(None, facts))}", subdued=True)


def _known(hit: Hit) -> Paragraph:
    said = shorten(hit.insight.statement, _AROUND)
    who = listed([name for name in (hit.note.author_name,) if name])
    return paragraph(f"• {said} (", _link(hit.note), f" · {who})")


def _link(note: Note) -> Span:
    return Span(day(note.posted_at), href=note.permalink)


def _told_by_others(event: MomentEvent, around: Sequence[Hit], reader_id: str) -> tuple[str, ...]:
    told = [(one.note, one.insight.id) for one in event.tellings]
    told += [(hit.note, hit.insight.id) for hit in around]
    ids = (insight_id for note, insight_id in told if note.author_id != reader_id)
    return tuple(dict.fromkeys(ids))
