"""The words of a message that Teams passes on as HTML. Pure, and linear in its length."""

import html
import re
from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_ALT = re.compile(r'\balt="([^"]*)"')
_ENDS_LINE = {"br", "hr"}
_BLOCKS = {"blockquote", "div", "h1", "h2", "h3", "li", "p", "pre", "table", "tr"}
_PICTURES = {"emoji", "img"}
_BLANK = re.compile(r"[ \t\r\f\v\xa0]+")
_LINES = re.compile(r" ?\n[ \n]*")


def text_of(markup: str) -> str:
    """What a person reads of it: lines stay apart, an emoji is itself, a mention is the name."""
    joined = html.unescape("".join(_words(markup)))
    return _LINES.sub("\n", _BLANK.sub(" ", joined)).strip()


def _words(markup: str) -> Iterator[str]:
    """The text, still encoded, with a line's end where one is shown."""
    at = 0
    for tag in _TAG.finditer(markup):
        yield _BLANK.sub(" ", markup[at : tag.start()].replace("\n", " "))
        at = tag.end()
        yield _shown(tag)
    yield markup[at:].replace("\n", " ")


def _shown(tag: re.Match[str]) -> str:
    closing, name, attributes = tag[1], tag[2].lower(), tag[3]
    if name in _ENDS_LINE or name in _BLOCKS:
        return "\n"
    if name in _PICTURES and not closing:
        described = _ALT.search(attributes)
        return described[1] if described else ""
    return ""
