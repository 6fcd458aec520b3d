"""What is wrong with a form is said at its fields, while the person still has it before them."""

from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.messages import Action, ActionTaken, FieldProblem
from bot.ports import CustomerStore
from bot.services.form_reading import read_customer_form, read_insight_form
from bot.services.presentation.form_problems import customer_problem


@dataclass(frozen=True, slots=True)
class CheckForm:
    """The FormCheck port: reads a form as saving it will. Nothing is decided here.

    The form is read again when it is saved, in a process that may know better by then.
    """

    customers: CustomerStore

    def problems(self, submitted: ActionTaken) -> tuple[FieldProblem, ...]:
        """One a field, since platforms show one. Raises StoreUnavailable."""
        one_a_field: dict[str, FieldProblem] = {}
        for problem in self._problems(submitted):
            one_a_field.setdefault(problem.field, problem)
        return tuple(one_a_field.values())

    def _problems(self, submitted: ActionTaken) -> tuple[FieldProblem, ...]:
        match submitted.action:
            case Action.SAVE_CHANGE | Action.SAVE_KEPT:
                audience = Audience.of_person(submitted.place.workspace, submitted.person_id)
                return read_insight_form(submitted.fields, self.customers, audience).problems
            case Action.SAVE_CUSTOMER:
                problem = customer_problem(read_customer_form(submitted))
                return (problem,) if problem else ()
            case _:
                return ()
