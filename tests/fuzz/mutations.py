"""How a sample is broken: bytes flipped, cut, doubled and put in, or one value of a JSON record replaced by another shape."""

import json
from random import Random
from typing import Any

INSERTED = (
    b"\x00",
    b'"',
    b"\xff",
    b"\r",
    b"\n\n",
    b",",
    b";",
    b"\t",
    b"\xef\xbb\xbf",
    b"=1+1",
    b"\xe2\x80\x8b",
    b"9" * 400,
)
VALUES: tuple[Any, ...] = (
    None,
    "",
    "text",
    7,
    -1,
    1e400,
    True,
    [],
    ["text"],
    [[]],
    {},
    {"value": "text"},
    "\x00",
    "9" * 400,
    "0001-01-01T00:00:00Z",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "2026-03-29T02:30:00",
    "/Date(99999999999999999)/",
    "N/A",
    "=1+1",
    "\ud800",  # half a surrogate pair
    2.0,
    10**30,
)


def broken_bytes(data: bytes, random: Random) -> bytes:
    """`data` with one to four damages."""
    for _ in range(random.randint(1, 4)):
        at, until = sorted(random.randint(0, len(data)) for _ in range(2))
        until = min(until, at + random.choice((1, 16, 4096)))
        data = random.choice(
            (
                data[:at],
                data[:at] + data[until:],
                data[:until] + data[at:until] + data[until:],
                data[:at] + random.choice(INSERTED) + data[at:],
                data[:at] + bytes(random.randrange(256) for _ in data[at : at + 2]) + data[at + 2 :],
            )
        )
    return data


def broken_record(data: bytes, random: Random) -> bytes:
    """A JSON page in which one value within one record has another shape."""
    page = json.loads(data)
    records = next(value for value in page.values() if isinstance(value, list) and value)
    places = list(_places(records))
    holder, key = random.choice(places)
    holder[key] = random.choice(VALUES)
    return json.dumps(page).encode()


def _places(node: Any) -> Any:
    """Every value below `node`, as the list or object that holds it and its key there."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)
