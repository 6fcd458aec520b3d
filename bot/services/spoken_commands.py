"""Commands written as words, in a mention or a direct message: `note …`, `ask …`, `listen on`."""

import dataclasses
import re

from bot.messages import IncomingMessage, WayIn
from bot.services.triage import is_question

_EARSHOT = re.compile(
    r"/?(?:earshot\s+)?(help|home|needs|settings|forget\s+me|listen\s+(?:on|off))[.!\s]*",
    re.IGNORECASE,
)
_EARSHOT_WITH_NAME = re.compile(
    r"(?:/earshot\b|earshot\s+(?=(?:help|home|needs|settings|listen|customer|wall|forget|brief)\b))\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOTE = re.compile(r"(?:/note\b|note(?=[\s:]))[\s:]*(.*)", re.IGNORECASE | re.DOTALL)
_BRIEF = re.compile(r"(?:/brief\b|brief\s+me\s+on\b)[:\s]*(.*)", re.IGNORECASE | re.DOTALL)
_ASK = re.compile(r"(/ask\b|ask(?=[\s:]))(:?)\s*(.*)", re.IGNORECASE | re.DOTALL)


def as_meant(message: IncomingMessage) -> IncomingMessage:
    """The message as the command it spells, where it spells one."""
    if message.way_in not in (WayIn.MENTION, WayIn.DIRECT):
        return message
    way_in, words = _read(message.text.strip())
    return dataclasses.replace(message, way_in=way_in, text=words) if way_in else message


def _read(text: str) -> tuple[WayIn | None, str]:
    if found := _EARSHOT.fullmatch(text):
        return WayIn.EARSHOT_COMMAND, found[1]
    if found := _EARSHOT_WITH_NAME.fullmatch(text):
        return WayIn.EARSHOT_COMMAND, found[1].strip()
    if found := _NOTE.fullmatch(text):
        return WayIn.NOTE_COMMAND, found[1].strip()
    if found := _BRIEF.fullmatch(text):
        return WayIn.BRIEF_COMMAND, found[1].strip(" ?.!")
    found = _ASK.fullmatch(text)
    if found and (found[1].startswith("/") or found[2] or is_question(found[3])):
        return WayIn.ASK_COMMAND, found[3].strip()
    return None, text
