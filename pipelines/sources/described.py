"""What each connector is for, in words: the list of `impact sources`, the blocks of `impact init` and the overview of docs/sources come from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import yaml

OPTIONS_OF_ALL_REMOTE = ("retry", "full_every_days", "max_pages")


@dataclass(frozen=True)
class Described:
    """One connector. `brings`: canonical tables. `tested`: against what. `bad_data`: cases that its tests hold. `page`: its page in docs/sources; `example`: an entry of the workspace file.

    `options`: names that the connector reads, without those of all systems over a network.
    """

    connector: str
    title: str
    kind: str
    brings: str
    changes: str
    tested: str
    bad_data: str
    page: str
    history: str = ""
    example: str = ""
    options: tuple[str, ...] = ()


DESCRIBED: tuple[Described, ...] = tuple(
    Described(**{**entry, "options": tuple(entry.get("options", ()))})
    for entry in yaml.safe_load(resources.files(__package__).joinpath("described.yaml").read_text(encoding="utf-8"))
)


def described(connector: str) -> Described:
    """The description of one connector."""
    return next(entry for entry in DESCRIBED if entry.connector == connector)


def unknown_options(connector: str, given: Iterable[str], *, is_remote: bool) -> list[str]:
    """Names among `given` that no part of the connector reads: a slip of the pen, which would change nothing and be told by nobody."""
    known = {*described(connector).options, *(OPTIONS_OF_ALL_REMOTE if is_remote else ())}
    return sorted(set(given) - known)


def overview(entries: Iterable[Described] = DESCRIBED) -> str:
    """The overview table of docs/sources/README.md."""
    lines = [
        "| system | connector | brings | history | changes only | tested against | bad data in its tests |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| [{entry.title}]({entry.page}) | `{entry.connector}` | {entry.brings} | {entry.history or '-'} | {entry.changes} | {entry.tested} | {entry.bad_data} |"
        for entry in entries
    ]
    return "\n".join(lines) + "\n"
