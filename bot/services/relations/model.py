"""How likely each relation is: logistic regression over the features, against no relation."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bot.domain.taxonomy import Relation
from bot.services.relations.features import FEATURES

WEIGHTS_FILE = "weights.toml"


@dataclass(frozen=True, slots=True)
class RelationModel:
    """`weights`: (features, relations), `intercepts` and `thresholds`: (relations,)."""

    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """A row for each pair, a column for each relation; the rest to 1 is no relation."""
        odds = np.exp(np.clip(features @ self.weights + self.intercepts, -30, 30))
        chances: NDArray[np.float64] = odds / (1 + odds.sum(axis=1, keepdims=True))
        return chances

    def decide(self, features: NDArray[np.float64]) -> list[Relation | None]:
        """The likeliest relation of each pair that is likely enough, else None."""
        chances = self.probabilities(features)
        likely = np.where(chances >= self.thresholds, chances, 0.0)
        relations = list(Relation)
        return [relations[row.argmax()] if row.any() else None for row in likely]


@cache
def shipped_model() -> RelationModel:
    """The weights beside this module, made by `make train`."""
    text = resources.files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    by_relation: list[Mapping[str, float]] = [raw["weights"][relation] for relation in Relation]
    return RelationModel(
        np.array([[weights[name] for weights in by_relation] for name in FEATURES]),
        np.array([raw["intercepts"][relation] for relation in Relation]),
        np.array([raw["thresholds"][relation] for relation in Relation]),
    )
