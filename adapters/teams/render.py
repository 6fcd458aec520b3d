"""From a reply to the messages that Teams shows. Pure.

Text stands in `TextRun`s, which Adaptive Cards define to show text as it is, without Markdown: what
a person wrote can become neither a link nor a mention nor bold, and needs no escaping that a client
might undo. The only markup left is what we put there.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from adapters.teams.activity import JsonObject
from adapters.teams.button_rows import in_rows
from adapters.teams.message_entity import entity, feedback_wish, is_rating
from adapters.teams.parse import CHOICE_INPUT, CHOICES_INPUT, NOTHING_CHOSEN, TEXT_INPUT
from adapters.teams.text import LONGEST_RUN, literal, one_line, shortened, stretches
from bot.messages import (
    Action,
    Block,
    Button,
    FieldKind,
    Form,
    FormField,
    Paragraph,
    Quote,
    Reply,
    Span,
)

MOST_ACTIONS = 6

# The invoke that asks for a dialog, and the buttons that make a client ask.
DIALOG = "task/fetch"
OPENS_DIALOG = frozenset({Action.CHANGE, Action.KEEP, Action.SHOW_NOTE})
LARGEST_MESSAGE_BYTES = 80_000

# A body's size is counted as ASCII JSON. Teams is said to count UTF-16, which doubles it, and the
# frame around a body and up to twenty citations take their share too.
_BODY_BUDGET = 28_000
# What a line in a box takes beside its words, in characters of which each takes the most.
_LINE_FRAME = 12
_LONGEST_SUMMARY = 150
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
_STYLES = {"primary": "positive", "danger": "destructive"}


def render(reply: Reply) -> tuple[JsonObject, ...]:
    """The activities that show a reply: one, or as many as its length needs.

    Buttons and the form stand in the last ones. A reply that only suggests shows nothing.
    """
    if not (reply.blocks or reply.buttons or reply.form):
        return ()
    summary = _summary(reply)
    *before, last = (_message(in_rows(card), summary, reply) for card in cards(reply))
    wish = feedback_wish(reply)
    return (*before, last | ({"channelData": wish} if wish else {}))


def _summary(reply: Reply) -> str:
    """What a notification says: plain text on one line."""
    labels = [reply.form.title if reply.form else "", *(button.label for button in reply.buttons)]
    said = (shortened(text, _LONGEST_SUMMARY) for text in (reply.plain_text, *labels))
    return next(filter(None, said), "")


def cards(reply: Reply) -> tuple[JsonObject, ...]:
    """The cards that show a reply, each with its buttons one after another."""
    pages = list(_pages(list(_body(reply.blocks))))
    actions = [_action(button) for button in reply.buttons if _is_in_card(button)]
    if reply.form is not None:
        form = _form(reply.form)
        if pages and _size(pages[-1]) + _size(form) > _BODY_BUDGET:
            pages.append([])
        pages = [*pages[:-1], [*(pages[-1] if pages else []), *form]]
        actions.insert(0, _submit(reply.form))
    sets = [actions[at : at + MOST_ACTIONS] for at in range(0, len(actions), MOST_ACTIONS)] or [[]]
    return (
        *(_card(page, []) for page in pages[:-1]),
        _card(pages[-1] if pages else [], sets[0]),
        *(_card([], rest) for rest in sets[1:]),
    )


def _message(card: JsonObject, summary: str, reply: Reply) -> JsonObject:
    return {
        "type": "message",
        "summary": summary,
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
        "entities": [entity(reply.sources, json.dumps(card["body"]))],
    }


def _is_in_card(button: Button) -> bool:
    """What is private stands in the person's own chat, without a "here" to share it in."""
    return button.action is not Action.SHARE and not is_rating(button)


def _card(body: list[JsonObject], actions: list[JsonObject]) -> JsonObject:
    return {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
        "actions": actions,
        "msteams": {"width": "Full"},
    }


# --- text ---------------------------------------------------------------------------------------


def _body(blocks: Sequence[Block]) -> Iterator[JsonObject]:
    above: Block | None = None
    for block in blocks:
        spacing = _spacing(block, above)
        if isinstance(block, Paragraph):
            yield from _paragraph(block, spacing)
        else:
            yield from _quote(block, spacing)
        above = block


def _spacing(block: Block, above: Block | None) -> str:
    """What is subdued belongs to what is above it, and ends a group."""
    if _is_subdued(block):
        return "Small"
    if above is not None and _is_subdued(above):
        return "Medium"
    return "Default" if isinstance(block, Paragraph) else "Small"


