"""What a page looks like from afar: its first screen, small and grey, held against the one that was last looked at and found right. `make outlines` keeps new ones.

Small, so that another font or another Chromium doesn't count, and a part that moved, vanished or covers another does.
"""

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

FOLDER = Path(__file__).parent / "outlines"
SIZE = (96, 54)
PART = (12, 9)
"""Cells of the parts that are held against each other."""
MOST = 8.0
"""Of 255 shades, on average over a part: letters of another font differ by two or three, letters that are gone by ten and more."""
KEEP = "KEEP_OUTLINES"


def outline(picture: Path) -> Image.Image:
    """The picture in 96 x 54 grey cells, each the mean of what it covers."""
    with Image.open(picture) as seen:
        return seen.convert("L").resize(SIZE, Image.Resampling.BOX)


def unlike(picture: Path, name: str) -> str:
    """How the picture differs from the kept outline of this name, in words; "" where it doesn't. Keeps it instead where KEEP_OUTLINES is set."""
    kept = FOLDER / f"{name}.png"
    found = outline(picture)
    if os.environ.get(KEEP):
        FOLDER.mkdir(exist_ok=True)
        found.save(kept, optimize=True)
        return ""
    if not kept.exists():
        return f"no outline of {name} is kept: look at {picture}, then run `make outlines`"
    with Image.open(kept) as before:
        shades = ImageChops.difference(found, before.convert("L"))
    parts = [
        (ImageStat.Stat(shades.crop((x, y, x + PART[0], y + PART[1]))).mean[0], x, y)
        for x in range(0, SIZE[0], PART[0])
        for y in range(0, SIZE[1], PART[1])
    ]
    most, x, y = max(parts)
    if most <= MOST:
        return ""
    return f"{name} looks different, most of all {100 * x // SIZE[0]} % from the left and {100 * y // SIZE[1]} % from the top ({most:.0f} shades). Look at {picture}; if it is right, run `make outlines`"
