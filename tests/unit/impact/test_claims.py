"""What is said where the truth is known stays within its bars: the short form of `make simulate`'s claims."""

import numpy as np
import pytest

from tests.reference.claim import Claim, Figure, measured
from tests.reference.claims import CLAIMS

ROWS_OF_THE_REVIEW = set(range(1, 16))


@pytest.mark.parametrize("claim", [one for one in CLAIMS if one.is_short], ids=lambda one: one.name)
def test_what_is_said_is_as_rare_or_as_sure_as_it_must_be(claim: Claim) -> None:
    (figure,) = measured(40, (claim,))
    assert figure.is_held(3.0), f"{figure.mean:.3f} of {figure.values.size} runs"


def test_every_finding_has_a_figure() -> None:
    assert {int(claim.name.split()[0]) for claim in CLAIMS} == ROWS_OF_THE_REVIEW


@pytest.mark.parametrize(("share", "holds"), [(0.11, False), (0.06, True)])
def test_a_claim_that_is_false_too_often_falls(share: float, *, holds: bool) -> None:
    claim = Claim("3 x", lambda seeds: np.zeros(len(seeds)), 0.06)
    said = np.arange(1000) < 1000 * share
    assert Figure(claim, said.astype(float)).is_held(2.0) == holds


def test_intervals_that_hold_the_truth_too_seldom_fall() -> None:
    claim = Claim("10 x", lambda seeds: np.zeros(len(seeds)), 0.97, low=0.93)
    assert not Figure(claim, (np.arange(1000) < 880).astype(float)).is_held(3.0)
    assert not Figure(claim, np.array([])).is_held(3.0)
