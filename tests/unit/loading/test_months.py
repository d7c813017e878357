"""Months of a source whose files are named by month: twelve of them one by one are one full load, and one month that is loaded again touches no other."""

import os
from pathlib import Path

import pytest

from pipelines.loading.landing import Landed, land
from pipelines.loading.months import NoMonths, TakenMonths, month_of, months_between

YEAR = months_between("2025-01..2025-12")
RECIPE = {"connector": "mapped_files"}


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Twelve monthly files of calls, each a day younger than the one before, and a file of no month."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "rooms.csv").write_text("room\nA\n")
    os.utime(folder / "rooms.csv", (1_735_000_000, 1_735_000_000))
    for number, month in enumerate(YEAR):
        path = folder / f"calls_{month}.csv"
        path.write_text(f"call,at\n{number},{month}-15\n")
        os.utime(path, (1_740_000_000 + number * 86_400,) * 2)
    return folder


def landed(exports: Path, landing: Path, months: tuple[str, ...] = (), held: Landed | None = None) -> Landed:
    taken = TakenMonths(frozenset(months), held) if months else None
    return land("calls", [exports], landing, recipe=RECIPE, taken=taken)


def month_by_month(exports: Path, landing: Path, months: tuple[str, ...]) -> Landed:
    held = None
    for month in months:
        held = landed(exports, landing, (month,), held)
    assert held is not None
    return held


@pytest.mark.parametrize("order", [YEAR, YEAR[::-1]], ids=["the oldest first", "the newest first"])
def test_twelve_months_one_by_one_are_the_load_of_everything(
    exports: Path, tmp_path: Path, order: tuple[str, ...]
) -> None:
    whole = landed(exports, tmp_path / "whole")
    filled = month_by_month(exports, tmp_path / "months", order)
    assert (filled.load_id, filled.files, filled.extracted_at) == (whole.load_id, whole.files, whole.extracted_at)
    assert landed(exports, tmp_path / "at once", YEAR).load_id == whole.load_id


def test_a_month_that_is_loaded_again_takes_its_own_files_alone(exports: Path, tmp_path: Path) -> None:
    before = landed(exports, tmp_path / "landing")
    for month in ("2025-03", "2025-07"):
        (exports / f"calls_{month}.csv").write_text("call,at\n99,corrected\n")
    (exports / "rooms.csv").write_text("room\nB\n")
    after = landed(exports, tmp_path / "landing", ("2025-03",), before)
    changed = [name for name in after.files if (after.folder / name).read_bytes() != (before.folder / name).read_bytes()]  # fmt: skip
    assert changed == ["calls_2025-03.csv"]
    assert landed(exports, tmp_path / "landing", ("2025-03",), after).is_new is False


def test_a_months_file_that_is_gone_leaves_the_load_with_its_month(exports: Path, tmp_path: Path) -> None:
    before = landed(exports, tmp_path / "landing")
    (exports / "calls_2025-03.csv").unlink()
    (exports / "calls_2025-04.csv").unlink()
    after = landed(exports, tmp_path / "landing", ("2025-03",), before)
    assert set(before.files) - set(after.files) == {"calls_2025-03.csv"}


@pytest.mark.parametrize(
    ("name", "month"),
    [("calls_2025-03.csv", "2025-03"), ("20250314_calls.csv", "2025-03"), ("14.03.2025.xlsx", "2025-03"), ("calls.csv", None)],
)  # fmt: skip
def test_a_files_month_is_read_from_its_name(name: str, month: str | None) -> None:
    assert month_of(name) == month


def test_months_are_written_as_one_or_as_a_span() -> None:
    assert months_between("2025-03") == ("2025-03",)
    assert months_between("2024-11..2025-02") == ("2024-11", "2024-12", "2025-01", "2025-02")
    for wrong in ("2025", "2025-13", "2025-03..2025-01", "..2025-01", "March"):
        with pytest.raises(NoMonths, match="Next step"):
            months_between(wrong)
