"""When a list of pages is refused because it would never end: a token or a page that comes again, more records than the system said there are, pages without number.

Paging is the system's promise, and systems break it: a next link that names its own page, a parameter that is ignored, a total that grows with every answer. Each rule
looks only at what an honest system can't do, so that a long list is never taken for an endless one.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.extraction import Page

MOST_PAGES = 20_000  # of one stream; a million people in pages of 100 take half of it
MOST_EMPTY_PAGES = 500  # in a row: filters of a system may empty many pages, but not this many
GROWTH = 1.1  # records beyond the first total that may have been added while a list was read


@dataclass
class PageLimits:
    """What one stream has shown so far. `journal`: the lines of pages that an earlier run has committed."""

    source_id: str
    stream: str
    journal: Iterable[Mapping[str, Any]] = ()
    most_pages: int = MOST_PAGES
    _tokens: set[str] = field(default_factory=set)
    _contents: set[str] = field(default_factory=set)
    _pages: int = 0
    _rows: int = 0
    _empty: int = 0
    _total: int | None = None

    def __post_init__(self) -> None:
        for line in self.journal:
            if line["stream"] == self.stream:
                self._remember(line["token"], _content(line["sha256"], line.get("part", "")), int(line["rows"]))

    def admit(self, page: Page) -> Page:
        """The page, if the list can still end. Raises `SourceRefused` before anything of a repeat is kept."""
        problem = self._problem(page)
        if problem is not None:
            words, advice = problem
            raise SourceRefused(
                f"Source {self.source_id}: reading {self.stream!r} would never end: {words}. Nothing of the repeats was kept. Next step: {advice}."
            )
        self._total = page.total if self._total is None else self._total
        self._remember(page.token, _content(page.sha256, page.part), page.rows)
        return page

    def _problem(self, page: Page) -> tuple[str, str] | None:
        tell = "tell the system's support; if a proxy stands in between, ask its administrator"
        if page.token is not None and _key(page.token) in self._tokens:
            return "the system named the same next page twice", tell
        if page.rows and _content(page.sha256, page.part) in self._contents:
            return f"page {self._pages + 1} holds the same records as an earlier one", tell
        if self._total is not None and self._rows > self._total * GROWTH:
            return f"it told of {self._total:,} records and has sent {self._rows:,}, with more to come", tell
        if page.token is not None and self._pages + 1 >= self.most_pages:
            return f"{self.most_pages:,} pages came", "ask for larger pages or a shorter period, or raise `max_pages`"
        if page.token is not None and not page.rows and self._empty + 1 >= MOST_EMPTY_PAGES:
            return f"{MOST_EMPTY_PAGES} pages in a row were empty", tell
        return None

    def _remember(self, token: Any, content: str, rows: int) -> None:
        if token is not None:
            self._tokens.add(_key(token))
        if rows:
            self._contents.add(content)
        self._pages += 1
        self._rows += rows
        self._empty = 0 if rows else self._empty + 1


def _content(sha256: str, part: str) -> str:
    return f"{part}|{sha256}"


def _key(token: Any) -> str:
    return json.dumps(token, sort_keys=True, default=str)
