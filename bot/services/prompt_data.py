"""What people wrote, made fit to stand in a prompt as data.

A boundary is made anew for each call, so that nobody can write one in advance.
"""

import re
import secrets
import unicodedata

# Direction marks, tags, and variations that can spell out any text: a reader does not see them, a
# model does.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
_NOT_TEXT = {"Cc", "Cs"}


def new_boundary() -> str:
    """A name for the data's fence that no text can know."""
    return secrets.token_hex(6)


def as_data(text: str, boundary: str, most_characters: int) -> str:
    """The text without what could end its fence or hide from a reader, cut to a length."""
    seen = _UNSEEN.sub("", text[:most_characters])
    kept = (c for c in seen if c in "\n\t" or unicodedata.category(c) not in _NOT_TEXT)
    return "".join(kept).replace(boundary, "").strip()


def as_line(text: str, boundary: str, most_characters: int) -> str:
    """The same in one line, for names and other short texts."""
    return " ".join(as_data(text, boundary, most_characters).split())
