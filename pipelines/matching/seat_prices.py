"""What one more seat of each mentor would add: the cheapest way that one more unit can take through the residual network."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from pipelines.matching.residual import UNIT, Residual
from pipelines.matching.solved import Solved


def seat_prices(solved: Solved) -> NDArray[np.float64]:
    """What one more seat of each mentor would add to the total, in points, (mentors,); 0 for ways of matching that have no one optimum.

    A seat's dual price is one of many where seats are just enough. The true change is the cheapest way that one more unit can take: first one that
    matches somebody who is unmatched, then one that fills a further wish, then any.
    """
    mentors = solved.problem.mentors.height
    if not solved.policy.by_one_flow or not solved.edges.size:
        return np.zeros(mentors)
    ways = _NewSeats(solved.residual)
    gain = np.full(mentors, np.nan)
    arcs = solved.optimum.arcs
    for through in (arcs.alone, arcs.partly, None) if solved.policy.order == "coverage" else (None,):
        gain = np.where(np.isnan(gain), ways.gains(through), gain)
    prices: NDArray[np.float64] = np.maximum(np.nan_to_num(gain), 0) / UNIT
    return prices


class _NewSeats:
    """Cycles through a new seat: from where it leads (its pool, or the sink) back to its mentor. Nodes as in `Residual`."""

    def __init__(self, residual: Residual) -> None:
        self.forward = residual.reversed.T.tocsr()
        found = self.found = residual.solved.optimum
        arcs, self.first = found.arcs, residual.mentees
        self.distance = found.distance[self.first :]
        self.seats = np.arange(residual.mentors)
        ends = np.full(arcs.supplies.size, arcs.sink)
        ends[arcs.tails] = arcs.heads
        self.ends = ends[self.first :][self.seats] - self.first

    def gains(self, through: int | None) -> NDArray[np.float64]:
        """What the cheapest cycle of each new seat adds, in tie units; nan = there is none. through: the engine's node whose flow to the sink one unit must give back."""
        gain = np.full(self.seats.size, np.nan)
        for end in np.unique(self.ends).tolist():
            here = self.ends == end
            ways = self._lengths(end, through)[self.seats[here]]
            closing = float(self.distance[end]) - self.distance[self.seats[here]]
            gain[here] = np.where(np.isfinite(ways), closing - ways, np.nan)
        return gain

    def _lengths(self, end: int, through: int | None) -> NDArray[np.float64]:
        """Reduced length of the cheapest way from `end` to every node."""
        direct: NDArray[np.float64] = dijkstra(self.forward, indices=end)
        if through is None:
            return direct
        arcs = self.found.arcs
        gives_back = (arcs.tails == through) & (arcs.heads == arcs.sink) & (self.found.arc_flows > 0)
        if not gives_back.any():
            return np.full(direct.size, np.inf)
        sink, through = arcs.sink - self.first, through - self.first
        onward: NDArray[np.float64] = dijkstra(self.forward, indices=through)
        return direct[sink] + float(self.distance[sink] - self.distance[through]) + onward
