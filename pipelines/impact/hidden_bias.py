"""How strong something unmeasured would have to be to explain away what matched pairs show.

Of pairs in which only one of the two had the event, chance alone would give it to the mentee in half. If something unmeasured made one of two colleagues who
look alike up to gamma times as likely to join, that share could be as high as gamma / (1 + gamma). The bound is the gamma at which the pairs stop being
clear. Reference: Rosenbaum (2002), Observational Studies, 2nd edition, section 4.3.2.
"""

from scipy import optimize, stats

from pipelines.impact.regression import NotEstimable

STRONGEST = 1000.0
"""No bound beyond it is looked for: nothing about people who look alike makes one of them a thousand times as likely to join."""


def upper_p_value(mentee_only: int, other_only: int, gamma: float) -> float:
    """Greatest one-sided p that something of strength gamma could leave, of pairs in which only the mentee, or only the other, had the event.

    Raises ValueError under a strength of 1: then nothing hidden is assumed, and less than nothing can't be.
    """
    if gamma < 1:
        raise ValueError(f"gamma is at least 1, not {gamma:g}.")
    more = max(mentee_only, other_only)
    return float(stats.binom.sf(more - 1, mentee_only + other_only, gamma / (1 + gamma)))


def rosenbaum_bound(mentee_only: int, other_only: int, level: float = 0.05) -> float:
    """Smallest gamma at which the difference is no longer clear at `level`, two-sided; 1 where it isn't clear to begin with.

    Raises NotEstimable without a pair in which only one had the event.
    """
    if mentee_only + other_only == 0:
        raise NotEstimable("No pair differs in the outcome.")
    if upper_p_value(mentee_only, other_only, 1.0) >= level / 2:
        return 1.0
    if upper_p_value(mentee_only, other_only, STRONGEST) < level / 2:
        return STRONGEST
    return float(
        optimize.brentq(lambda gamma: upper_p_value(mentee_only, other_only, gamma) - level / 2, 1.0, STRONGEST)
    )
