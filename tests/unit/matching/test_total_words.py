"""What a change does to the total is said as it is, however small."""

import pytest

from pipelines.matching.total_words import total_loses


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (0.0, "the total would stay as it is"),
        (1e-12, "the total would stay as it is"),
        (0.0004, "the total would lose less than 0.001"),
        (0.0126, "the total would lose 0.013"),
        (-0.02, "the total would gain 0.020"),
    ],
)
def test_a_loss_is_no_loss_of_nothing(cost: float, words: str) -> None:
    assert total_loses(cost) == words


def test_a_cost_above_what_is_known_exactly_is_said_as_the_most_that_it_may_be() -> None:
    assert total_loses(0.25, exact_to=0.1) == "the total would lose 0.250 at most"
    assert total_loses(0.05, exact_to=0.1) == "the total would lose 0.050"
