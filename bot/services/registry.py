"""The customers of a workspace, with the linker that recognises them, kept until one changes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.ports import CustomerStore, DirectoryStore
from bot.services.customer_linking import CustomerLinker


@dataclass(frozen=True, slots=True)
class Registry:
    """What there is to link to in one workspace at one moment."""

    customers: tuple[Customer, ...]
    linker: CustomerLinker
    _by_id: dict[str, Customer] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {customer.id: customer for customer in self.customers}
        object.__setattr__(self, "_by_id", by_id)

    def all_of(self, customer_ids: Collection[str]) -> tuple[Customer, ...]:
        """The customers with these ids, in the order of the ids."""
        return tuple(self._by_id[one] for one in customer_ids if one in self._by_id)

    def named(self, customer_id: str) -> str:
        """A customer's name; the id itself is never shown."""
        return next((c.name for c in self.customers if c.id == customer_id), "a customer")


class Registries:
    """Builds a registry when the customers or people have changed, else gives the last one."""

    def __init__(self, customers: CustomerStore, directory: DirectoryStore) -> None:
        self._customers = customers
        self._directory = directory
        self._built: dict[str, tuple[str, Registry]] = {}

    def of(self, workspace: str) -> Registry:
        """The registry as it is now."""
        people = self._directory.people_count(workspace)
        revision = f"{self._customers.revision(workspace)}/{people}"
        known = self._built.get(workspace)
        if known and known[0] == revision:
            return known[1]
        customers = self._customers.all(Audience.operator(workspace))
        # One of us who has the name of a customer's contact is not taken for them.
        colleagues = [person.name for person in self._directory.people(workspace)]
        registry = Registry(customers, CustomerLinker(customers, colleagues))
        self._built[workspace] = (revision, registry)
        return registry
