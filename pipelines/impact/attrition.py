"""Who was drawn and who answered: how much loss a lottery can bear, and what is certain whatever those think who are missing."""

from dataclasses import dataclass

import numpy as np

from pipelines.impact.regression import NotEstimable, Vector


@dataclass(frozen=True)
class Loss:
    """People drawn and people whose outcome is known, by arm."""

    drawn_treated: int
    drawn_control: int
    known_treated: int
    known_control: int

    @property
    def overall(self) -> float:
        """Share of all drawn whose outcome isn't known, 0 to 1."""
        drawn = self.drawn_treated + self.drawn_control
        return 1 - (self.known_treated + self.known_control) / max(drawn, 1)

    @property
    def gap(self) -> float:
        """Difference between the arms' shares with a known outcome, 0 to 1."""
        return abs(
            self._share(self.known_treated, self.drawn_treated) - self._share(self.known_control, self.drawn_control)
        )

    @property
    def is_complete(self) -> bool:
        """Whether everybody's outcome is known."""
        return self.known_treated == self.drawn_treated and self.known_control == self.drawn_control

    @staticmethod
    def _share(known: int, drawn: int) -> float:
        return known / max(drawn, 1)


def greatest_gap(overall: float, boundary: tuple[tuple[float, float], ...]) -> float:
    """The greatest difference in loss between the arms that is low at an overall loss, both 0 to 1; a straight line between the table's points.

    boundary: overall loss to greatest difference, rising in the first. Beyond the last point no loss is low: -1.
    """
    losses, gaps = zip(*boundary, strict=True)
    if overall > losses[-1]:
        return -1.0
    return float(np.interp(overall, losses, gaps))


def is_low(loss: Loss, boundary: tuple[tuple[float, float], ...]) -> bool:
    """Whether the loss is within the boundary."""
    return loss.gap <= greatest_gap(loss.overall, boundary) + 1e-12


def lee_bounds(treated: Vector, control: Vector, loss: Loss) -> tuple[float, float]:
    """Least and greatest difference of means among those who answer whichever arm they are drawn for.

    treated, control: known outcomes. The arm that answers more often is trimmed from above and from below by its surplus. Assumes that being drawn moves
    answering in one direction only. Reference: Lee (2009), Review of Economic Studies 76. Raises NotEstimable where nobody is left.
    """
    shares = (loss.known_treated / max(loss.drawn_treated, 1), loss.known_control / max(loss.drawn_control, 1))
    if min(treated.size, control.size) == 0 or min(shares) == 0:
        raise NotEstimable("Nobody's outcome is known in one of the arms.")
    if shares[0] >= shares[1]:
        low, high = _trimmed_means(treated, 1 - shares[1] / shares[0])
        return low - float(control.mean()), high - float(control.mean())
    low, high = _trimmed_means(control, 1 - shares[0] / shares[1])
    return float(treated.mean()) - high, float(treated.mean()) - low


def _trimmed_means(values: Vector, share: float) -> tuple[float, float]:
    """Means without the highest and without the lowest `share`; a value that is cut through counts in part."""
    ordered = np.sort(values)
    kept = values.size * (1 - share)
    weights = np.clip(kept - np.arange(values.size), 0.0, 1.0)
    return float(ordered @ weights / kept), float(ordered[::-1] @ weights / kept)
