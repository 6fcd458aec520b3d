"""The tests of the walls find every leak that was sown on purpose."""

import pytest

from tests.security.walls.company import Company
from tests.security.walls.leaks import LEAKS, sown
from tests.security.walls.scenarios import SCENARIOS, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_a_short_life_agrees_with_the_rules(scenario: Scenario) -> None:
    """What is told, counted, listed and sent is what the rules say."""
    with Company.gathered() as company:
        scenario(company)


@pytest.mark.parametrize("name", LEAKS)
def test_a_sown_leak_is_found(name: str) -> None:
    """By a short life that passes without it."""
    leak, scenario = LEAKS[name]
    with sown(leak), Company.gathered() as company, pytest.raises(AssertionError):
        scenario(company)
