"""On the demo: whoever doesn't know the product finds each of the eight answers within two clicks of the landing page."""

from pathlib import Path

import pytest

from tests.chromium import find_chromium
from tests.dashboard_server import running_dashboards
from tests.dashboards.eight_answers import ANSWERS, MOST_CLICKS, MOST_WORDS, look_up_all
from tests.demo_run import DemoRun

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium found: set CHROMIUM or run `make browser`"),
]


def test_each_of_eight_answers_is_at_most_two_clicks_away_and_the_landing_page_is_read_in_a_minute(
    demo_run: DemoRun, tmp_path: Path
) -> None:
    with running_dashboards(demo_run.data / "serving", tmp_path) as address:
        found, words = look_up_all(address)
    assert len(found) == len(ANSWERS) == 8
    assert max(one.clicks for one in found) <= MOST_CLICKS
    assert words <= MOST_WORDS
