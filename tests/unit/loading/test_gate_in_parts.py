"""What the gate remembers of earlier parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.loading.seen_hashes import SeenHashes

PARTS = st.lists(st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=30), max_size=12)


@pytest.mark.slow
@given(PARTS)
def test_a_hash_is_known_exactly_if_an_earlier_part_held_it(parts: list[list[int]]) -> None:
    seen, before = SeenHashes(), set[int]()
    for part in parts:
        hashes = np.array(part, dtype=np.uint64)
        assert seen.hold(hashes).tolist() == [number in before for number in part]
        seen.add(hashes)
        before |= set(part)
