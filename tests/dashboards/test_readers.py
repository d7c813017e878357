"""Many people read at once: nobody meets an error or another one's choice, also while releases are published and go."""

from pathlib import Path

from streamlit import config

from tests.bench.readers import publishing
from tests.dashboard_server import running_dashboards
from tests.published import publish_test_snapshot
from tests.readers import all_read


def test_twenty_five_people_at_once_see_their_own_choices_while_releases_are_published(tmp_path: Path) -> None:
    publish_test_snapshot(tmp_path / "serving")
    chosen = {"programme": ["mentoring_a", "mentoring_b"]}
    with (
        running_dashboards(tmp_path / "serving", tmp_path) as address,
        publishing(tmp_path / "serving", every=3),
    ):
        opened = all_read(address, readers=25, pages=6, think=0.3, choices=chosen)
    assert len(opened) == 25 * 6
    assert {problem for one in opened for problem in one.problems} == set()
    for one in opened:
        if one.page == "programme":
            own = one.choices["programme"][-1].upper()
            assert f"Mentoring {own}" in one.words
            assert f"Mentoring {'B' if own == 'A' else 'A'}" not in one.words


def test_a_page_is_followed_by_no_collection_of_everything_that_is_loaded() -> None:
    assert config.get_option("runner.postScriptGC") is False
