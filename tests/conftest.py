"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack_judge import DOCKET
from tests.stage import Stage, raise_curtain


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The real handler and store with models that say what they are told."""
    stage = raise_curtain(tmp_path)
    yield stage
    stage.store.close()


@pytest.fixture(autouse=True)
def judged() -> Iterator[None]:
    """Every call of Slack's Web API that a test causes is one that Slack takes as it is meant."""
    yield
    complaints = DOCKET.complaints()
    assert not complaints, "\n".join(complaints)
