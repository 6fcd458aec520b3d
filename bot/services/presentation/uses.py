"""That knowledge was used, and what its contributor hears of it."""

from collections.abc import Sequence

from bot.domain.fate import Fate, Use
from bot.domain.taxonomy import UseKind
from bot.messages import Action, Block, Button, FieldKind, Form, FormField, Reply, Span
from bot.services.presentation.capture import NameOf, shorten
from bot.services.presentation.words import bold, day, label, listed, options, paragraph

_NOTES = 10
_QUOTED = 120


def recorded(use: Use) -> Reply:
    """It is kept; a line may say what came of it."""
    said = f"Recorded as used: {label(use.kind)}." if use.what else "Recorded as used."
    buttons = (
        Button("Say what came of it", Action.TELL_USE, use.press_key),
        Button("Undo", Action.UNDO_USE, use.press_key),
    )
    hint = "Whoever told us hears of it, without your name."
    return Reply((paragraph(said), paragraph(hint, subdued=True)), buttons)


def form(use: Use) -> Reply:
    """What kind of use, and what was done."""
    kind = FormField(
        "kind",
        "What did it change?",
        FieldKind.CHOICE,
        options=options(UseKind),
        value=(use.kind.value,),
        required=True,
    )
    what = FormField(
        "what",
        "What came of it?",
        FieldKind.TEXT,
        value=(use.what,) if use.what else (),
        hint="One line, if you like. Whoever told us reads it, without your name.",
    )
    return Reply((), form=Form("Used", Action.SAVE_USE, use.press_key, (kind, what), "Save"))


def undone() -> Reply:
    """Nothing was used."""
    return Reply((paragraph("Taken back: it does not count as used."),), replaces_source=True)


def nothing_to_use() -> Reply:
    """What the answer rested on is there no more, or not for this person."""
    return Reply((paragraph("What this rests on is there no longer, so nothing was recorded."),))


# --- what the contributor hears -----------------------------------------------------------------


def fates(told: Sequence[Fate], name_of: NameOf) -> Reply:
    """What others made of a person's notes; never who."""
    blocks: list[Block] = [paragraph(bold("What you told us was of use"))]
    for fate in told[:_NOTES]:
        blocks += _fate(fate, name_of)
    if len(told) > _NOTES:
        blocks.append(paragraph(f"… and {len(told) - _NOTES} more notes", subdued=True))
    blocks.append(paragraph("Once a day at most. To stop it: /earshot loop off", subdued=True))
    return Reply(tuple(blocks), shows=tuple(fate.note.id for fate in told[:_NOTES]))


def _fate(fate: Fate, name_of: NameOf) -> list[Block]:
    names = listed([name_of(one) for one in fate.customer_ids])
    said = f"“{shorten(fate.note.text, _QUOTED)}”"
    where = Span(day(fate.note.posted_at), href=fate.note.permalink)
    head = (bold(names), f" {said} ") if names else (f"{said} ",)
    return [paragraph(*head, where), *(paragraph(f"• {line}") for line in _lines(fate))]


def _lines(fate: Fate) -> list[str]:
    lines = []
    if fate.answers:
        lines.append(f"answered {_times(fate.answers, 'question')} of colleagues")
    if fate.confirmations:
        lines.append(f"confirmed by {_times(fate.confirmations, 'colleague')}")
    for kind, what in fate.uses:
        lines.append(f"used: {label(kind)}" + (f" – “{what}”" if what else ""))
    return lines


def _times(number: int, what: str) -> str:
    return f"a {what}" if number == 1 else f"{number} {what}s"


# --- whether they hear of it --------------------------------------------------------------------


def loop_on() -> Reply:
    """Said to whoever switched it on."""
    return Reply(
        (paragraph("I will tell you, once a day at most, when what you told us was of use."),)
    )


def loop_off() -> Reply:
    """Said to whoever switched it off."""
    return Reply(
        (
            paragraph(
                "I will not tell you what became of your notes. /earshot mine shows it; to hear of "
                "it again: /earshot loop on"
            ),
        )
    )


def loop_paused(until: str) -> Reply:
    """Said to whoever wants none for a while."""
    return Reply((paragraph(f"I will tell you nothing of your notes before {until}."),))


def loop_how() -> Reply:
    """What one can say."""
    return Reply(
        (paragraph("Say /earshot loop on, off, or for example: /earshot loop pause 2 weeks"),)
    )
