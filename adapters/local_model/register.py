"""What is known of a workspace's customers, arranged once so that a note is read quickly."""

from collections import defaultdict

from adapters.local_model.contacts import ContactNames
from adapters.local_model.masking import KnownNames, person_names
from adapters.local_model.names import NameIndex, NameMatch, customer_names, find_names
from bot.domain.customer import Customer

_MOST_KEPT = 4


class Register:
    """Customers and contacts, found by their names in a time that does not grow with them."""

    def __init__(self, customers: tuple[Customer, ...]) -> None:
        self.customers = customers
        self._bearers: defaultdict[str, list[int]] = defaultdict(list)
        for place, customer in enumerate(customers):
            for name in customer_names(customer):
                self._bearers[name].append(place)
        self._names = NameIndex(self._bearers)
        contacts = (contact.name for customer in customers for contact in customer.contacts)
        self._people = NameIndex(person_names(contacts))
        self._contacts = ContactNames(customers)

    def known_names(self, author_name: str) -> KnownNames:
        """What to mask in a note of this author."""
        return KnownNames(self._names, self._people, person_names([author_name]))

    def mentions(self, text: str) -> list[NameMatch]:
        """Where the text names customers."""
        return self._names.find(text)

    def named(self, text: str) -> list[Customer]:
        """The customers whose name or alias stands in the text, in the order of the register."""
        bearers = {at for name in self._names.among(text) for at in self._bearers[name]}
        customers = [self.customers[at] for at in sorted(bearers)]
        return [c for c in customers if find_names(text, customer_names(c))]

    def contacts(self, text: str) -> tuple[str, ...]:
        """The contacts that the text names: of the customers that it names, or else of all."""
        named = self.named(text)
        found = ContactNames(named).find(text) if named else ()
        return found or self._contacts.find(text)


class Registers:
    """Builds a register when it first sees these customers, and keeps the last few.

    Who calls passes the same tuple until a customer changes, so identity tells; comparing
    thousands of customers would cost what is to be saved. May be used from several threads.
    """

    def __init__(self) -> None:
        self._kept: tuple[Register, ...] = ()

    def of(self, customers: tuple[Customer, ...]) -> Register:
        """The register of these customers."""
        for register in self._kept:
            if register.customers is customers:
                return register
        register = Register(customers)
        # Replaced as a whole: a thread that builds at the same time costs work, not sense.
        self._kept = (register, *self._kept[: _MOST_KEPT - 1])
        return register
