"""What people have chosen."""

from typing import Protocol

from bot.domain.person_settings import PersonSettings


class PersonSettingsStore(Protocol):
    """One row for each person who chose something."""

    def get(self, workspace: str, person_id: str) -> PersonSettings:
        """What the person chose, the defaults for the rest."""
        ...

    def put(self, settings: PersonSettings) -> None:
        """Keep it in place of what was there."""
        ...

    def all(self, workspace: str) -> tuple[PersonSettings, ...]:
        """Of everybody who chose something."""
        ...
