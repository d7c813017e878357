"""Names that are no zone, a folder of zones among them: one judgement wherever a zone is read."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.checkout import SettingsError
from pipelines.matching.participants import _offsets
from pipelines.messages.etiquette import zone_of
from pipelines.sources.records import SourceRefused
from pipelines.sources.shared.meeting_rules import read_rules
from pipelines.workspace_entries import read_zone
from pipelines.zones import zone_or_none

NONE = ("Europe", "America/Argentina", "Berlin", "", "../etc/passwd", "/etc/passwd", "x" * 300, "a\0b")

pytestmark = pytest.mark.parametrize("name", NONE)


def test_it_is_none(name: str) -> None:
    assert zone_or_none(name) is None


def test_the_workspace_file_is_refused_in_words(name: str) -> None:
    with pytest.raises(SettingsError, match="IANA zone"):
        read_zone(name, "zone", Path("impact.yaml"))


def test_a_calendars_zone_is_refused_in_words(name: str) -> None:
    with pytest.raises(SourceRefused, match="no IANA zone"):
        read_rules({"zone": name, "as_of": date(2026, 10, 31)})


def test_who_lives_there_is_matched_without_a_clock_and_written_to_by_the_workspaces(name: str) -> None:
    assert _offsets(pl.Series([name, "Europe/Berlin"]), date(2026, 1, 1)) == {
        None: None,
        name: None,
        "Europe/Berlin": 1.0,
    }
    assert zone_of(name, "Europe/Berlin").key == "Europe/Berlin"
