"""What a change does to the total of scores, in words."""

import math

NOTHING, LEAST_SHOWN = 5e-10, 0.0005


def total_loses(cost: float, exact_to: float = math.inf) -> str:
    """What is said of `cost` score points; below 0 the total gains. A loss that three digits don't show is no loss of 0.000. exact_to: above it `cost` is the most that it may be."""
    if abs(cost) < NOTHING:
        return "the total would stay as it is"
    change = "lose" if cost > 0 else "gain"
    shown = f"{abs(cost):.3f}" if abs(cost) >= LEAST_SHOWN else "less than 0.001"
    return f"the total would {change} {shown}{' at most' if cost > exact_to else ''}"
