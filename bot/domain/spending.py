"""What language and embedding models may cost in a day."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Payer:
    """On whose account a call of a model is.

    `person_id` is empty where no person caused it, `workspace` also where none is known.
    """

    workspace: str = ""
    person_id: str = ""


class Limit(StrEnum):
    """Whose limit of a day is reached."""

    PERSON = "person"
    WORKSPACE = "workspace"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most calls and tokens of a day (UTC); a token more or a call more is not made."""

    calls: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Allowances:
    """What each person, each workspace and the whole installation may spend in a day."""

    person: Allowance
    workspace: Allowance
    installation: Allowance

    def of(self, limit: Limit) -> Allowance:
        """The one of that name."""
        return {
            Limit.PERSON: self.person,
            Limit.WORKSPACE: self.workspace,
            Limit.INSTALLATION: self.installation,
        }[limit]
