"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage import Stage, raise_curtain


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The real handler and store with models that say what they are told."""
    stage = raise_curtain(tmp_path)
    yield stage
    stage.store.close()
