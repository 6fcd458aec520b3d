"""Plays somebody at a terminal: types lines, and reads what is printed."""

import io
import re
from collections.abc import Mapping

import pytest

from adapters.console import ConsoleChannel
from bot.messages import FieldKind, FormField
from tests.contract.channel_driver import Shown

_BUTTON = re.compile(r"\d+: (.+?)(?=   \d+: |$)")


class ConsoleDriver:
    """`tests.contract.channel_driver.ChannelDriver` in a terminal.

    Make the channel with `out` as where it prints; its `work` does all work that is due.
    A terminal is a direct message of one person: a test that needs more than that is skipped.
    """

    ANNA = "anna"
    BEN = "ben"
    SALES = "sales"
    DIRECT = "console-anna"

    def __init__(self, channel: ConsoleChannel, out: io.StringIO) -> None:
        self._channel = channel
        self._out = out
        self._read_to = 0
        self._messages = 0

    def post(
        self,
        text: str,
        *,
        author: str,
        conversation: str,
        thread: str | None = None,
        mention: bool = False,
    ) -> str:
        """Returns the number that /edit and /delete know the message by."""
        self._only_here(author, conversation)
        if thread or mention:
            pytest.skip("a terminal has no threads and no mentions")
        return self._type(text)

    def command(self, name: str, text: str, *, author: str, conversation: str) -> None:
        self._only_here(author, conversation)
        self._type(f"/{name} {text}")

    def edit(self, message_id: str, text: str, *, author: str, conversation: str) -> None:
        self._only_here(author, conversation)
        self._channel.read(f"/edit {message_id} {text}")

    def delete(self, message_id: str, *, author: str, conversation: str) -> None:
        self._only_here(author, conversation)
        self._channel.read(f"/delete {message_id}")

    def redeliver(self, message_id: str, *, times: int) -> None:
        pytest.skip("a terminal delivers a line once")

    def post_as_bot(self, text: str, *, own: bool, conversation: str) -> None:
        pytest.skip("nobody else types into this terminal")

    def press(self, shown: Shown, label: str, *, person: str) -> None:
        """Only the buttons of the last reply can be pressed."""
        self._channel.read(str(shown.buttons.index(label) + 1))

    def submit(self, shown: Shown, values: Mapping[str, tuple[str, ...]], *, person: str) -> None:
        form = self._channel.open_form
        assert form is not None, "no form is being asked"
        for field in form.fields:
            self._channel.read(_line_for(field, values[field.name]) if field.name in values else "")

    def shown(self) -> list[Shown]:
        printed = self._out.getvalue()[self._read_to :]
        self._read_to = len(self._out.getvalue())
        replies = re.split(r"^Earshot$", printed, flags=re.MULTILINE)[1:]
        return [*map(self._shown, replies), *self._form_shown(printed)]

    def _type(self, line: str) -> str:
        if line.strip():
            self._messages += 1
        self._channel.read(line)
        return str(self._messages)

    def _only_here(self, author: str, conversation: str) -> None:
        if (author, conversation) != (self.ANNA, self.DIRECT):
            pytest.skip("a terminal is one person, alone with the bot")

    def _shown(self, printed: str) -> Shown:
        lines = [line[2:] for line in printed.splitlines() if line.startswith("  ")]
        pressable = lines[-1] if lines and lines[-1].startswith("Press 1: ") else ""
        return Shown(
            text="\n".join(lines[:-1] if pressable else lines),
            raw=printed,
            conversation=self.DIRECT,
            to_person=self.ANNA,
            buttons=tuple(_BUTTON.findall(pressable)),
        )

    def _form_shown(self, printed: str) -> list[Shown]:
        form = self._channel.open_form
        if form is None or form.title not in printed:
            return []
        names = tuple(field.name for field in form.fields)
        return [Shown(form.title, printed, self.DIRECT, to_person=self.ANNA, form=names)]


def _line_for(field: FormField, values: tuple[str, ...]) -> str:
    if not any(values):
        return "-"
    if field.kind is FieldKind.TEXT:
        return values[0]
    options = [option.value for option in field.options]
    return ", ".join(str(options.index(value) + 1) for value in values)
