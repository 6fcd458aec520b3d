"""What a message is made of beside its own words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody else's words, passed on within a message. `author_name` may be empty."""

    author_name: str
    text: str

    @property
    def marked(self) -> str:
        """In quotation marks, with its author: a form that needs no language."""
        return f"“{self.text}” — {self.author_name}" if self.author_name else f"“{self.text}”"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, by the platform's id for it.

    Its name, kind and size are what the platform said with the message; they may be empty, and
    are looked up again before anything is fetched.
    """

    id: str
    name: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ToldOf:
    """A message that was pointed at, as its platform told of it together with the wish.

    For a platform that lets no bot read messages. `author_id` is its id of the author, in
    whichever of several forms it has; `text` is the whole message.
    """

    author_id: str
    text: str


def note_text(text: str, quotes: tuple[Quotation, ...]) -> str:
    """The words with what they quote, as a note keeps them."""
    parts = (text, *(quote.marked for quote in quotes))
    return "\n\n".join(part for part in parts if part.strip())
