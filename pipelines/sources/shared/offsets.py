"""Lists by limit and offset. Somebody who leaves while the list is read moves the others up, and one of them is missed: pages overlap by one, so that it shows."""

from collections.abc import Callable, Iterator
from typing import Any

from pipelines.sources.remote.fetching import StartOver

MOVED = "the list changed while it was read"
Ask = Callable[[int], tuple[int | None, list[dict[str, Any]]]]
"""Offset -> how many records the system says there are (None where it doesn't say) and those from there on."""


def offset_pages(
    ask: Ask, key: Callable[[dict[str, Any]], str], size: int, token: Any
) -> Iterator[tuple[list[dict[str, Any]], Any, int | None]]:
    """New records, token of the next page and total of every page. size: records asked for at a time, two at least. Raises `StartOver` where the last record of a page no longer stands before the next."""
    start, last = token or (0, None)
    while True:
        before = 0 if last is None else 1
        total, records = ask(start - before)
        if before and (not records or key(records[0]) != last):
            raise StartOver(MOVED)
        new = records[before:]
        start, last = start + len(new), key(new[-1]) if new else last
        ends = len(records) < size if total is None else start >= total
        if not new and not ends:
            raise StartOver(MOVED)
        yield new, None if ends else [start, last], total
        if ends:
            return
