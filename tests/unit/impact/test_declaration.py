"""What a programme may declare, and that the digest sees every change and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.impact import DeclarationError, declaration_digest, read_declaration

OUTCOME = {"outcome": "retained_12m", "label": "Still employed after 12 months", "unit": "share", "kind": "share"}


def block(*outcomes: dict, **more: object) -> dict:
    return {"declared_on": "2024-08-01", "outcomes": list(outcomes), **more}


def test_a_declaration_gives_outcomes_covariates_and_the_negative_control() -> None:
    found = read_declaration(
        "p",
        block(
            {**OUTCOME, "outcome": "retained_6m", "horizon_months": 6, "subgroups": ["department"]},
            comparison={"covariates": ["tenure_months"], "negative_control": "engagement_index"},
        ),
    )
    assert found.outcomes[0].horizon_months == 6
    assert found.outcomes[0].event == "retained"
    assert found.covariates == ("tenure_months",)
    assert found.negative_control == "engagement_index"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([{**OUTCOME, "label": ""}], "label missing"),
        ([{**OUTCOME, "kind": "vibe"}], "kind is 'vibe'; it may be"),
        ([{**OUTCOME, "horizon_months": 0}], "whole months from 1 to 60"),
        ([{**OUTCOME, "subgroups": list("abcdef")}], "6 subgroups; at most 5"),
        ([OUTCOME, OUTCOME], "declared twice"),
        ([{**OUTCOME, "is_primary": True}, {**OUTCOME, "outcome": "x", "is_primary": True}], "only one outcome may be primary"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_judged_by_is_refused_in_words(outcomes: list[dict], words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        read_declaration("p", block(*outcomes))


@pytest.mark.parametrize("covariate", ["engagement_index", " Engagement_Index "])
def test_a_control_that_the_groups_are_made_alike_in_is_refused(covariate: str) -> None:
    comparison = {"covariates": ["tenure_months", covariate], "negative_control": "engagement_index"}
    with pytest.raises(DeclarationError, match=r"it tests nothing. Next step: declare another"):
        read_declaration("p", block(OUTCOME, comparison=comparison))


@given(horizon=st.integers(1, 60), other=st.integers(1, 60))
def test_the_digest_changes_exactly_when_the_content_does(horizon: int, other: int) -> None:
    one = declaration_digest(block({**OUTCOME, "horizon_months": horizon}))
    turned = declaration_digest(dict(reversed(block({"horizon_months": horizon, **OUTCOME}).items())))
    assert one == turned
    assert (one == declaration_digest(block({**OUTCOME, "horizon_months": other}))) == (horizon == other)
