"""Groups: a mentor starts only with at least `minimum` mentees, or not at all. NP-hard, so by branch and bound, with its gap.

max sum of gains subject to  load_j <= capacity_j y_j,  load_j >= minimum_j y_j,  y binary; coverage first, then gains.
HiGHS through `scipy.optimize.milp` (Huangfu & Hall 2018). Meant for up to about 2,000 people.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, vstack

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import Seats, SolverRefused


@dataclass(frozen=True)
class Opened:
    """used: which edges are pairs. bound: proven upper bound of their gain at this coverage. covered: mentees with a mentor."""

    used: Mask
    bound: float
    covered: int
    coverage_is_proven: bool


def open_groups(edges: Edges, gains: IntArray, seats: Seats, minimum: IntArray, *, seconds: float) -> Opened:
    """The best choice in which every mentor has no mentee or at least their minimum. gains: whole score units."""
    pairs, mentors = edges.size, seats.capacity.size
    rows = [_sums(edges.rows, seats.demand.size, mentors), _sums(edges.columns, mentors, mentors)]
    rows.append(rows[1])
    opening = coo_array(
        (np.ones(mentors), (np.arange(mentors), pairs + np.arange(mentors))), shape=(mentors, pairs + mentors)
    )
    load_at_most = rows[1] - opening.multiply(seats.capacity[:, None])
    load_at_least = rows[1] - opening.multiply(minimum[:, None])
    matrix = csr_array(vstack([rows[0], load_at_most, load_at_least]))
    low = np.concatenate([np.zeros(seats.demand.size), np.full(mentors, -np.inf), np.zeros(mentors)])
    high = np.concatenate([seats.demand, np.zeros(mentors), np.full(mentors, np.inf)])
    limits = [LinearConstraint(matrix, low, high)]
    everyone = np.concatenate([np.ones(pairs), np.zeros(mentors)])
    first = _solved(-everyone, limits, seconds)
    covered = round(-first.fun)
    limits.append(LinearConstraint(everyone[None, :], covered, np.inf))
    second = _solved(-np.concatenate([gains.astype(np.float64), np.zeros(mentors)]), limits, seconds)
    used: Mask = second.x[:pairs] > 0.5
    return Opened(used, float(-second.mip_dual_bound), covered, bool(first.mip_gap < 1e-9 or first.status == 0))


def _sums(positions: IntArray, count: int, mentors: int) -> coo_array:
    pairs = positions.size
    return coo_array((np.ones(pairs), (positions, np.arange(pairs))), shape=(count, pairs + mentors))


def _solved(cost: np.ndarray, limits: list[LinearConstraint], seconds: float) -> OptimizeResult:
    found = milp(
        cost,
        constraints=limits,
        integrality=np.ones(cost.size),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
    if found.x is None:
        raise SolverRefused(
            f"HiGHS found no groups within {seconds:g} seconds: {found.message} Next step: match by site, or set `minimum: always`."
        )
    return found
