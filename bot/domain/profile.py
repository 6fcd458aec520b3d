"""What is known of one customer, as far as its readers may know it."""

from dataclasses import dataclass

from bot.domain.customer import Customer
from bot.domain.home import News


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """A customer with what was told of it, the latest first.

    `told` holds the latest alone where `has_more`. `owner_name` is empty where the owner is not
    known. `needs` counts what should be found out about it and is still open.
    """

    customer: Customer
    told: tuple[News, ...]
    owner_name: str = ""
    needs: int = 0
    has_more: bool = False
