"""What is said where nothing was caused stays as rare as it must: the short form of `make simulate`'s claims."""

import pytest

from tests.reference.claims import CLAIMS, Claim, Figure, measured


@pytest.mark.parametrize("claim", [one for one in CLAIMS if one.cost < 10], ids=lambda one: one.name)
def test_false_claims_are_as_rare_as_they_must_be(claim: Claim) -> None:
    (figure,) = measured(40, (claim,))
    assert figure.is_held(3.0), f"{figure.share:.0%} of {figure.runs} runs"


def test_a_claim_that_is_false_too_often_falls() -> None:
    assert not Figure(CLAIMS[0], 1000, 0.11).is_held(2.0)
    assert Figure(CLAIMS[0], 1000, 0.06).is_held()
