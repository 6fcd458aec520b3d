"""A form as a Slack modal. Pure. Limits: docs.slack.dev/reference/views."""

from collections.abc import Iterator

from adapters.slack.blocks import Json, plain_text
from adapters.slack.payloads import FormOrigin
from adapters.slack.text import shorten, units
from bot.messages import FieldKind, Form, FormField, Option, Place

_TITLE = 24
_LABEL = 2000
_OPTIONS = 100
_OPTION_LABEL = 75
_OPTION_VALUE = 150
_INPUT = 3000


def modal(form: Form, place: Place, source_message_id: str | None) -> Json:
    """The view to open. It carries where it was opened, since its submission does not say."""
    origin = FormOrigin(
        value=form.value,
        channel=place.conversation_id,
        thread=place.thread_id,
        source=source_message_id,
    )
    return {
        "type": "modal",
        "callback_id": form.action.value,
        "private_metadata": origin.model_dump_json(exclude_none=True),
        "title": plain_text(form.title, _TITLE),
        "submit": plain_text(form.submit_label, _TITLE),
        "close": plain_text("Cancel", _TITLE),
        "blocks": [block for field in form.fields for block in _input(field)],
    }


def _input(field: FormField) -> Iterator[Json]:
    """The field's input; none for a choice that has nothing to choose from."""
    element = _text_input(field) if field.kind is FieldKind.TEXT else _select(field)
    if element is None:
        return
    hint: Json = {"hint": plain_text(field.hint, _LABEL)} if field.hint else {}
    yield {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label, _LABEL),
        "optional": not field.required,
        "element": {**element, "action_id": field.name},
        **hint,
    }


def _text_input(field: FormField) -> Json:
    value = shorten("\n".join(field.value), _INPUT)
    initial: Json = {"initial_value": value} if value else {}
    return {"type": "plain_text_input", "multiline": "\n" in value, **initial}


def _select(field: FormField) -> Json | None:
    options = _offered(field)
    chosen = [_option(option) for option in options if option.value in field.value]
    shown = [_option(option) for option in options]
    if not shown:
        return None
    if field.kind is FieldKind.CHOICES:
        initials: Json = {"initial_options": chosen} if chosen else {}
        return {"type": "multi_static_select", "options": shown, **initials}
    initial: Json = {"initial_option": chosen[0]} if chosen else {}
    return {"type": "static_select", "options": shown, **initial}


def _offered(field: FormField) -> list[Option]:
    """As many options as Slack takes; those that are chosen already are never left out."""
    fitting = {
        option.value: option
        for option in field.options
        if option.value and units(option.value) <= _OPTION_VALUE
    }
    chosen = [value for value in fitting if value in field.value]
    others = [value for value in fitting if value not in field.value]
    offered = {*chosen, *others[: max(0, _OPTIONS - len(chosen))]}
    return [option for value, option in fitting.items() if value in offered][:_OPTIONS]


def _option(option: Option) -> Json:
    label = option.label.strip() or option.value
    return {"text": plain_text(label, _OPTION_LABEL), "value": option.value}
