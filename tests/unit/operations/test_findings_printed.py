"""What a run says it found, on a terminal of the usual width: no figure without its whole interval and number of people."""

from io import StringIO

from rich.console import Console

from pipelines.findings import LEAST_WIDTH, _effects

ESTIMATE = {
    "programme_id": "kenya_mentoring_trial_of_women_in_dandora", "cohort_id": "all", "outcome": "left_voluntarily_within_12_months", "arm": "mentoring",
    "wave": "within 12 months", "estimate": -160.444, "std_error": 1144.9, "ci_low": -12160.44, "ci_high": 14409.12, "n_treated": 12_345, "n_control": 67_890,
    "verdict": "supported",
}  # fmt: skip


def test_long_names_give_way_and_figures_dont() -> None:
    told = StringIO()
    Console(file=told, width=LEAST_WIDTH).print(_effects([ESTIMATE, {**ESTIMATE, "estimate": None}]))
    said = told.getvalue()
    assert "…" not in said
    for figure in ("-160.44 (1,144.90)", "-12,160.44 to 14,409.12", "12345 / 67890"):
        assert figure in said
