"""Files that are there whole or not at all, also when the process is killed while it writes."""

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write `text` beside `path` and move it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=mode)
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
