"""No parser of what strangers write fails in a way that nobody has foreseen."""

import pytest

from tests.fuzz.parsers import PARSERS
from tests.fuzz.run import fuzz

SEED = 4711


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_nothing_uncaught(name: str) -> None:
    """A short run with the same inputs each time; `make fuzz` goes on for as long as one likes."""
    findings = fuzz(name, seed=SEED, seconds=60, most_inputs=120)
    assert not findings.uncaught, "\n".join(findings.uncaught)
    assert findings.refused < findings.inputs, "every input was refused: nothing was tried"
