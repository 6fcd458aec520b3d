"""Files whose text can be part of a note."""

from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

LARGEST_FILE_BYTES: Final = 10_000_000
"""Ten megabytes, as people's file managers count them."""


class DocumentKind(StrEnum):
    """A kind of file that is read. The values lie on a process boundary."""

    TEXT = "text"
    TABLE = "table"
    MAIL = "mail"
    PDF = "pdf"


_BY_SUFFIX = MappingProxyType(
    {
        ".txt": DocumentKind.TEXT,
        ".text": DocumentKind.TEXT,
        ".md": DocumentKind.TEXT,
        ".markdown": DocumentKind.TEXT,
        ".csv": DocumentKind.TABLE,
        ".tsv": DocumentKind.TABLE,
        ".eml": DocumentKind.MAIL,
        ".pdf": DocumentKind.PDF,
    }
)
_BY_MEDIA_TYPE = MappingProxyType(
    {
        "text/plain": DocumentKind.TEXT,
        "text/markdown": DocumentKind.TEXT,
        "text/csv": DocumentKind.TABLE,
        "text/tab-separated-values": DocumentKind.TABLE,
        "message/rfc822": DocumentKind.MAIL,
        "application/pdf": DocumentKind.PDF,
    }
)


def kind_of(name: str, media_type: str) -> DocumentKind | None:
    """The kind of a file, by the end of its name, or without one by its type; None for others.

    The name goes first: platforms call most of what they do not know plain text.
    """
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if suffix:
        return _BY_SUFFIX.get(suffix)
    return _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())
