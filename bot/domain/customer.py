"""Customers, and the people there."""

from dataclasses import dataclass

from bot.domain.taxonomy import CustomerStatus

LONGEST_NAME = 200
"""In characters: of a customer's name, and of each alias."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer that is about to be registered, or changed in what is not left empty.

    `let_in` and `kept_out` are the ids of people that are added to the lists of its wall.
    """

    name: str
    aliases: tuple[str, ...] = ()
    owner_id: str | None = None
    segment: str = ""
    industry: str = ""
    status: CustomerStatus = CustomerStatus.EXISTING
    contacts: tuple[Contact, ...] = ()
    let_in: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()

    @property
    def has_short_names(self) -> bool:
        """Whether name and aliases are of a length that names have."""
        return all(len(name) <= LONGEST_NAME for name in (self.name, *self.aliases))


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation we sell to or want to sell to."""

    id: str
    workspace: str
    name: str
    aliases: tuple[str, ...] = ()
    owner_id: str | None = None
    segment: str = ""
    industry: str = ""
    status: CustomerStatus = CustomerStatus.EXISTING
    contacts: tuple[Contact, ...] = ()
