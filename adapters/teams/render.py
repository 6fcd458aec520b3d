"""From a reply to the messages that Teams shows. Pure.

Text stands in `TextRun`s, which Adaptive Cards define to show text as it is, without Markdown: what
a person wrote can become neither a link nor a mention nor bold, and needs no escaping that a client
might undo. The only markup left is what we put there.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from adapters.teams.activity import JsonObject
from adapters.teams.button_rows import in_rows
from adapters.teams.parse import CHOICE_INPUT, CHOICES_INPUT, NOTHING_CHOSEN, TEXT_INPUT
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
# frame around a body takes its share too.
_BODY_BUDGET = 36_000
_LONGEST_RUN = 2_500
# What a line in a box takes beside its words, in characters of which each takes the most.
_LINE_FRAME = 12
_LONGEST_SUMMARY = 150
_MOST_LINES = 100
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
_AI_LABEL: JsonObject = {
    "type": "https://schema.org/Message",
    "@type": "Message",
    "@context": "https://schema.org",
    "additionalType": ["AIGeneratedContent"],
}
_STYLES = {"primary": "positive", "danger": "destructive"}
# A word joiner: seen by no reader, and by a client that would read on as a template or a link.
_JOINER = "\u2060"
_TEMPLATE = re.compile(r"\{(?=\{)")
_LINK = re.compile(r"\](?=\()")


def render(reply: Reply) -> tuple[JsonObject, ...]:
    """The activities that show a reply: one, or as many as its length needs.

    Buttons and the form stand in the last ones. A reply that only suggests shows nothing.
    """
    if not (reply.blocks or reply.buttons or reply.form):
        return ()
    summary = _summary(reply)
    return tuple(_message(in_rows(card), summary) for card in cards(reply))


def cards(reply: Reply) -> tuple[JsonObject, ...]:
    """The cards that show a reply, each with its buttons one after another."""
    pages = list(_pages(list(_body(reply.blocks))))
    # What is private stands in the person's own chat, where there is no "here" to share it in.
    actions = [_action(button) for button in reply.buttons if button.action is not Action.SHARE]
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


def _message(card: JsonObject, summary: str) -> JsonObject:
    return {
        "type": "message",
        "summary": summary,
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
        "entities": [_AI_LABEL],
    }


def _card(body: list[JsonObject], actions: list[JsonObject]) -> JsonObject:
    return {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
        "actions": actions,
        "msteams": {"width": "Full"},
    }


def _summary(reply: Reply) -> str:
    """What a notification says: plain text on one line."""
    line = _one_line(reply.plain_text)
    return line if len(line) <= _LONGEST_SUMMARY else line[: _LONGEST_SUMMARY - 1] + "…"


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
    for _, piece in _stretches(quote.text):
        if lines and length + len(piece) + _LINE_FRAME > _LONGEST_RUN:
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
        for starts_line, piece in _stretches(span.text):
            if runs and (starts_line or length + len(piece) > _LONGEST_RUN):
                yield _line(runs, spacing)
                runs, spacing, length = [], "None", 0
            if piece:
                runs.append(_run(replace(span, text=piece), subdued=paragraph.subdued))
                length += len(piece)
    if runs:
        yield _line(runs, spacing)


def _stretches(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text, and whether each begins a line of its own."""
    for number, line in enumerate(_lines(text)):
        for part, piece in enumerate(_pieces(line)):
            yield number + part > 0, piece


def _lines(text: str) -> list[str]:
    """The lines to show one by one: not every client breaks a line within a run.

    A text of very many lines is left whole, since one by one they would fill dozens of messages.
    """
    lines = text.splitlines() or [""]
    return lines if len(lines) <= _MOST_LINES else ["\n".join(lines)]


def _line(runs: list[JsonObject], spacing: str = "Default") -> JsonObject:
    return {"type": "RichTextBlock", "inlines": runs, "spacing": spacing}


def _run(span: Span, *, subdued: bool) -> JsonObject:
    run: JsonObject = {"type": "TextRun", "text": _literal(span.text)}
    if span.bold:
        run["weight"] = "Bolder"
    if span.italic:
        run["italic"] = True
    if subdued:
        run |= {"isSubtle": True, "size": "Small"}
    if span.href and urlsplit(span.href).scheme in {"http", "https"}:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": span.href}
    return run


def _literal(text: str) -> str:
    """Breaks up what some clients read in any text: `{{DATE(…)}}`, and Markdown links in labels."""
    return _LINK.sub("]" + _JOINER, _TEMPLATE.sub("{" + _JOINER, text))


def _pieces(line: str) -> list[str]:
    """A line cut where a client may break it, so that no run outgrows a card."""
    pieces = []
    while len(line) > _LONGEST_RUN:
        cut = line.rfind(" ", 1, _LONGEST_RUN) + 1 or _LONGEST_RUN
        pieces.append(line[:cut])
        line = line[cut:]
    return [*pieces, line]


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
        "title": _one_line(button.label),
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
        "title": _one_line(form.submit_label),
        "verb": form.action.value,
        "data": {"value": form.value},
        "style": "positive",
    }


def _form(form: Form) -> list[JsonObject]:
    title = [_line([_run(Span(form.title, bold=True), subdued=False)])] if form.title else []
    return [*title, *(_input(field) for field in form.as_typed.fields)]


def _input(field: FormField) -> JsonObject:
    shared: JsonObject = {
        "label": _one_line(field.label),
        "placeholder": _one_line(field.hint),
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
    return {"title": _one_line(label), "value": value}


def _packed(value: str) -> str:
    """A value as it may stand in a list that is separated by commas."""
    return value.replace("%", "%25").replace(",", "%2C")


def _one_line(text: str) -> str:
    """Text for a label."""
    return _literal(" ".join(text.split()))
