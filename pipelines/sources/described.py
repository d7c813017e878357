"""What each connector is for, in words: the list of `impact sources`, the blocks of `impact init` and the overview of docs/sources come from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True)
class Described:
    """One connector. `brings`: canonical tables. `tested`: against what. `bad_data`: cases that its tests hold. `page`: its page in docs/sources; `example`: an entry of the workspace file."""

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


DESCRIBED: tuple[Described, ...] = tuple(
    Described(**entry)
    for entry in yaml.safe_load(resources.files(__package__).joinpath("described.yaml").read_text(encoding="utf-8"))
)


def described(connector: str) -> Described:
    """The description of one connector."""
    return next(entry for entry in DESCRIBED if entry.connector == connector)


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
