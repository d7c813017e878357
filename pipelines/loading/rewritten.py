"""Landed loads out of which people were taken: their manifest says so, with the hash of each file as it is now, so that they still count as whole and aren't copied again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.whole_files import write_whole, write_whole_bytes

NOTE = "rewritten"


def rewrite(folder: Path, manifest: Path, changed: Mapping[str, bytes | None]) -> None:
    """Put the changed files in the place of those of a landed load, and note it. None: the file goes.

    Killed on the way, the load is no longer as its manifest says; whoever was taking somebody out does it again.
    """
    for name, data in changed.items():
        if data is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_whole_bytes(folder / name, data, mode=0o600)
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        files = [name for name in told["files"] if (folder / name).is_file()]
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ):  # it was cut: the load doesn't count as whole and is copied again
        return
    told["files"] = files
    told["total_bytes"] = sum((folder / name).stat().st_size for name in files)
    told[NOTE] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: digest(folder / name) for name in files},
    }
    write_whole(manifest, json.dumps(told, indent=1), mode=0o600)


def is_as_rewritten(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether the files are what the note of a rewritten load says."""
    files = manifest[NOTE]["files"]
    return sorted(files) == sorted(manifest["files"]) and all(digest(folder / name) == files[name] for name in files)


def digest(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
