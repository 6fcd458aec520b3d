"""Slack's encoding of text, taken off and put on, and text cut to Slack's limits.

Lengths are in UTF-16 code units, as Slack's own clients count them.
Source: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from bot.messages.characters import is_inside_character

Size: TypeAlias = Callable[[str], int]

_TOKEN_OR_ENTITY = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_BROADCASTS = {"channel", "here", "everyone"}
_SCHEMES_ADDED_BY_SLACK = ("http://", "https://", "mailto:", "tel:")


def decode(text: str) -> str:
    """What the person saw: mentions and links as words, entities as characters.

    A link whose label says something else than its target shows both.
    """
    return _TOKEN_OR_ENTITY.sub(_decoded, text)


def _decoded(match: re.Match[str]) -> str:
    token, entity = match.groups()
    return _ENTITIES[entity] if entity else _token(token)


def _token(token: str) -> str:
    target, _, label = token.partition("|")
    target, label = _unescaped(target), _unescaped(label)
    match target[:1]:
        case "@":
            return "@" + (label or target[1:])
        case "#":
            return "#" + (label or target[1:])
        case "!":
            return _special(target[1:], label)
        case _:
            return _link(target, label)


def _special(command: str, label: str) -> str:
    name, _, argument = command.partition("^")
    if name in _BROADCASTS:
        return "@" + name
    return label or "@" + (argument or name)


def _link(url: str, label: str) -> str:
    if not label or label == url:
        return url
    was_typed = any(url.rstrip("/") == scheme + label for scheme in _SCHEMES_ADDED_BY_SLACK)
    return label if was_typed else f"{label} ({url})"


def _unescaped(text: str) -> str:
    return re.sub(r"&(amp|lt|gt);", lambda match: _ENTITIES[match[1]], text)


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, link or broadcast can come of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentions(text: str, user_id: str) -> bool:
    """Whether the encoded text mentions this user."""
    return _mention_of(user_id).search(text) is not None


def without_mention(text: str, user_id: str) -> str:
    """The encoded text without mentions of this user; their name as a word stays."""
    mention = _mention_of(user_id).pattern
    unaddressed = re.sub(rf"^(?:\s*{mention})+[\s:,]*", "", text)
    # From the first space on, or a run of many would be tried from each of them.
    return re.sub(rf"(?<![ \t])[ \t]*{mention}", "", unaddressed).strip()


def _mention_of(user_id: str) -> re.Pattern[str]:
    return re.compile(rf"<@{re.escape(user_id)}(?:\|[^<>]*)?>")


def whole(text: str) -> str:
    """Text without lone surrogates, which JSON can carry and no database or encoding can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def escaped_units(text: str) -> int:
    """The length in UTF-16 code units once the text is escaped."""
    return units(escape(text))


def pieces(text: str, limit: int, size: Size = units) -> Iterator[str]:
    """The text in pieces of at most `limit`, cut between words where that wastes little.

    No character as a person sees it (with its accents, or an emoji in several parts) is cut,
    unless it is longer than the limit by itself.
    """
    start = 0
    while start < len(text):
        end = _end_of_piece(text, start, limit, size)
        yield text[start:end]
        start = end


def shorten(text: str, limit: int, size: Size = units) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if size(text) <= limit:
        return text
    return next(pieces(text, limit - 1, size)).rstrip() + "…"


def _end_of_piece(text: str, start: int, limit: int, size: Size) -> int:
    hard_end, used = start, 0
    while hard_end < len(text):
        used += size(text[hard_end])
        if used > limit:
            break
        hard_end += 1
    hard_end = max(hard_end, start + 1)
    if hard_end == len(text):
        return hard_end
    return _good_end(text, start, hard_end)


def _good_end(text: str, start: int, hard_end: int) -> int:
    for space in "\n", " ":
        found = text.rfind(space, (start + hard_end) // 2, hard_end)
        if found > start and not is_inside_character(text, found + 1):
            return found + 1
    end = hard_end
    while end > start and is_inside_character(text, end):
        end -= 1
    return end if end > start else hard_end
