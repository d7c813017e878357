"""Errors of clustered least squares that hold with few clusters: CR2 (bias-reduced linearisation) and its degrees of freedom.

References: Bell & McCaffrey (2002), Survey Methodology 28; Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36, with the working model of
equal, independent errors.
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
_SMALL = 1e-10


def cr2(design: Matrix, residuals: Vector, bread: Matrix, cluster_of: NDArray[np.integer]) -> tuple[Matrix, Vector]:
    """Covariance of the coefficients, shape (k, k), and the degrees of freedom of each, shape (k,).

    design: shape (n, k). bread: inverse of its cross product. cluster_of: shape (n,), 0 to groups - 1.
    """
    groups = int(cluster_of.max()) + 1
    columns = design.shape[1]
    scores, shares = np.zeros((groups, columns)), np.zeros((groups, columns))
    turned = np.zeros((groups, columns, columns))
    order = np.argsort(cluster_of, kind="stable")
    ends = np.searchsorted(cluster_of[order], np.arange(groups + 1))
    for group in range(groups):
        rows = order[ends[group] : ends[group + 1]]
        own = design[rows]
        adjusted = _adjustment(own, bread) @ own
        scores[group] = adjusted.T @ residuals[rows]
        weights = adjusted @ bread
        shares[group] = (weights**2).sum(axis=0)
        turned[group] = own.T @ weights
    covariance = bread @ (scores.T @ scores) @ bread
    return covariance, _degrees(shares, turned, bread)


def _adjustment(own: Matrix, bread: Matrix) -> Matrix:
    """Symmetric inverse square root of what a cluster leaves of its own errors; nothing where it leaves none."""
    values, vectors = np.linalg.eigh(np.eye(own.shape[0]) - own @ bread @ own.T)
    kept = values > _SMALL
    roots = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    return (vectors * roots) @ vectors.T


def _degrees(shares: Matrix, turned: Matrix, bread: Matrix) -> Vector:
    """Satterthwaite: of the expected variance estimate, the square over its variance, for each coefficient."""
    columns = shares.shape[1]
    found = np.empty(columns)
    for place in range(columns):
        vectors = turned[:, :, place]
        products = -vectors @ bread @ vectors.T
        products[np.diag_indices_from(products)] += shares[:, place]
        squares = float((products**2).sum())
        found[place] = float(np.trace(products)) ** 2 / squares if squares > 0 else 1.0
    return found
