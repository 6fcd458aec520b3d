"""Which parser reads which kind of file."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from adapters.documents import mail, plain, table
from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem

_Parser: TypeAlias = Callable[[bytes, int], str]


def _pdf(content: bytes, most_characters: int) -> str:
    from adapters.documents import pdf  # noqa: PLC0415 - its library is slow to load

    return pdf.read(content, most_characters)


_PARSERS: Final[Mapping[DocumentKind, _Parser]] = {
    DocumentKind.TEXT: plain.read,
    DocumentKind.TABLE: table.read,
    DocumentKind.MAIL: mail.read,
    DocumentKind.PDF: _pdf,
}


def read(content: bytes, kind: DocumentKind, most_characters: int) -> str:
    """The text of a file, tidied up. Raises FileNotRead, or whatever else a parser comes upon."""
    text = plain.tidy(_PARSERS[kind](content, most_characters))
    if not text:
        raise FileNotRead(FileProblem.EMPTY)
    if len(text) > most_characters:
        raise FileNotRead(FileProblem.TOO_LONG)
    return text
