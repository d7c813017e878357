"""What is said where the truth is known, over and over: `python -m tests.reference.claims [--runs 400] [--only "6 "]`, part of `make simulate`. Each figure with its Monte-Carlo error
and its bars, which may be passed by three such errors, since several lie at theirs by design.

A claim's number is the row of the table in docs/measurements.md. Seeds from 70,000 on chose nothing. The short form in the tests widens each bar by three errors of its fewer runs.
"""

import sys

from tests.reference import claims_of_comparisons, claims_of_lotteries, claims_of_metrics, claims_of_plans
from tests.reference.claim import Claim, Figure, measured

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (
            *claims_of_metrics.CLAIMS,
            *claims_of_lotteries.CLAIMS,
            *claims_of_comparisons.CLAIMS,
            *claims_of_plans.CLAIMS,
        ),
        key=lambda claim: int(claim.name.split()[0]),
    )
)


def told(figure: Figure) -> str:
    """One line: whether it holds, the mean with its error and number, its bars."""
    claim, state = figure.claim, "ok  " if figure.is_held(3.0) else "FAIL"
    bars = f"{claim.low:.3g} to {claim.high:.3g}"
    return (
        f"{state} {claim.name:<76} {figure.mean:7.4f} ({figure.error:.4f}) of {figure.values.size:>6,} runs, {bars}\n"
    )


def main(arguments: list[str]) -> int:
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    chosen = [claim for claim in CLAIMS if claim.name.startswith(options.get("--only", ""))]
    held = True
    for figure in measured(int(options.get("--runs", "1000")), chosen):
        held &= figure.is_held(3.0)
        sys.stdout.write(told(figure))
        sys.stdout.flush()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
