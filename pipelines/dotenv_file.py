"""`.env`: settings of the environment in a file. What the environment itself sets comes first."""

import os
from pathlib import Path

from dotenv import dotenv_values


def read_dotenv(*folders: Path) -> Path | None:
    """Take what isn't set yet from the first `.env` of some folders; which file it was. An entry without a value sets nothing."""
    found = next((folder / ".env" for folder in folders if (folder / ".env").is_file()), None)
    if found is not None:
        for name, value in dotenv_values(found).items():
            if value and not os.environ.get(name):
                os.environ[name] = value
    return found
