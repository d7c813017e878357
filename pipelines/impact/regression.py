"""Least squares with standard errors that allow for clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.cluster_errors import cr2

Vector = NDArray[np.float64]


class NotEstimable(ValueError):
    """The regression can't be run on these data; the message says why."""


@dataclass(frozen=True)
class Fit:
    """Coefficients by name with their clustered standard errors. freedoms: degrees of freedom of each; without them the number of clusters less one."""

    names: tuple[str, ...]
    coefficients: Vector
    covariance: NDArray[np.float64]
    observations: int
    clusters: int
    freedoms: Vector | None = None

    def degrees(self, name: str) -> float:
        """Degrees of freedom of a coefficient's t."""
        return self.clusters - 1 if self.freedoms is None else float(self.freedoms[self.names.index(name)])

    def estimate(self, name: str) -> tuple[float, float]:
        """Coefficient and standard error of `name`."""
        i = self.names.index(name)
        return float(self.coefficients[i]), float(np.sqrt(self.covariance[i, i]))

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Two-sided t interval."""
        value, error = self.estimate(name)
        margin = float(stats.t.ppf(0.5 + level / 2, self.degrees(name))) * error
        return value - margin, value + margin

    def p_value(self, name: str) -> float:
        value, error = self.estimate(name)
        return self._p_value(value, error, self.degrees(name))

    def compare(self, left: str, right: str) -> tuple[float, float, float]:
        """Difference of two coefficients (two arms against each other), its standard error and its p-value."""
        i, j = self.names.index(left), self.names.index(right)
        gap = float(self.coefficients[i] - self.coefficients[j])
        error = float(np.sqrt(self.covariance[i, i] + self.covariance[j, j] - 2 * self.covariance[i, j]))
        return gap, error, self._p_value(gap, error, min(self.degrees(left), self.degrees(right)))

    @staticmethod
    def _p_value(value: float, error: float, degrees: float) -> float:
        """Of zero: 1 where there is neither difference nor error, 0 for a difference without error."""
        distance = abs(value) / error if error > 0 else (np.inf if value else 0.0)
        return float(2 * stats.t.sf(distance, degrees))


def tally(places: NDArray[np.integer], values: Vector, length: int) -> Vector:
    """Sums of `values`, shape (n,), at each of `length` places (0 to length - 1)."""
    return np.bincount(places, weights=values, minlength=length).astype(np.float64, copy=False)


def least_squares(
    outcome: Vector, regressors: dict[str, Vector], clusters: NDArray[np.generic], *, few_clusters: bool = False
) -> Fit:
    """Ordinary least squares with cluster-robust errors and the HC1 correction G/(G-1) * (N-1)/(N-K).

    few_clusters: CR2 errors with Bell-McCaffrey degrees of freedom instead, which hold with few clusters or few treated ones.

    outcome: shape (n,). regressors: name to shape (n,), the constant included by the caller. clusters: shape (n,).
    Reference: Cameron & Miller (2015), A Practitioner's Guide to Cluster-Robust Inference, Journal of Human Resources 50(2), eq. 12.
    Raises NotEstimable on missing values, an outcome that is the same for everybody, collinear regressors or too few rows or clusters.
    """
    names = tuple(regressors)
    design = np.column_stack([regressors[name] for name in names])
    rows, columns = design.shape
    labels, cluster_of = np.unique(clusters, return_inverse=True)
    groups = labels.size
    if rows <= columns or groups < 3:
        raise NotEstimable(f"{rows} rows in {groups} clusters can't support {columns} coefficients.")
    if np.isnan(design).any() or np.isnan(outcome).any():
        raise NotEstimable("Values are missing; leave those rows out, and say so.")
    if outcome.min() == outcome.max():
        raise NotEstimable("The outcome is the same for everybody, so that no error can be told.")
    scale = np.where(np.abs(design).max(axis=0) > 0, np.abs(design).max(axis=0), 1.0)
    scaled = design / scale
    if np.linalg.matrix_rank(scaled) < columns:
        raise NotEstimable(f"The regressors {', '.join(names)} are collinear in these data.")
    coefficients, *_ = np.linalg.lstsq(scaled, outcome, rcond=None)
    residuals = outcome - scaled @ coefficients
    bread = np.linalg.inv(scaled.T @ scaled)
    if few_clusters:
        covariance, freedoms = cr2(scaled, residuals, bread.astype(np.float64), cluster_of)
        return Fit(names, coefficients / scale, covariance / np.outer(scale, scale), rows, groups, freedoms)
    scores = np.zeros((groups, columns))
    np.add.at(scores, cluster_of, scaled * residuals[:, None])
    correction = groups / (groups - 1) * (rows - 1) / (rows - columns)
    covariance = correction * bread @ (scores.T @ scores) @ bread
    return Fit(names, coefficients / scale, covariance / np.outer(scale, scale), rows, groups)
