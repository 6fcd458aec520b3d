"""Nobody is told of what they may not see, whatever happens in whatever order."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.security.walls.lives import Lives

EXAMPLES = int(os.environ.get("EARSHOT_WALLS_EXAMPLES", "50"))


@pytest.mark.slow
def test_the_product_and_the_rules_agree() -> None:
    """Notes, members, standings, walls, deletions, and every way to be told something."""
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
