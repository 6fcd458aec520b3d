"""Gets the text out of files that strangers wrote, each in a process of its own with limits."""

from adapters.documents.subprocess_reader import Limits, SubprocessDocumentReader

__all__ = ["Limits", "SubprocessDocumentReader"]
