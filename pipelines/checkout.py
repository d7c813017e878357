"""Where the program lies, and how its settings are refused: what every command knows before it reads any of them."""

from pathlib import Path

from pipelines.told import ToldInWords

PROJECT = Path(__file__).resolve().parent.parent
IS_CHECKOUT = (PROJECT / "Makefile").exists()
"""Whether this is a checkout of the repository; otherwise it is installed, and its own folder is nobody's to write to."""


class SettingsError(ToldInWords, RuntimeError):
    """The environment or the workspace file can't be used; the message names the next move."""
