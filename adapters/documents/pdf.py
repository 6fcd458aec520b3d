"""PDF files: the text that is in them as text. Pictures of words are not read."""

import io
import logging
import re

from pypdf import PdfReader
from pypdf.errors import PdfReadError

from bot.errors import FileNotRead, FileProblem

_MOST_PAGES = 500
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_A-Z])")
_GOES_ON = re.compile(r"(?<=[\w,;])[ \t]*\n[ \t]*(?=[^\W\d_A-Z]|\()")


def read(content: bytes, most_characters: int) -> str:
    """The text of all pages. Raises FileNotRead; the library raises what it likes."""
    logging.disable()  # the library quotes what it does not understand
    try:
        reader = PdfReader(io.BytesIO(content))
    except PdfReadError:
        raise FileNotRead(FileProblem.DAMAGED) from None
    # Many files have a password only against changes, and open with an empty one.
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileNotRead(FileProblem.ENCRYPTED)
    text = _all_pages(reader, most_characters)
    if not text.strip():
        raise FileNotRead(FileProblem.NO_TEXT)
    return _GOES_ON.sub(" ", _HYPHENATED.sub("", text))


def _all_pages(reader: PdfReader, most_characters: int) -> str:
    pages: list[str] = []
    length = 0
    for number, page in enumerate(reader.pages):
        if number == _MOST_PAGES:
            raise FileNotRead(FileProblem.TOO_LONG)
        pages.append(page.extract_text().strip())
        length += len(pages[-1])
        # Joining lines makes it shorter, but never by half.
        if length > 2 * most_characters:
            raise FileNotRead(FileProblem.TOO_LONG)
    return "\n\n".join(pages)
