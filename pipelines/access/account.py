"""Who acts: the account under which this process runs, and under which name its decisions are kept."""

import getpass
import os


def account() -> str:
    """The operating system's name of the account; its number where it has none, as in a container that runs under any."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def decider() -> str:
    """IMPACT_ACTOR, else the account: a claim, not a proof."""
    return os.environ.get("IMPACT_ACTOR") or account()
