"""A form asked field by field, a line for each."""

from dataclasses import dataclass, field

from bot.messages import FieldKind, Form, FormField

KEEP = ""
EMPTY = "-"


class NotAnAnswer(Exception):
    """A line that does not answer the field; its text says what would."""


@dataclass(slots=True)
class FormTalk:
    """Where the asking of a form has come to."""

    form: Form
    source_message_id: str | None
    _answers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def current(self) -> FormField | None:
        """The field that is asked now; None when all are answered."""
        return next((f for f in self.form.fields if f.name not in self._answers), None)

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """The values by field name, so far."""
        return dict(self._answers)

    def answer(self, line: str) -> None:
        """Take a line for the current field. Raises NotAnAnswer."""
        asked = self.current
        if asked is None:
            raise NotAnAnswer("Everything has been answered.")
        values = read_values(asked, line.strip())
        if asked.required and not any(values):
            raise NotAnAnswer("This is needed.")
        self._answers[asked.name] = values


def read_values(asked: FormField, line: str) -> tuple[str, ...]:
    """What a line chooses: nothing typed keeps the value, a dash empties it. Raises NotAnAnswer."""
    if line == KEEP:
        return asked.value
    if line == EMPTY:
        return ()
    if asked.kind is FieldKind.TEXT:
        return (line,)
    numbers = [part.strip() for part in line.split(",")]
    if asked.kind is FieldKind.CHOICE and len(numbers) > 1:
        raise NotAnAnswer("Choose one number.")
    return tuple(_option(asked, number) for number in numbers)


def _option(asked: FormField, number: str) -> str:
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(asked.options)):
        raise NotAnAnswer(f"Type numbers from 1 to {len(asked.options)}.")
    return asked.options[int(number) - 1].value


def question(asked: FormField) -> list[str]:
    """The lines that ask a field."""
    how = {
        FieldKind.TEXT: "type it",
        FieldKind.CHOICE: "type a number",
        FieldKind.CHOICES: "type numbers, with commas between",
    }[asked.kind]
    keep = "Enter keeps" if any(asked.value) else "Enter leaves it empty"
    lines = [f"{asked.label} ({how}; {keep}{'' if asked.required else '; - empties'})"]
    if asked.hint:
        lines.append(f"  {asked.hint}")
    lines += [
        f"  {'*' if option.value in asked.value else ' '} {number} {option.label}"
        for number, option in enumerate(asked.options, start=1)
    ]
    if asked.kind is FieldKind.TEXT and any(asked.value):
        lines.append(f"  * {', '.join(asked.value)}")
    return lines