def _is_subdued(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.subdued


def _quote(quote: Quote, spacing: str) -> Iterator[JsonObject]:
    """One box, or several for a text that is too long for one."""
    lines: list[JsonObject] = []
    length, gap = 0, "None"
    for _, piece in stretches(quote.text):
        if lines and length + len(piece) + _LINE_FRAME > LONGEST_RUN:
            yield _box(lines, spacing)
            lines, spacing, length = [], "None", 0
        if piece.strip():
            lines.append(_line([_run(Span(piece, italic=True), subdued=False)], gap))
            length += len(piece) + _LINE_FRAME
        gap = "None" if piece.strip() else "Small"
    if lines:
        yield _box(lines, spacing)


def _box(lines: list[JsonObject], spacing: str) -> JsonObject:
    return {"type": "Container", "style": "emphasis", "spacing": spacing, "items": lines}


def _paragraph(paragraph: Paragraph, spacing: str) -> Iterator[JsonObject]:
    """A line of runs for each line of text, and for each stretch that is too long for one."""
    runs: list[JsonObject] = []
    length = 0
    for span in paragraph.spans:
        for starts_line, piece in stretches(span.text):
            if runs and (starts_line or length + len(piece) > LONGEST_RUN):
                yield _line(runs, spacing)
                runs, spacing, length = [], "None", 0
            if piece:
                runs.append(_run(replace(span, text=piece), subdued=paragraph.subdued))
                length += len(piece)
    if runs:
        yield _line(runs, spacing)


def _line(runs: list[JsonObject], spacing: str = "Default") -> JsonObject:
    return {"type": "RichTextBlock", "inlines": runs, "spacing": spacing}


def _run(span: Span, *, subdued: bool) -> JsonObject:
    run: JsonObject = {"type": "TextRun", "text": literal(span.text)}
    if span.bold:
        run["weight"] = "Bolder"
    if span.italic:
        run["italic"] = True
    if subdued:
        run |= {"isSubtle": True, "size": "Small"}
    if span.href and urlsplit(span.href).scheme in {"http", "https"}:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": span.href}
    return run


def _pages(items: list[JsonObject]) -> Iterator[list[JsonObject]]:
    page: list[JsonObject] = []
    size = 0
    for item in items:
        grown = len(json.dumps(item)) + 2
        if page and size + grown > _BODY_BUDGET:
            yield page
            page, size = [], 0
        page.append(item)
        size += grown
    if page:
        yield page


def _size(body: list[JsonObject]) -> int:
    return len(json.dumps(body))


# --- buttons and forms --------------------------------------------------------------------------


def _action(button: Button) -> JsonObject:
    action: JsonObject = {
        **(_opens_dialog(button) if button.action in OPENS_DIALOG else _executes(button)),
        "title": one_line(button.label),
        "associatedInputs": "none",
    }
    if button.style in _STYLES:
        action["style"] = _STYLES[button.style]
    return action


def _executes(button: Button) -> JsonObject:
    verb, data = button.action.value, {"value": button.value}
    return {"type": "Action.Execute", "verb": verb, "data": data}


def _opens_dialog(button: Button) -> JsonObject:
    data = {"verb": button.action.value, "value": button.value, "msteams": {"type": DIALOG}}
    return {"type": "Action.Submit", "data": data}


def _submit(form: Form) -> JsonObject:
    return {
        "type": "Action.Execute",
        "title": one_line(form.submit_label),
        "verb": form.action.value,
        "data": {"value": form.value},
        "style": "positive",
    }


def _form(form: Form) -> list[JsonObject]:
    title = [_line([_run(Span(form.title, bold=True), subdued=False)])] if form.title else []
    return [*title, *(_input(field) for field in form.as_typed.fields)]


def _input(field: FormField) -> JsonObject:
    shared: JsonObject = {
        "label": one_line(field.label),
        "placeholder": one_line(field.hint),
        "isRequired": field.required,
        "errorMessage": "Fill this in.",
    }
    match field.kind:
        case FieldKind.TEXT:
            value = "\n".join(field.value)
            return {"type": "Input.Text", "id": TEXT_INPUT + field.name, "value": value} | shared
        case FieldKind.CHOICE:
            return _choice(field) | shared
        case FieldKind.CHOICES:
            return _choices(field) | shared


def _choice(field: FormField) -> JsonObject:
    """One of several. Teams cannot clear a choice, so an optional one offers none of them."""
    choices = [_option(option.label, option.value or NOTHING_CHOSEN) for option in field.options]
    if not field.required and all(choice["value"] != NOTHING_CHOSEN for choice in choices):
        choices.insert(0, _option("–", NOTHING_CHOSEN))
    chosen = field.value[0] if field.value and field.value[0] else NOTHING_CHOSEN
    return {
        "type": "Input.ChoiceSet",
        "id": CHOICE_INPUT + field.name,
        "style": "compact",
        "choices": choices,
        "value": "" if field.required and chosen == NOTHING_CHOSEN else chosen,
    }


def _choices(field: FormField) -> JsonObject:
    return {
        "type": "Input.ChoiceSet",
        "id": CHOICES_INPUT + field.name,
        "isMultiSelect": True,
        "choices": [_option(option.label, _packed(option.value)) for option in field.options],
        "value": ",".join(_packed(value) for value in field.value),
    }


def _option(label: str, value: str) -> JsonObject:
    return {"title": one_line(label), "value": value}


def _packed(value: str) -> str:
    """A value as it may stand in a list that is separated by commas."""
    return value.replace("%", "%25").replace(",", "%2C")
