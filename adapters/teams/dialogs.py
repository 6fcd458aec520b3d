"""Dialogs that a button of ours opens: a form, or a whole note. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from adapters.teams.activity import JsonObject
from adapters.teams.windows import card_of, message_window, window
from bot.messages import Action, ActionTaken, FieldProblem, Form, Paragraph, Reply, Span

UNKNOWN: Final = "This button is not known any more. Ask Earshot again to get a fresh one."
SLOW: Final = "Earshot is slow right now. Press the button again in a moment."
_NOTE = "What was written"

OPENED_BY: Final = {Action.SAVE_CHANGE: Action.CHANGE, Action.SAVE_KEPT: Action.KEEP}
"""Which button opens the dialog whose form is sent as this."""


def dialog(reply: Reply) -> JsonObject:
    """What Teams shows of a form, a note, or a sentence that neither is there."""
    if reply.form is not None:
        return window(reply.form.title, card_of(_under_title(reply, reply.form)))
    return window(_NOTE, card_of(reply)) if reply.shows else message_window(reply.plain_text)


def dialog_again(
    reply: Reply, submitted: ActionTaken, problems: Sequence[FieldProblem]
) -> JsonObject:
    """The form as it was filled in, under what is wrong with it."""
    if reply.form is None:
        return dialog(reply)
    form = _filled(reply.form, submitted)
    labels = {field.name: field.label for field in form.fields}
    lines = tuple(_problem(labels.get(problem.field), problem.text) for problem in problems)
    return window(form.title, card_of(replace(_under_title(reply, form), blocks=lines)))


def _problem(label: str | None, text: str) -> Paragraph:
    """All problems stand on top, so each names its field."""
    return Paragraph((*([Span(f"{label}: ", bold=True)] if label else ()), Span(text)))


def _under_title(reply: Reply, form: Form) -> Reply:
    """The form alone; its title is that of the dialog already."""
    return replace(reply, blocks=(), form=replace(form, title=""))


def _filled(form: Form, submitted: ActionTaken) -> Form:
    typed = form.as_typed
    held = ((field, submitted.fields.get(field.name, field.value)) for field in typed.fields)
    return replace(typed, fields=tuple(replace(field, value=value) for field, value in held))
