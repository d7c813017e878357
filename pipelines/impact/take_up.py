"""The effect of taking part, where places were randomised and not everybody who was offered one took it: two-stage least squares.

The lot moves nobody but through taking part (the exclusion restriction), so the difference by offer, divided by the difference in taking part, is the effect
on those who took part because of the offer. Reference: Imbens & Angrist (1994), Econometrica 62; Bloom (1984), Evaluation Review 8.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.impact.regression import Fit, NotEstimable, Vector

Matrix = NDArray[np.floating]

LEAST_F = 10.0
"""Of the first stage: under it the offer hardly moves taking part, and the ratio is unstable (Staiger & Stock 1997)."""


def two_stage_least_squares(
    outcome: Vector,
    took_part: Vector,
    offered: Vector,
    regressors: dict[str, Vector],
    clusters: NDArray[np.generic],
) -> Fit:
    """Effect of `took_part` with `offered` as instrument; coefficient "took_part". Errors clustered, with the correction of `least_squares`.

    outcome, took_part, offered: shape (n,). regressors: the others, constant included, without the offer. clusters: shape (n,).
    Raises NotEstimable where the offer hardly moves taking part, or the regressors are collinear.
    """
    others = np.column_stack(list(regressors.values()))
    rows, columns = others.shape[0], others.shape[1] + 1
    labels, cluster_of = np.unique(clusters, return_inverse=True)
    groups = labels.size
    if rows <= columns or groups < 3:
        raise NotEstimable(f"{rows} rows in {groups} clusters can't support {columns} coefficients.")
    instruments = np.column_stack([offered, others])
    scale = np.maximum(np.abs(instruments).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(instruments / scale) < columns:
        raise NotEstimable("The offer can't be told apart from the other regressors.")
    first = np.linalg.lstsq(instruments / scale, took_part, rcond=None)[0] / scale
    _refuse_weak(first[0], instruments, took_part - instruments @ first, cluster_of, groups)
    actual = np.column_stack([took_part, others])
    fitted = np.column_stack([instruments @ first, others])
    inverse = np.linalg.inv(fitted.T @ fitted)
    beta = inverse @ (fitted.T @ outcome)
    covariance = _sandwich(inverse, fitted, outcome - actual @ beta, cluster_of, groups)
    return Fit(("took_part", *regressors), beta, covariance, rows, groups)


def _sandwich(
    inverse: Matrix,
    design: Matrix,
    residual: Vector,
    cluster_of: NDArray[np.int64],
    groups: int,
) -> NDArray[np.float64]:
    scores = np.zeros((groups, design.shape[1]))
    np.add.at(scores, cluster_of, design * residual[:, None])
    rows, columns = design.shape
    factor = groups / (groups - 1) * (rows - 1) / (rows - columns)
    return factor * inverse @ (scores.T @ scores) @ inverse


def _refuse_weak(
    slope: float, instruments: Matrix, residual: Vector, cluster_of: NDArray[np.int64], groups: int
) -> None:
    inverse = np.linalg.inv(instruments.T @ instruments)
    error = float(np.sqrt(_sandwich(inverse, instruments, residual, cluster_of, groups)[0, 0]))
    strength = (slope / error) ** 2 if error > 0 else np.inf
    if strength < LEAST_F:
        raise NotEstimable(f"The offer hardly moved taking part (F {strength:.1f}; at least {LEAST_F:.0f} is needed).")
