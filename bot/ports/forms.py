"""Forms: what can be told of them while a person still has them before them."""

from typing import Protocol

from bot.messages import ActionTaken, FieldProblem


class FormCheck(Protocol):
    """Tells what is wrong with a form that was submitted, before it is taken."""

    def problems(self, submitted: ActionTaken) -> tuple[FieldProblem, ...]:
        """At most one a field; none where the form can be taken.

        Reads little, but blocks on the database: call it off the event loop, and wait for it no
        longer than the person does. A form that was not checked can be taken all the same.
        Raises StoreUnavailable.
        """
        ...
