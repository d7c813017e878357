"""The version of what is kept in a data folder, noted in it, so that no program changes what a later one wrote."""

import json
from pathlib import Path

from pipelines.told import ToldInWords
from pipelines.whole_files import write_whole

DATA_VERSION = 2
"""Of everything in the data folder that a run can't make again. 1: the vault is a schema of the warehouse. 2: it is a file of its own. The step from each to the next stands in `loading/upgrades.py`."""

FILE = "version.json"


class TooNew(ToldInWords, RuntimeError):
    """The data were written by a later version; the message names the next step."""


def refuse_later(found: int, what: str) -> None:
    """Raises TooNew where `found` is a version that this program doesn't know."""
    if found > DATA_VERSION:
        raise TooNew(
            f"{what} was written by a later version (data {found}, this one knows {DATA_VERSION}). Nothing was changed. "
            "Next step: update mentorship-impact, or restore a backup that this version made."
        )


def noted_version(data: Path) -> int:
    """What is noted in a data folder; the first version noted none, and what can't be read is none of ours. Raises TooNew."""
    try:
        found = int(json.loads((data / FILE).read_text(encoding="utf-8"))["data_version"])
    except FileNotFoundError:
        return 1
    except (OSError, ValueError, KeyError, TypeError):
        return 1
    refuse_later(found, str(data))
    return found


def note_version(data: Path) -> None:
    """Note in the data folder that this version wrote it."""
    if not (data / FILE).exists() or noted_version(data) < DATA_VERSION:
        write_whole(data / FILE, json.dumps({"data_version": DATA_VERSION}), mode=0o600)
