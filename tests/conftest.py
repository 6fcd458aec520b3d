"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import slack_judge, teams_judge
from tests.databases import (  # noqa: F401 - pytest finds them here
    bare_database_url,
    database_url,
    postgres,
    postgres_url,
    pytest_configure,
    pytest_unconfigure,
)
from tests.stage import Stage, raise_curtain


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The real handler and store with models that say what they are told."""
    stage = raise_curtain(tmp_path)
    yield stage
    stage.store.close()


@pytest.fixture(autouse=True)
def judged() -> Iterator[None]:
    """Every call of Slack's and Teams' APIs that a test causes is taken as it is meant."""
    yield
    complaints = [*slack_judge.DOCKET.complaints(), *teams_judge.DOCKET.complaints()]
    assert not complaints, "\n".join(complaints)
