"""The files under `weights/`, each checked against its sha256 before anything is made of it."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.errors import ModelUnavailable

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file's content, and the sha256 it was found to have."""

    content: bytes
    sha256: str


def read_weights(name: str) -> WeightsFile:
    """Read a file of `weights/`. Raises ModelUnavailable when it is missing or not as pinned."""
    try:
        content = (files(__package__) / "weights" / name).read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{name} is missing; install Earshot again") from error
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != pinned_sha256(name):
        raise ModelUnavailable(f"{name} is damaged; install Earshot again")
    return WeightsFile(content, sha256)


def mapped_weights(name: str) -> Path:
    """The path of a file that is too large to hold in memory, checked like the others."""
    read_weights(name)
    return Path(str(files(__package__) / "weights" / name))


def pinned_sha256(name: str) -> str:
    """What `weights/SHA256SUMS` pins for a file. Raises ModelUnavailable when it pins nothing."""
    lines = (files(__package__) / "weights" / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {file_name: sha256 for sha256, file_name in (line.split("  ", 1) for line in lines)}
    if name not in sums:
        raise ModelUnavailable(f"{name} is not listed in {SUMS}; install Earshot again")
    return sums[name]
