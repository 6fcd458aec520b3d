"""What an import finds wrong or worth a look, in words that say where, what, and what to do."""

from dataclasses import dataclass, field

from bot.errors import ImportRejected

_MOST_PROBLEMS = 50
_SHOWN_CHARACTERS = 60


@dataclass(slots=True)
class Findings:
    """Problems keep the file out, warnings do not. A line is counted from 1, the heading."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def problem(self, line: int, said: str) -> None:
        """Record what is wrong there."""
        self.problems.append(f"line {line}: {said}")

    def warning(self, line: int, said: str) -> None:
        """Record what is imported all the same."""
        self.warnings.append(f"line {line}: {said}")

    def check(self) -> None:
        """Raise ImportRejected, with as many problems as a person will read."""
        if not self.problems:
            return
        shown = self.problems[:_MOST_PROBLEMS]
        more = len(self.problems) - len(shown)
        if more:
            shown.append(f"and {more} more problems; correct these first")
        raise ImportRejected(tuple(shown))


def quoted(written: str) -> str:
    """What somebody wrote in a cell, short enough to stand in a sentence."""
    cut = written if len(written) <= _SHOWN_CHARACTERS else written[:_SHOWN_CHARACTERS] + "…"
    return f"“{cut}”"
