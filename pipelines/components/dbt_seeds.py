"""Make the two seeds of quantiles that SQL can't compute. `python -m pipelines.components.dbt_seeds` writes them; a test compares.

t_quantiles: 97.5 % quantile of Student's t for 1 to 200 degrees of freedom. poisson_limits: exact 95 % limits of a Poisson mean for
0 to 200 events, chi-square form (Garwood 1936). Both from scipy, rounded to 1e-9.
"""

from pathlib import Path

from scipy import stats

LARGEST = 200


def t_quantiles() -> str:
    """CSV text: degrees_of_freedom, t_975."""
    rows = (f"{df},{stats.t.ppf(0.975, df):.9f}" for df in range(1, LARGEST + 1))
    return "\n".join(["degrees_of_freedom,t_975", *rows]) + "\n"


def poisson_limits() -> str:
    """CSV text: events, events_low, events_high."""
    rows = []
    for events in range(LARGEST + 1):
        low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
        high = stats.chi2.ppf(0.975, 2 * events + 2) / 2
        rows.append(f"{events},{low:.9f},{high:.9f}")
    return "\n".join(["events,events_low,events_high", *rows]) + "\n"


def write(seeds: Path) -> None:
    """Write both seeds into the folder `seeds`."""
    (seeds / "t_quantiles.csv").write_text(t_quantiles(), encoding="utf-8")
    (seeds / "poisson_limits.csv").write_text(poisson_limits(), encoding="utf-8")


if __name__ == "__main__":
    write(Path("dbt_project/seeds"))
