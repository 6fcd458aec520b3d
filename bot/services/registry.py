"""The customers of a workspace, with the linker that recognises them, kept until one changes."""

from collections import OrderedDict
from collections.abc import Collection, Set
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.ports import CustomerStore, DirectoryStore, WallStore
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


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_WITHOUT = 16
_READERS = 10_000


class Registries:
    """Builds a registry when the customers or people have changed, else gives the last one.

    What readers may know of is kept until it changes who may see what.
    """

    def __init__(
        self, customers: CustomerStore, directory: DirectoryStore, walls: WallStore
    ) -> None:
        self._customers = customers
        self._directory = directory
        self._walls = walls
        self._lock = Lock()
        self._built: dict[str, tuple[str, Registry]] = {}
        self._without: OrderedDict[tuple[str, str, Set[str]], Registry] = OrderedDict()
        self._walled_off: OrderedDict[Audience, tuple[int, Set[str]]] = OrderedDict()

    def for_readers(self, audience: Audience) -> Registry:
        """The registry as it is now, without the customers that a wall keeps the readers from."""
        whole, walled_off = self.of(audience.workspace), self._hidden_from(audience)
        if not walled_off:
            return whole
        key = (audience.workspace, self._revision(audience.workspace), walled_off)
        known = self._without.get(key)
        if known is None:
            rest = tuple(one for one in whole.customers if one.id not in walled_off)
            known = self._registry(audience.workspace, rest)
        self._remember(self._without, key, known, _WITHOUT)
        return known

    def _hidden_from(self, audience: Audience) -> Set[str]:
        epoch = self._walls.epoch(audience.workspace)
        known = self._walled_off.get(audience)
        if known is None or known[0] != epoch:
            known = (epoch, self._walls.walled_off(audience))
        self._remember(self._walled_off, audience, known, _READERS)
        return known[1]

    def of(self, workspace: str) -> Registry:
        """The registry as it is now: to understand a note with, and never to be shown."""
        revision = self._revision(workspace)
        known = self._built.get(workspace)
        if known and known[0] == revision:
            return known[1]
        customers = self._customers.all(Audience.operator(workspace))
        registry = self._registry(workspace, customers)
        self._built[workspace] = (revision, registry)
        return registry

    def _revision(self, workspace: str) -> str:
        people = self._directory.people_count(workspace)
        return f"{self._customers.revision(workspace)}/{people}"

    def _registry(self, workspace: str, customers: tuple[Customer, ...]) -> Registry:
        # One of us who has the name of a customer's contact is not taken for them.
        colleagues = [person.name for person in self._directory.people(workspace)]
        return Registry(customers, CustomerLinker(customers, colleagues))

    def _remember(
        self, cache: "OrderedDict[_Key, _Value]", key: _Key, value: _Value, most: int
    ) -> None:
        with self._lock:
            cache[key] = value
            cache.move_to_end(key)
            if len(cache) > most:
                cache.popitem(last=False)
