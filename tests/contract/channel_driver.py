"""How the contract suite plays a platform: what people there do, and what they get to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Shown:
    """Something the platform was asked to show.

    `text` is everything readable in it, as a person would see it (the platform's escaping undone).
    `raw` is the body as it was sent. `to_person` is set where only that person sees it.
    `form` holds the field names when it is a form. `handle` is for the driver's own use.
    """

    text: str
    raw: str
    conversation: str
    thread: str | None = None
    to_person: str | None = None
    buttons: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    handle: object = None


class ChannelDriver(Protocol):
    """One platform, as the people in it use it. Every call returns after the work is done.

    The workspace has the people `ANNA` and `BEN`, the public channel `SALES` with both, and a
    direct message `DIRECT` between Anna and the bot. The values are the platform's own ids.
    """

    ANNA: str
    BEN: str
    SALES: str
    DIRECT: str

    def post(
        self,
        text: str,
        *,
        author: str,
        conversation: str,
        thread: str | None = None,
        mention: bool = False,
    ) -> str:
        """A person posts a message (mentioning the bot or not); returns the message's id."""
        ...

    def command(self, name: str, text: str, *, author: str, conversation: str) -> None:
        """A person uses `note` or `ask` as a command."""
        ...

    def edit(self, message_id: str, text: str, *, author: str, conversation: str) -> None:
        """The author changes their message."""
        ...

    def delete(self, message_id: str, *, author: str, conversation: str) -> None:
        """The author deletes their message."""
        ...

    def redeliver(self, message_id: str, *, times: int) -> None:
        """The platform sends the same message again, under other event ids."""
        ...

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> None:
        """The bot itself, or another bot, posts a message."""
        ...

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        """A person presses a button of something that was shown."""
        ...

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        """A person fills in and submits a form that was shown; other fields stay as they were."""
        ...

    def shown(self) -> list[Shown]:
        """What was shown since the last call, oldest first."""
        ...
