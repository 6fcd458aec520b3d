"""Plain text: from bytes of unknown encoding to characters that can be shown."""

import codecs
import re
from typing import Final

from bot.errors import FileNotRead, FileProblem

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")


def read(content: bytes, most_characters: int) -> str:
    """The text as it is; `most_characters` is looked at by whoever asks."""
    del most_characters
    return decode(content)


def decode(content: bytes, declared: str = "") -> str:
    """The characters: by the mark at the beginning, as declared, as UTF-8, or as Windows does.

    Raises FileNotRead for what is no text.
    """
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
    if not marked and b"\0" in content:
        raise FileNotRead(FileProblem.DAMAGED)
    for encoding in (marked, declared, "utf-8"):
        try:
            text = content.decode(encoding) if encoding else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None:
            break
    else:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise FileNotRead(FileProblem.DAMAGED)
    return text


def tidy(text: str) -> str:
    """The same without characters that nobody sees, and with one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _TRAILING.sub("", _NOT_SHOWN.sub("", text))
    return _MANY_EMPTY_LINES.sub("\n\n", text).strip()
