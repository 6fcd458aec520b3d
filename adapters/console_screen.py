"""What is printed to a terminal, with nothing in it that could steer the terminal."""

import unicodedata
from typing import TextIO

from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.messages import Block, Quote, Reply

_SPEAKER = "Earshot"
_INDENT = "  "


class Screen:
    """Prints in colour to a terminal, and plainly to a file or a pipe."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        # Lines are left to the terminal to wrap: a reader of a pipe wants them whole.
        self._console = Console(file=out, highlight=False, soft_wrap=True)

    def say(self, *lines: str) -> None:
        """Print lines of our own: help, errors, a form's questions."""
        for line in lines:
            self._console.print(Text(printable(line), style="dim"))

    def prompt(self, text: str) -> None:
        """Ask for a line, where somebody sits at a terminal."""
        if self._out.isatty():
            self._out.write(text)
            self._out.flush()

    def show(self, reply: Reply) -> None:
        """Print a reply. Its lines are indented, so that no text can pass for a reply's head."""
        self._console.print(Text(_SPEAKER, style="bold green"))
        for block in reply.blocks:
            for line in _block(block).split("\n"):
                self._console.print(Text(_INDENT) + line)
        if reply.buttons:
            # Not in brackets: [1] is how an answer cites its first piece of evidence.
            said = (" ".join(printable(button.label).split()) for button in reply.buttons)
            labels = (f"{n}: {label}" for n, label in enumerate(said, start=1))
            self._console.print(Text(f"{_INDENT}Press {'   '.join(labels)}", style="cyan"))


def printable(text: str) -> str:
    """The text with every character made visible that would steer a terminal or turn its text."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    is_steering = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    is_turning = unicodedata.bidirectional(character) in _TURNING
    if (is_steering and character not in "\n\t") or is_turning:
        return character.encode("unicode_escape").decode("ascii")
    return character


_TURNING = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def _block(block: Block) -> Text:
    if isinstance(block, Quote):
        lines = printable(block.text).split("\n")
        return Text("\n".join(f"> {line}" for line in lines), style="italic")
    whole = Text(style="dim" if block.subdued else "")
    for span in block.spans:
        whole.append(printable(span.text), style=Style(bold=span.bold, italic=span.italic))
        if span.href:
            whole.append(f" <{printable(span.href)}>", style="dim")
    return whole
