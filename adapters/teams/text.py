"""Text as a card takes it: in pieces that fit, and read by no client as more than text. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from bot.messages.characters import is_inside_character

LONGEST_RUN: Final = 2_500

_MOST_LINES = 100
# A word joiner: seen by no reader, and by a client that would read on as a template or a link.
_JOINER = "\u2060"
_TEMPLATE = re.compile(r"\{(?=\{)")
_LINK = re.compile(r"\](?=\()")


def literal(text: str) -> str:
    """Breaks up what some clients read in any text: `{{DATE(…)}}`, and Markdown links in labels."""
    return _LINK.sub("]" + _JOINER, _TEMPLATE.sub("{" + _JOINER, text))


def one_line(text: str) -> str:
    """Text for a label."""
    return literal(" ".join(text.split()))


def shortened(text: str, limit: int) -> str:
    """Text on one line, or as much of its beginning as fits, with an ellipsis."""
    line = one_line(text)
    return line if len(line) <= limit else line[: _end(line, limit - 1)].rstrip() + "…"


def stretches(text: str) -> Iterator[tuple[bool, str]]:
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


def _pieces(line: str) -> list[str]:
    """A line cut where a client may break it, so that no run outgrows a card."""
    pieces = []
    while len(line) > LONGEST_RUN:
        cut = line.rfind(" ", LONGEST_RUN // 2, LONGEST_RUN) + 1
        if not cut or is_inside_character(line, cut):
            cut = _end(line, LONGEST_RUN)
        pieces.append(line[:cut])
        line = line[cut:]
    return [*pieces, line]


def _end(text: str, limit: int) -> int:
    """The last place up to there that is between two characters, as a person sees them.

    A character that is longer than the limit by itself is cut at the limit.
    """
    end = limit
    while end > 0 and is_inside_character(text, end):
        end -= 1
    return end or limit
