"""The weights folder: what lies in it is pinned, small, and never code."""

from importlib.resources import files
from pathlib import Path

import pytest

import adapters.local_model
from adapters.local_model.weights_files import SUMS, read_weights
from bot.errors import ModelUnavailable

FOLDER = Path(str(files(adapters.local_model) / "weights"))
TEXTS = {"LICENSE", "PROVENANCE.md", SUMS}
WEIGHTS = sorted(path.name for path in FOLDER.iterdir() if path.name not in TEXTS)


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_file_is_as_pinned(name: str) -> None:
    """Each file has the sha256 that SHA256SUMS says."""
    assert len(read_weights(name).sha256) == 64


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_file_is_small_enough_to_ship(name: str) -> None:
    """No file has more than 40 MB."""
    assert (FOLDER / name).stat().st_size < 40_000_000


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_file_has_its_provenance(name: str) -> None:
    """Where a file comes from and under which licence stands beside it."""
    assert f"`{name}`" in (FOLDER / "PROVENANCE.md").read_text("utf-8")


def test_nothing_is_pinned_that_does_not_ship() -> None:
    """What went away is forgotten, so that `sha256sum --check` passes."""
    lines = (FOLDER / SUMS).read_text("utf-8").splitlines()
    assert sorted(line.split("  ", 1)[1] for line in lines) == WEIGHTS


def test_a_missing_file_says_what_to_do() -> None:
    """The error names the file and the next step."""
    with pytest.raises(ModelUnavailable, match=r"none\.onnx is missing; install Earshot again"):
        read_weights("none.onnx")
