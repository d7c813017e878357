"""Logistic regression by Newton's method, for enrolment models: deterministic, to full precision, and it refuses what separates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.impact.regression import NotEstimable, Vector

Matrix = NDArray[np.float64]

MAX_STEPS = 60
TOLERANCE = 1e-11


@dataclass(frozen=True)
class LogitFit:
    """coefficients: shape (p,); covariance: inverse information, (p, p); probability: fitted, (n,)."""

    coefficients: Vector
    covariance: Matrix
    probability: Vector

    def predict(self, design: Matrix) -> Vector:
        """Probabilities for rows of `design`, shape (m, p)."""
        return logistic(design @ self.coefficients)


def logistic(score: Vector) -> Vector:
    """1 / (1 + exp(-score)) without overflow."""
    folded = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, folded) / (1 + folded)


def fit_logit(design: Matrix, outcome: Vector, weight: Vector | None = None) -> LogitFit:
    """Maximum likelihood of outcome 0/1, shape (n,), on design (n, p), constant included by the caller; optional case weights (n,).

    Raises NotEstimable where a regressor is collinear, or tells perfectly who has outcome 1 (separation: no finite coefficient exists).
    Reference: McCullagh & Nelder (1989), section 4.4.
    """
    if np.isnan(design).any():
        raise NotEstimable("A covariate has missing values; fill it or leave those people out, and say so.")
    scale = np.maximum(design.max(axis=0, initial=0.0), -design.min(axis=0, initial=0.0))
    if not design.shape[0] or (scale == 0).any() or outcome.min() == outcome.max():
        raise NotEstimable("The enrolment model needs people who joined, people who didn't, and covariates that vary.")
    case = np.ones(outcome.size) if weight is None else weight
    beta = np.zeros(design.shape[1])
    for _ in range(MAX_STEPS):
        probability = logistic(design @ beta)
        information = _information(design, case * probability * (1 - probability))
        move = _solve(information, design.T @ (case * (outcome - probability)), scale)
        largest = float(np.abs(move * scale).max())
        beta = beta + move * min(1.0, 8.0 / max(largest, 1e-300))
        if largest < TOLERANCE * max(1.0, float(np.abs(beta * scale).max())):
            probability = logistic(design @ beta)
            information = _information(design, case * probability * (1 - probability))
            return LogitFit(beta, np.linalg.inv(information).astype(np.float64, copy=False), probability)
    raise NotEstimable(
        "The enrolment model doesn't converge: a covariate tells perfectly who joined. Leave it out or widen eligibility."
    )


def _information(design: Matrix, weight: Vector, rows: int = 262_144) -> Matrix:
    """design' diag(weight) design in blocks of rows, so that no weighted copy of the whole design is made."""
    total = np.zeros((design.shape[1], design.shape[1]))
    for i in range(0, design.shape[0], rows):
        block = design[i : i + rows]
        total += (block * weight[i : i + rows, None]).T @ block
    return total


def _solve(information: Matrix, gradient: Vector, scale: Vector) -> Vector:
    scaled = information / np.outer(scale, scale)
    eigen = np.linalg.eigvalsh(scaled)
    if eigen[0] <= 1e-12 * max(float(eigen[-1]), 1e-300):
        raise NotEstimable("The enrolment model's covariates are collinear, or one of them tells perfectly who joined.")
    return np.linalg.solve(scaled, gradient / scale).astype(np.float64, copy=False) / scale
