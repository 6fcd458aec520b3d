"""What the bot says when somebody wants to be forgotten."""

from datetime import datetime

from bot.domain.erasure import ErasureCounts
from bot.messages import Action, Button, Paragraph, Reply
from bot.services.presentation.words import bold, counted, paragraph


def offer(counts: ErasureCounts, now: datetime) -> Reply:
    """What would go, with the button that does it."""
    return Reply(
        (
            paragraph(bold("Forget you? I cannot undo it.")),
            paragraph(
                f"I would delete the {_many(counts.notes, 'note')} that you wrote, the "
                f"{_many(counts.questions, 'question')} that you asked, what you said of answers, "
                "and your name wherever I keep it."
            ),
            *_masked(counts, "would be"),
            paragraph(
                "Your colleagues lose these notes, too. Messages stay in this chat: delete them "
                "there. What you write to me later is kept as anybody's.",
                subdued=True,
            ),
        ),
        buttons=(Button("Forget me", Action.FORGET_ME, now.isoformat(), style="danger"),),
    )


def done(counts: ErasureCounts) -> Reply:
    """It is gone."""
    return Reply(
        (
            paragraph(
                f"Done. I deleted {_many(counts.notes, 'note')} and "
                f"{_many(counts.questions, 'question')} of yours, and your name."
            ),
            *_masked(counts, "is"),
        ),
        replaces_source=True,
    )


def too_late() -> Reply:
    """The button is an old one: more may go by now than it said."""
    return Reply((paragraph("That was a while ago. Ask once more: /earshot forget me"),))


def what() -> Reply:
    """Something else than oneself."""
    return Reply(
        (
            paragraph("To have everything deleted that is yours: ", bold("/earshot forget me")),
            paragraph(
                "A single note: press Undo, or delete the message. Anything else: ask your "
                "administrator.",
                subdued=True,
            ),
        )
    )


def _masked(counts: ErasureCounts, verb: str) -> tuple[Paragraph, ...]:
    told = []
    if counts.masked:
        others = _many(counts.masked, "note")
        told.append(paragraph(f"In {others} of others your name {verb} masked.", subdued=True))
    if counts.unsure:
        told.append(
            paragraph(
                f"{_many(len(counts.unsure), 'note')} of others may mean you by your first name. "
                "Ask your administrator to look at them.",
                subdued=True,
            )
        )
    return tuple(told)


def _many(number: int, thing: str) -> str:
    return f"{counted(number)} {thing}" if number == 1 else f"{counted(number)} {thing}s"
