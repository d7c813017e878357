"""Least squares with errors by name, so that a published figure can be worked out as it was published: classical, HC0 to HC3, CR0 to CR2.

References: White (1980), Econometrica 48 (HC0); MacKinnon & White (1985), Journal of Econometrics 29 (HC1 to HC3); Liang & Zeger (1986), Biometrika 73 (CR0); Cameron & Miller (2015)
for CR1 as Stata has it; Bell & McCaffrey (2002) for CR2.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.impact.regression import Fit, Vector, least_squares

BY_PERSON = ("classical", "hc0", "hc1", "hc2", "hc3")
BY_CLUSTER = ("cr0", "cr1", "cr2")


def ordinary_least_squares(
    outcome: Vector, regressors: dict[str, Vector], errors: str = "hc2", clusters: NDArray[np.generic] | None = None
) -> Fit:
    """Coefficients with the errors named: t with n - k degrees of freedom by person, clusters less one (CR2: Bell and McCaffrey's) by cluster.

    outcome, regressors, clusters: as for `least_squares`. Raises ValueError for an unknown kind, or one by cluster without clusters; NotEstimable as `least_squares`.
    """
    if errors not in (*BY_PERSON, *BY_CLUSTER):
        raise ValueError(f"errors must be one of {', '.join((*BY_PERSON, *BY_CLUSTER))}, not {errors!r}.")
    if errors in BY_CLUSTER:
        if clusters is None:
            raise ValueError(f"Errors {errors} need clusters.")
        fit = least_squares(outcome, regressors, clusters, few_clusters=errors == "cr2")
        return replace(fit, covariance=fit.covariance / _correction(fit)) if errors == "cr0" else fit
    fit = least_squares(outcome, regressors, np.arange(outcome.size))
    design = np.column_stack([regressors[name] for name in fit.names])
    free = outcome.size - len(fit.names)
    covariance = _by_person(design, outcome - design @ fit.coefficients, errors, free)
    return replace(fit, covariance=covariance, freedoms=np.full(len(fit.names), float(free)))


def _correction(fit: Fit) -> float:
    return fit.clusters / (fit.clusters - 1) * (fit.observations - 1) / (fit.observations - len(fit.names))


def _by_person(design: NDArray[np.float64], residuals: Vector, errors: str, free: int) -> NDArray[np.float64]:
    left, triangle = np.linalg.qr(design)
    inverse = np.linalg.inv(triangle)
    bread = inverse @ inverse.T
    if errors == "classical":
        return np.asarray(bread * float(residuals @ residuals) / free)
    rest = np.maximum(1 - (left**2).sum(axis=1), 1e-12)
    weight = {"hc0": 1.0, "hc1": residuals.size / free, "hc2": 1 / rest, "hc3": 1 / rest**2}[errors]
    meat = (design * (residuals**2 * weight)[:, None]).T @ design
    return np.asarray(bread @ meat @ bread)
