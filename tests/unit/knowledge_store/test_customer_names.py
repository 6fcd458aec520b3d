"""Looking customers up costs as much among fifty thousand of them as among fewer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import event

from bot.domain.audience import Audience
from bot.domain.customer import Customer, CustomerDraft
from bot.domain.taxonomy import CustomerStatus
from knowledge_store.customer_names import folded, put_names
from knowledge_store.customers import name_key
from knowledge_store.schema import alembic_config, migrate, writing_connection
from knowledge_store.tables import CustomerRow
from tests.contract.stores import StoreKit, W
from tests.unit.knowledge_store.test_home_cost import steps

ANYBODY = Audience.of_person(W, "cleo")
FEW, MANY = 15_000, 50_000
TOWNS = ("Lyon", "Hamburg", "Łódź", "Turku", "Porto", "Graz", "Gent")


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    yield kit
    kit.store.close()


def fill(kit: StoreKit, first: int, end: int) -> None:
    """Customers that share two words with all others, and one with a seventh of them."""
    with kit.store.transactions.writing() as session:
        rows = [_customer(n) for n in range(first, end)]
        session.add_all(rows)
        session.flush()
        put_names(session, rows)


def _customer(n: int) -> CustomerRow:
    name = f"Glas {TOWNS[n % 7]} {n:06d} GmbH"
    return CustomerRow(
        id=f"c{n}",
        workspace=W,
        name=name,
        name_key=name_key(name),
        aliases=(f"GL{n:06d}",),
        segment="",
        industry="",
        status=CustomerStatus.EXISTING,
    )


def look_up(kit: StoreKit, typed: str) -> tuple[int, tuple[Customer, ...]]:
    """What it takes, and what is found."""
    with steps(kit) as counted:
        found = kit.store.customers.matching(typed, ANYBODY, 100)
    return counted[0], found


TYPED = (
    "",
    "g",
    "glas",
    "gmbh",
    "lodz",
    "glas lyon 0001",
    "hamburg glas",
    "gmbh lyon",
    "zz",
    "gl00000",
)


def test_a_look_up_costs_no_more_with_fifty_thousand_customers(kit: StoreKit) -> None:
    """Whatever is typed: a word of all, of some, of one, of none."""
    kit.has_members("cleo")
    fill(kit, 0, FEW)
    before = {typed: look_up(kit, typed)[0] for typed in TYPED}
    fill(kit, FEW, MANY)
    after = {typed: look_up(kit, typed) for typed in TYPED}

    assert len(after["glas"][1]) == 100
    assert len(after["lodz"][1]) == 100
    assert all("Lyon" in customer.name for customer in after["gmbh lyon"][1])
    assert before["glas"] > 500  # it is counted at all
    grown = {
        typed: (before[typed], after[typed][0])
        for typed in TYPED
        if after[typed][0] > 1.1 * before[typed]
    }
    assert grown == {}
    assert max(cost for cost, _ in after.values()) < 250_000


def test_no_look_up_reads_a_whole_table(kit: StoreKit) -> None:
    """Each is led by an index that begins with what is asked for."""
    fill(kit, 0, 50)
    sent: list[tuple[str, object]] = []

    def listen(_1: object, _2: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    event.listen(kit.store.engine, "before_cursor_execute", listen)
    for typed in TYPED:
        look_up(kit, typed)
    event.remove(kit.store.engine, "before_cursor_execute", listen)
    selects = [(text, values) for text, values in sent if text.startswith("SELECT")]
    with kit.store.engine.connect() as connection:
        plans = {
            str(row[3])
            for text, values in selects
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        }
    assert [step for step in plans if step.startswith("SCAN customer")] == []
    assert "SEARCH customers USING INDEX sqlite_autoindex_customers_1 (id=?)" in plans


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Novara™", "novaratm"), ("ℕovara", "novara"), ("Voltaℭo №5", "voltaco no5")],
)
def test_signs_that_stand_for_letters_are_looked_up_as_these(name: str, typed: str) -> None:
    """In any case; what is folded is folded no further."""
    assert folded(name) == folded(typed) == typed


def test_customers_from_before_are_found_after_the_migration(kit: StoreKit) -> None:
    """What they are looked up by is made of their names then."""
    novara = kit.store.customers.create(W, CustomerDraft("Novara Élan", aliases=("NVR",)))
    with writing_connection(kit.store.engine) as connection:
        command.downgrade(alembic_config(connection), "0006")
    migrate(kit.store.engine)
    kit.has_members("cleo")
    for typed in ("nova", "elan", "nvr"):
        assert kit.store.customers.matching(typed, ANYBODY, 5) == (novara,)
