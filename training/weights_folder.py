"""Writes files into `adapters/local_model/weights`, and pins their sha256 there."""

import hashlib
from pathlib import Path

import adapters.local_model
from adapters.local_model.weights_files import SUMS

WEIGHTS = Path(adapters.local_model.__path__[0]) / "weights"
MAX_BYTES = 40_000_000


def write_weights(name: str, content: bytes) -> None:
    """Put a file in the folder and its sum in SHA256SUMS."""
    if len(content) > MAX_BYTES:
        raise SystemExit(f"{name} has {len(content)} bytes; at most {MAX_BYTES} are shipped.")
    (WEIGHTS / name).write_bytes(content)
    sums = _pinned() | {name: hashlib.sha256(content).hexdigest()}
    lines = [f"{sha256}  {file_name}\n" for file_name, sha256 in sorted(sums.items())]
    (WEIGHTS / SUMS).write_text("".join(lines), encoding="utf-8")


def _pinned() -> dict[str, str]:
    path = WEIGHTS / SUMS
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
