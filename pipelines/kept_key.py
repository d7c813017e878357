"""The key under which people are pseudonymised, kept beside the data in a file that only its owner can read."""

import os
import secrets
import stat
from pathlib import Path

from pipelines.told import ToldInWords

NAME = "hash_key"
KEEP_IT = "Keep a copy of it where you keep passwords: without it nobody can add to these data, and another key makes other pseudonyms."


class KeyRefused(ToldInWords, RuntimeError):
    """The kept key can't be used, or none may be made; the message names the next step."""


def kept_key(data: Path) -> str | None:
    """The key kept in the data folder; None where none is. Raises KeyRefused where others can read it or it is empty."""
    path = data / NAME
    if not path.is_file():
        return None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyRefused(
            f"{path} can be read by others on this computer. Next step: chmod 600 {path}; if others have seen it, treat the pseudonyms as names."
        )
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if not key:
        raise KeyRefused(
            f"{path} is empty. Next step: put your copy of the key back, or remove the file and load everything again."
        )
    return key


def make_key(data: Path) -> Path:
    """Make a key and keep it, mode 0600; git is told to leave the folder alone. Raises KeyRefused where data were loaded under a key that isn't here."""
    if any((data / "warehouse").glob("*.duckdb")):
        raise KeyRefused(
            f"{data} holds data that were loaded under a key of yours, and no key is kept there. Next step: export IMPACT_HASH_KEY with that key; a new one would make other pseudonyms of the same people."
        )
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignore = data / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")
    path = data / NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path
