"""Files that are there whole or not at all, also when the process is killed or the machine stops while it writes."""

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write `text` beside `path` and move it into place."""
    write_whole_bytes(path, text.encode(), mode=mode)


def write_whole_bytes(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write `data` beside `path` and move it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=mode)
    draft.write_bytes(data)
    os.replace(draft, path)


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk; systems that can't (Windows) do it by themselves."""
    if os.name == "posix":
        sync(path)
