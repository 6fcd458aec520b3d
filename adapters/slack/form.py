"""A form as a Slack modal. Pure. Limits: docs.slack.dev/reference/views."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from adapters.slack.blocks import Json, plain_text
from adapters.slack.interaction_payloads import FormOrigin
from adapters.slack.text import shorten, units
from bot.messages import FieldKind, Form, FormField, Option, OptionSource, Place

_TITLE = 24
_LABEL = 2000
OPTIONS: Final = 100
_OPTION_LABEL = 75
_OPTION_VALUE = 150
_INPUT = 3000
_FEWEST_TYPED = 1
_STATIC: Mapping[FieldKind, str] = {
    FieldKind.CHOICE: "static_select",
    FieldKind.CHOICES: "multi_static_select",
}
_EXTERNAL: Mapping[FieldKind, str] = {
    FieldKind.CHOICE: "external_select",
    FieldKind.CHOICES: "multi_external_select",
}


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
        "element": {**element, "action_id": _action_id(field)},
        **hint,
    }


def _action_id(field: FormField) -> str:
    """With the source first, since this is what tells which options Slack asks for."""
    return field.name if field.source is None else f"{field.source.value}.{field.name}"


def source_of(action_id: str) -> OptionSource | None:
    """What the options of a field come from."""
    source, _, _ = action_id.partition(".")
    return OptionSource(source) if source in set(OptionSource) else None


def _text_input(field: FormField) -> Json:
    value = shorten("\n".join(field.value), _INPUT)
    initial: Json = {"initial_value": value} if value else {}
    return {"type": "plain_text_input", "multiline": "\n" in value, **initial}


def _select(field: FormField) -> Json | None:
    options = _offered(field)
    chosen = [option_object(option) for option in options if option.value in field.value]
    if field.source is not None:
        # Its options are asked for with what is typed: adapters/slack/options.py.
        kind = {"type": _EXTERNAL[field.kind], "min_query_length": _FEWEST_TYPED}
        return _chosen(field, chosen) | kind
    shown = [option_object(option) for option in options]
    if not shown:
        return None
    return _chosen(field, chosen) | {"type": _STATIC[field.kind], "options": shown}


def _chosen(field: FormField, chosen: Sequence[Json]) -> dict[str, object]:
    if not chosen:
        return {}
    if field.kind is FieldKind.CHOICES:
        return {"initial_options": list(chosen)}
    return {"initial_option": chosen[0]}


def _offered(field: FormField) -> list[Option]:
    """As many options as Slack takes; those that are chosen already are never left out."""
    fitting = {
        option.value: option
        for option in field.options
        if option.value and units(option.value) <= _OPTION_VALUE
    }
    chosen = [value for value in fitting if value in field.value]
    others = [value for value in fitting if value not in field.value]
    offered = {*chosen, *others[: max(0, OPTIONS - len(chosen))]}
    return [option for value, option in fitting.items() if value in offered][:OPTIONS]


def option_object(option: Option) -> Json:
    """An option as Slack takes it, cut to its limits."""
    label = option.label.strip() or option.value
    return {"text": plain_text(label, _OPTION_LABEL), "value": option.value}
