"""What a company can live through, drawn by Hypothesis."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.messages import Action
from tests.security.walls.company import (
    CUSTOMERS,
    NAMES,
    PEOPLE,
    PLACES,
    STANDINGS,
    Company,
)

people, places = st.sampled_from(PEOPLE), st.sampled_from(PLACES)
customers, maybe = st.sampled_from(CUSTOMERS), st.sampled_from((None, *CUSTOMERS))
numbers = st.integers(1, 30)
talks = st.one_of(places, people.map("dm-{}".format))
typed = st.sampled_from(
    sorted({name[:length].lower() for name in NAMES.values() for length in (1, 4)})
)


class Lives(RuleBasedStateMachine):
    """Every step is made in the product and in the rules; they must agree after each."""

    def __init__(self) -> None:
        super().__init__()
        self._gathering = Company.gathered()
        self.company = self._gathering.__enter__()

    def teardown(self) -> None:
        try:
            self.company.compare_lists()
        finally:
            self._gathering.__exit__(None, None, None)

    @invariant()
    def counts_agree(self) -> None:
        self.company.compare()

    @rule(person=people, where=talks, customer=maybe)
    def writes(self, person, where, customer):
        self.company.write(person, where, customer)

    @rule(person=people, where=places, customer=customers)
    def writes_on_a_customer(self, person, where, customer):
        self.company.write(person, where, customer)

    @rule(number=numbers)
    def edits(self, number):
        self.company.edit(number)

    @rule(number=numbers)
    def deletes(self, number):
        self.company.delete(number)

    @rule(person=people, where=places)
    def comes_or_goes(self, person, where):
        self.company.come_or_go(person, where)

    @rule(where=places)
    def is_lost_from_sight(self, where):
        self.company.lose_sight(where)

    @rule(person=people, standing=st.sampled_from(STANDINGS))
    def becomes(self, person, standing):
        self.company.become(person, standing)

    @rule(customer=customers, step=st.sampled_from(("allow", "deny", "drop", "off")), person=people)
    def is_fenced(self, customer, step, person):
        self.company.fence(customer, step, person)

    @rule(customer=customers)
    def is_imported_again(self, customer):
        self.company.import_again(customer)

    @rule(person=people, about=maybe, guess=st.integers(0, 30))
    def asks(self, person, about, guess):
        self.company.ask(person, about, guess)

    @rule(
        person=people,
        change=st.sampled_from(("leave", "wall", "delete", "standing")),
        number=numbers,
    )
    def asks_and_is_answered_late(self, person, change, number):
        self.company.ask_then_send(person, change, number)

    @rule(person=people, customer=customers)
    def names(self, person, customer):
        self.company.name_customer(person, customer)

    @rule(person=people, customer=customers)
    def names_and_is_answered_late(self, person, customer):
        self.company.name_customer_then_send(person, customer)

    @rule(person=people, text=typed)
    def types(self, person, text):
        self.company.complete(person, text)

    @rule(
        person=people,
        action=st.sampled_from((Action.CHANGE, Action.UNDO, Action.RESTORE, Action.SHOW_NOTE)),
        number=numbers,
    )
    def presses(self, person, action, number):
        self.company.press(person, action, number)

    @rule(person=people, where=places, customer=customers)
    def shares(self, person, where, customer):
        self.company.share_link(person, where, customer)

    @rule(person=people, where=talks)
    def looks(self, person, where):
        self.company.look(person, where)

    @rule(person=people)
    def opens_home(self, person):
        self.company.open_home(person)

    @rule(person=people)
    def exports(self, person):
        self.company.export(person)
