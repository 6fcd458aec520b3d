"""What every SpendingStore must do: no more passes than there is room for, whoever asks at once."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.spending import Allowance, Allowances, Limit, Payer
from bot.services.personal_data import masked
from tests.contract.stores import StoreKit

TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)
PLENTY = Allowance(10**9, 10**9)
ANNA, BEN = Payer("w1", "anna"), Payer("w1", "ben")


@pytest.fixture
def kit(database_url: str) -> Iterator[StoreKit]:
    kit = StoreKit(database_url)
    yield kit
    kit.store.close()


def most(**limits: Allowance) -> Allowances:
    return Allowances(**{limit.value: limits.get(limit.value, PLENTY) for limit in Limit})


def reserved(kit: StoreKit, payer: Payer, tokens: int = 1, day: date = TODAY, **limits: Any):
    return kit.store.spending.reserve(payer, day, tokens, most(**limits))


@pytest.mark.parametrize("limit", list(Limit))
def test_the_limit_that_is_reached_is_named(kit: StoreKit, limit: Limit) -> None:
    """Of calls as of tokens."""
    for allowance in (Allowance(2, 10**9), Allowance(10**9, 20)):
        payer = Payer(f"w{allowance.calls}", "anna")
        day = date(2026, 3, 2 if allowance.calls == 2 else 9)
        allowed = {limit.value: allowance}
        told = [reserved(kit, payer, 10, day, **allowed) for _ in range(3)]
        assert told == [None, None, limit]


def test_what_is_refused_is_not_counted(kit: StoreKit) -> None:
    """A call that is too large leaves room for smaller ones."""
    small = {"person": Allowance(9, 100)}
    assert reserved(kit, ANNA, 101, **small) is Limit.PERSON
    assert reserved(kit, ANNA, 100, **small) is None


def test_each_person_and_each_day_has_its_own(kit: StoreKit) -> None:
    """One person's limit stops nobody else; in another workspace an id is another person's."""
    one = {"person": Allowance(1, 10)}
    assert reserved(kit, ANNA, **one) is None
    assert reserved(kit, ANNA, **one) is Limit.PERSON
    assert reserved(kit, BEN, **one) is None
    assert reserved(kit, Payer("w2", "anna"), **one) is None
    assert reserved(kit, ANNA, day=TOMORROW, **one) is None


def test_work_that_no_person_caused_counts_for_the_others(kit: StoreKit) -> None:
    """For the workspace where one is known, and for the installation always."""
    two = {"installation": Allowance(2, 10)}
    one = {"workspace": Allowance(1, 10)}
    assert reserved(kit, Payer("w1"), **two) is None
    assert reserved(kit, ANNA, **one) is Limit.WORKSPACE
    assert reserved(kit, Payer(), **two) is None
    assert reserved(kit, Payer(), **two) is Limit.INSTALLATION


def test_what_a_call_cost_less_is_there_for_others(kit: StoreKit) -> None:
    """And what it cost more is not."""
    hundred = {"person": Allowance(99, 100)}
    assert reserved(kit, ANNA, 90, **hundred) is None
    kit.store.spending.settle(ANNA, TODAY, -80)
    assert reserved(kit, ANNA, 90, **hundred) is None
    kit.store.spending.settle(ANNA, TODAY, 1)
    assert reserved(kit, ANNA, 0, **hundred) is Limit.PERSON


def test_old_days_are_forgotten(kit: StoreKit) -> None:
    """What a person used their model for on which day is no secret of ours to keep."""
    reserved(kit, ANNA)
    reserved(kit, ANNA, day=TOMORROW)
    assert kit.store.spending.purge(datetime(2026, 3, 3, 12, tzinfo=UTC)) == 3
    assert kit.store.spending.purge(datetime(2026, 3, 3, 12, tzinfo=UTC)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("limit", list(Limit))
def test_fifty_at_once_pass_no_limit(kit: StoreKit, limit: Limit) -> None:
    """Not even where nobody has spent anything yet, so that there is no row to lock."""
    room = {limit.value: Allowance(10**9, 70)}
    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda _: reserved(kit, ANNA, 10, **room), range(50)))
    assert told.count(None) == 7
    assert told.count(limit) == 43


@pytest.mark.slow
def test_several_processes_share_one_limit(kit: StoreKit) -> None:
    """As web and workers apart, or two machines, do."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        passed = pool.map(_spend_ten, [kit.url] * 3)
    assert sum(passed) == 12


def _spend_ten(url: str) -> int:
    """In a process of its own: ten calls at once, of which twelve may pass in all processes."""
    from knowledge_store import open_engine, open_store
    from tests.contract.stores import RecordingQueue
    from tests.fakes import FakeClock

    store = open_store(open_engine(url), RecordingQueue(), clock=FakeClock(), mask=masked)
    twelve = most(workspace=Allowance(12, 10**9))
    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(lambda _: store.spending.reserve(ANNA, TODAY, 1, twelve), range(10)))
    store.close()
    return told.count(None)
