"""What the encoder reads: a statement with whom it is on and where it was said, or a question.

Training and run time both put texts together through this module, and only through it.
"""

from collections.abc import Sequence

from bot.domain.customer import Customer

_MOST_CUSTOMERS = 3


def passage_text(statement: str, customers: Sequence[Customer], conversation_name: str) -> str:
    """A statement as the encoder knows it; what it replies to is given beside it.

    The industry is there so that "the film people" finds them.
    """
    names = "; ".join(_described(customer) for customer in customers[:_MOST_CUSTOMERS])
    whom = f"{names} | " if names else ""
    place = f"{conversation_name}: " if conversation_name else ""
    return f"passage: {whom}{place}{statement}"


def question_text(question: str, earlier: str = "") -> str:
    """A question as the encoder knows it, with the one that it follows up on."""
    return f"query: {question} / {earlier}" if earlier else f"query: {question}"


def _described(customer: Customer) -> str:
    return f"{customer.name} ({customer.industry})" if customer.industry else customer.name
