"""Block Kit elements with their limits. Nothing that a person wrote is ever parsed by Slack.

Running text is `rich_text`, where characters stand for themselves; text objects are escaped.
Limits: docs.slack.dev/reference/block-kit.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from adapters.slack.text import escape, escaped_units, pieces, shorten, units
from bot.messages import Block, Button, Paragraph, Quote, Span

Json: TypeAlias = Mapping[str, object]
"""An object as Slack's Web API takes it."""

TEXT_LIMIT = 3000
URL_LIMIT = 3000
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_LABEL = 75
FEEDBACK = "feedback_buttons"
FEEDBACK_SEPARATOR = "|"

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block, the words in it, and their length as Slack counts it."""

    block: Json
    text: str
    size: int


def packed(
    items: Iterable[_Item], size: Callable[[_Item], int], limit: int, most: int
) -> Iterator[list[_Item]]:
    """The items in order, in groups of at most `most` whose sizes add up to at most `limit`."""
    group: list[_Item] = []
    used = 0
    for item in items:
        if group and (used + size(item) > limit or len(group) == most):
            yield group
            group, used = [], 0
        group.append(item)
        used += size(item)
    if group:
        yield group


def plain_text(text: str, limit: int = TEXT_LIMIT) -> Json:
    """A text object without formatting; an empty one is not allowed and becomes a dash."""
    return {"type": "plain_text", "text": escape(shorten(text, limit, escaped_units)) or "–"}


def shown(block: Block) -> Iterator[Drawn]:
    """A block of a reply or of a page."""
    if isinstance(block, Quote):
        return quote(block)
    return context(block) if block.subdued else paragraph(block)


# --- running text -------------------------------------------------------------------------------


def paragraph(block: Paragraph) -> Iterator[Drawn]:
    """A paragraph as rich text, in several blocks where it is too long for one."""
    runs = [
        Span(piece, span.bold, span.italic, span.href)
        for span in block.spans
        for piece in pieces(span.text, TEXT_LIMIT)
    ]
    for group in packed(runs, lambda run: units(run.text), TEXT_LIMIT, most=len(runs)):
        elements = [element for run in group for element in _rich_elements(run)]
        yield _rich_text("rich_text_section", elements, "".join(run.text for run in group))


def quote(block: Quote) -> Iterator[Drawn]:
    """Somebody's words as a quotation, in several blocks where they are too long for one."""
    for piece in pieces(block.text, TEXT_LIMIT):
        yield _rich_text("rich_text_quote", _rich_elements(Span(piece)), piece)


def _rich_text(kind: str, elements: Sequence[Json], text: str) -> Drawn:
    block = {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}
    return Drawn(block, text, units(text))


def _rich_elements(span: Span) -> list[Json]:
    """Elements that show the span.

    Rich text is literal, so `<!channel>` in it pings nobody. It is still cut after each `<`, which
    nobody sees: then no client or relay that parses it after all can find a whole token.
    """
    style: Json = {"style": _style(span)} if span.bold or span.italic else {}
    kind: Json = {"type": "text"}
    if is_web_link(span.href):
        kind = {"type": "link", "url": span.href}
    return [{**kind, "text": part, **style} for part in re.split(r"(?<=<)", span.text) if part]


def _style(span: Span) -> Json:
    return {name: True for name, on in (("bold", span.bold), ("italic", span.italic)) if on}


def is_web_link(href: str | None) -> bool:
    """Whether this is an address that a person may be sent to: http or https with a host."""
    if not href or units(href) > URL_LIMIT or re.search(r"[\s<>|]", href):
        return False
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


# --- what matters less --------------------------------------------------------------------------


def context(block: Paragraph) -> Iterator[Drawn]:
    """A subdued paragraph as small print; bold and italic are left out there."""
    parts = [part for run in _joined(block.spans) for part in _context_parts(run)]
    for group in packed(parts, lambda part: part.size, TEXT_LIMIT, CONTEXT_ELEMENTS):
        elements = [part.block for part in group]
        text = "".join(part.text for part in group)
        yield Drawn({"type": "context", "elements": elements}, text, sum(p.size for p in group))


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Spans with neighbours that carry no link in one."""
    words = ""
    for span in spans:
        if is_web_link(span.href):
            yield Span(words)
            yield span
            words = ""
        else:
            words += span.text
    yield Span(words)


def _context_parts(span: Span) -> Iterator[Drawn]:
    if span.href is None:
        for piece in pieces(span.text, TEXT_LIMIT, escaped_units):
            if piece.strip():
                yield Drawn(plain_text(piece), piece, escaped_units(piece))
        return
    room = TEXT_LIMIT - escaped_units(span.href) - len("<|>")
    if room < BUTTON_LABEL:
        yield from _context_parts(Span(span.text))
        return
    label = shorten(" ".join(span.text.split()) or "link", room, escaped_units)
    link = f"<{escape(span.href)}|{escape(label)}>"
    yield Drawn({"type": "mrkdwn", "text": link, "verbatim": True}, label, units(link))


# --- buttons ------------------------------------------------------------------------------------


def actions(buttons: Sequence[Button], *, within: str = "") -> Iterator[Drawn]:
    """Buttons in rows. The index in an action id is there because Slack wants them unique.

    `within` tells apart what stands in one view with buttons of its own.
    """
    prefix = f"{within}-" if within else ""
    drawn = [_button(f"{prefix}{index}", button) for index, button in enumerate(buttons)]
    for group in packed(drawn, lambda button: button.size, TEXT_LIMIT, ACTIONS_ELEMENTS):
        elements = [button.block for button in group]
        yield Drawn({"type": "actions", "elements": elements}, "", sum(b.size for b in group))


def _button(index: str, button: Button) -> Drawn:
    style: Json = {} if button.style == "default" else {"style": button.style}
    block = {
        "type": "button",
        "text": plain_text(button.label, BUTTON_LABEL),
        "action_id": f"{button.action.value}.{index}",
        "value": button.value,
        **style,
    }
    return Drawn(block, button.label, escaped_units(button.label))


def feedback(good: Button, bad: Button) -> Drawn:
    """A pair of buttons that Slack shows small, below the answer. Their values name the action."""
    sides = (("positive_button", good), ("negative_button", bad))
    element = {
        "type": FEEDBACK,
        "action_id": FEEDBACK,
        **{side: _feedback_button(button) for side, button in sides},
    }
    size = sum(escaped_units(button.label) for _, button in sides)
    return Drawn({"type": "context_actions", "elements": [element]}, "", size)


def _feedback_button(button: Button) -> Json:
    return {
        "text": plain_text(button.label, BUTTON_LABEL),
        "value": f"{button.action.value}{FEEDBACK_SEPARATOR}{button.value}",
    }
