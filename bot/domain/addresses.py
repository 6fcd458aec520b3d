"""The web addresses that customers are shared by."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

CUSTOMERS_PATH = "/customers"
"""Where customers stand on our web server, each under its id."""

_ID = re.compile(r"/([A-Za-z0-9_-]{1,64})/?")


@dataclass(frozen=True, slots=True)
class CustomerAddresses:
    """Addresses below our public one; without one there are none, and none is recognised."""

    public_url: str | None = None

    def of(self, customer_id: str) -> str | None:
        """What leads to a customer."""
        if self.public_url is None:
            return None
        return f"{self.public_url.rstrip('/')}{CUSTOMERS_PATH}/{customer_id}"

    def customer_in(self, url: str) -> str | None:
        """The id in an address of ours, whether or not there is such a customer."""
        if self.public_url is None:
            return None
        try:
            ours, given = urlsplit(self.public_url), urlsplit(url)
        except ValueError:
            return None
        if (given.scheme, given.netloc.lower()) != (ours.scheme, ours.netloc.lower()):
            return None
        folder = f"{ours.path.rstrip('/')}{CUSTOMERS_PATH}"
        if not given.path.startswith(folder):
            return None
        found = _ID.fullmatch(given.path.removeprefix(folder))
        return found[1] if found else None
