"""Teams' attendance lists of 2020: a line for each time that somebody joined or left, of which stays are made.

Such a list could be downloaded during the meeting only, so most people haven't left in it: their stay has no end.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipelines.sources.delimited_head import normalised

Line = tuple[int, list[str]]
JOINED = frozenset(
    "joined|joined before|beigetreten|vorher beigetreten|zuvor beigetreten|teilgenommen|a rejoint|rejoint|a rejoint avant|s'est joint|se unió|se ha unido|unido|se unió antes|partecipa|ha partecipato|deelgenomen|toegetreden|ingressou|entrou".split(
        "|"
    )
)
LEFT = frozenset(
    "left|verlassen|hat verlassen|a quitté|quitté|parti|est parti|salió|ha salido|abandonó|ha abbandonato|uscito|verlaten|saiu".split(
        "|"
    )
)
"""What the list says that somebody did, as it is compared."""
HEADER = ("name", "join time", "leave time", "duration", "email", "role")
"""The columns of the stays that are made."""


def stays_of_actions(lines: Sequence[Line]) -> list[Line]:
    """A header and a line a stay; nothing where the lines aren't such a list: name, action, time, and sometimes an address."""
    actions = [(place, cells) for place, cells in lines if len(cells) >= 3 and normalised(cells[1]) in JOINED | LEFT]
    if not actions or len(actions) < len(lines) - 1:
        return []
    people: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for place, cells in actions:
        people[cells[0], _mail(cells)].append((place, cells))
    return [(lines[0][0], list(HEADER)), *(stay for one in people.values() for stay in _stays(one))]


def _mail(cells: Sequence[str]) -> str:
    return next((cell for cell in cells[3:] if "@" in cell), "")


def _stays(actions: Sequence[Line]) -> Iterator[Line]:
    """The stays of one person; a second joining without leaving goes on with the first."""
    begun: Line | None = None
    for place, cells in actions:
        if normalised(cells[1]) in JOINED:
            begun = begun or (place, cells)
        else:
            joined = begun or (place, cells)
            yield _stay(joined, "" if begun is None else joined[1][2], cells[2])
            begun = None
    if begun is not None:
        yield _stay(begun, begun[1][2], "")


def _stay(line: Line, joined: str, left: str) -> Line:
    place, cells = line
    return place, [cells[0], joined, left, "", _mail(cells), ""]
