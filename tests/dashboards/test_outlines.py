"""The outline of a page tells what has gone or moved, and not which font it is drawn with."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.dashboards import outlines


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(outlines, "FOLDER", tmp_path / "kept")
    monkeypatch.setenv(outlines.KEEP, "1")
    outlines.unlike(drawn(tmp_path / "a.png"), "page")
    monkeypatch.delenv(outlines.KEEP)
    return tmp_path


def drawn(path: Path, *, without: int | None = None, down: int = 0, right: int = 0) -> Path:
    """A page of lines of text, as bars of words. without: a block of lines that is missing."""
    picture = Image.new("RGB", (1366, 768), "white")
    pen = ImageDraw.Draw(picture)
    for line in range(24):
        if line // 6 == without:
            continue
        for word in range(14):
            left, top = 250 + 75 * word + right, 30 + 30 * line + down
            pen.rectangle((left, top, left + 50, top + 8), fill="#18212C")
    picture.save(path)
    return path


def test_the_same_page_and_one_drawn_a_pixel_further_are_alike(kept: Path) -> None:
    assert outlines.unlike(drawn(kept / "b.png"), "page") == ""
    assert outlines.unlike(drawn(kept / "b.png", right=1), "page") == ""


@pytest.mark.parametrize("change", [{"without": 1}, {"without": 3}, {"down": 12}])
def test_a_part_that_has_gone_or_moved_is_told_with_its_place(kept: Path, change: dict) -> None:
    said = outlines.unlike(drawn(kept / "b.png", **change), "page")
    assert "page looks different, most of all" in said
    assert "make outlines" in said


def test_a_page_without_an_outline_asks_for_one(kept: Path) -> None:
    assert "no outline of other is kept" in outlines.unlike(kept / "a.png", "other")
