"""One run against one system: go on where the last one stopped, or begin a new extraction, and leave the complete ones to be landed."""

import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.remote.extraction import (
    CHANGES,
    FULL,
    Extraction,
    Page,
    Plan,
    begin,
    current,
    extractions,
    prune,
)
from pipelines.sources.remote.page_limits import MOST_PAGES, PageLimits
from pipelines.sources.remote.reduction import NotUnderstood
from pipelines.sources.remote.retries import RetryBudget, RetryPolicy, policy_of
from pipelines.sources.remote.secrets import Secrets

STALE_AFTER = timedelta(hours=20)
"""An unfinished extraction older than this is begun anew: its page tokens have run out and its pages are of different days."""

NOT_AS_DOCUMENTED = (NotUnderstood, KeyError, TypeError, AttributeError, IndexError, ValueError)
"""What taking an answer apart raises when its shape isn't the documented one."""

Pages = Callable[[Any, Plan, Any], Iterator[Page]]
"""(session, plan, token) -> pages from `token` on; None is the beginning."""


class StartOver(Exception):
    """The system no longer knows the cursor or the page: what was fetched for it is dropped and everything is re-read."""


@dataclass(frozen=True)
class Stream:
    """One list of records of a system, for example one table. `name` is part of its pages' file names."""

    name: str
    pages: Pages


@dataclass(frozen=True)
class Context:
    """What a system's session is opened with. `options` hold resolved secrets; `committed` gives the pages of a stream that this extraction already has."""

    source_id: str
    options: Mapping[str, Any] = field(repr=False)
    secrets: Secrets
    budget: RetryBudget
    mapping: Mapping[str, Any] = field(default_factory=dict, repr=False)
    committed: Callable[[str], list[bytes]] = field(default=lambda _stream: [], repr=False)


@dataclass(frozen=True)
class RemoteSystem:
    """A system that is asked over the network.

    open: a session, closed after the run. streams: what to ask for, in order. incremental: changes can be asked for. keeps_snapshots: it keeps no
    history, so that ours is the sequence of its snapshots.
    """

    open: Callable[[Context], AbstractContextManager[Any]]
    streams: Callable[[Context], list[Stream]]
    incremental: bool = False
    keeps_snapshots: bool = False


@dataclass(frozen=True)
class Fetched:
    """Folders to land, newest first, and what this run brought."""

    folders: tuple[Path, ...]
    pages: int
    rows: int
    waits: int
    mode: str


def fetch(
    system: RemoteSystem,
    source_id: str,
    root: Path,
    options: Mapping[str, Any],
    secrets: Secrets,
    *,
    recipe: str,
    now: Callable[[], datetime],
    say: Callable[[str], None],
    mapping: Mapping[str, Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Bring `root` up to date and name the folders that hold the source's current state.

    options: the workspace's, with secrets as references; `full_every_days` (7) sets when a full extraction, which also finds deleted records, takes the
    place of changes. recipe: hash of what decides the pages; another one begins anew. Raises `SourceRefused`; what was committed stays for the next run.
    """
    context = Context(
        source_id,
        secrets.resolved(source_id, options),
        secrets,
        RetryBudget(policy_of(source_id, options), sleep, now, random.Random(source_id)),
        mapping or {},
    )
    extraction = _extraction(system, root, options, recipe, now())
    before = len(extraction.journal)
    if before:
        say(f"{source_id}: goes on after page {before} ({extraction.rows:,} rows) of an unfinished read")
    try:
        _read(system, context, extraction, say)
    except StartOver as told:
        say(f"{source_id}: {told}; everything is re-read")
        shutil.rmtree(extraction.folder)
        extraction, before = begin(root, extraction.number + 1, Plan(FULL, now().isoformat(), recipe)), 0
        try:
            _read(system, context, extraction, say)
        except StartOver as again:
            raise SourceRefused(
                f"Source {source_id}: {again}, twice in one run. Next step: run again when nobody is changing many records at once."
            ) from None
    prune(extractions(root), keeps_snapshots=system.keeps_snapshots)
    kept = current(extractions(root), keeps_snapshots=system.keeps_snapshots)
    pages = len(extraction.journal) - before
    rows = sum(line["rows"] for line in extraction.journal[before:])
    say(f"{source_id}: {pages} pages, {rows:,} rows ({extraction.mode}), {context.budget.waits} waits")
    return Fetched(
        tuple(extraction.folder for extraction in reversed(kept)), pages, rows, context.budget.waits, extraction.mode
    )


def sample(
    system: RemoteSystem,
    source_id: str,
    root: Path,
    options: Mapping[str, Any],
    secrets: Secrets,
    *,
    now: Callable[[], datetime],
    mapping: Mapping[str, Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[SourceFile]:
    """The first page of every stream, under the names that landed pages have. Nothing is kept beyond `root`. Raises `SourceRefused`."""
    budget = RetryBudget(RetryPolicy(attempts=3, budget_seconds=60), sleep, now, random.Random(source_id))
    context = Context(source_id, secrets.resolved(source_id, options), secrets, budget, mapping or {})
    extraction = begin(root, 1, Plan(FULL, now().isoformat(), "sample"))
    context = replace(context, committed=extraction.pages_of)
    with system.open(context) as session:
        for stream in system.streams(context):
            for page in _understood(context, stream, session, extraction.plan, None):
                extraction.commit(stream.name, replace(page, token=None))
                break
    return [SourceFile(line["file"], (extraction.folder / line["file"]).read_bytes()) for line in extraction.journal]


def _most_pages(options: Mapping[str, Any]) -> int:
    return int(options.get("max_pages") or MOST_PAGES)


def _understood(context: Context, stream: Stream, session: Any, plan: Plan, token: Any) -> Iterator[Page]:
    """The stream's pages. An answer that can't be taken apart is refused in words before anything of it is kept; what was read before stays."""
    try:
        yield from stream.pages(session, plan, token)
    except NOT_AS_DOCUMENTED as problem:
        if isinstance(problem, NotUnderstood):
            words = str(problem)
        elif isinstance(problem, KeyError):
            words = f"a record has no {problem}"
        else:
            words = "something else stands where a record, a number or a time should"
        raise SourceRefused(
            context.secrets.hidden(
                f"Source {context.source_id}: the answer for {stream.name!r} isn't what the system documents ({words[:200]}); nothing of it was kept. "
                "Next step: check the address and the permissions that docs/sources names; the next run goes on where this one stopped."
            )
        ) from problem


def _extraction(system: RemoteSystem, root: Path, options: Mapping[str, Any], recipe: str, now: datetime) -> Extraction:
    """The unfinished extraction to go on with, or a new one."""
    found = extractions(root)
    prune(found, keeps_snapshots=system.keeps_snapshots)
    found = extractions(root)
    last = found[-1] if found else None
    if last is not None and last.completed is None:
        if last.plan.recipe == recipe and now - last.plan.started < STALE_AFTER:
            return last
        shutil.rmtree(last.folder)
        found = found[:-1]
    number = found[-1].number + 1 if found else 1
    return begin(root, number, _plan(system, found, options, recipe, now))


def _plan(
    system: RemoteSystem, found: list[Extraction], options: Mapping[str, Any], recipe: str, now: datetime
) -> Plan:
    """Changes where the system can tell them, the last full read is recent and was made by the same recipe; else everything."""
    fulls = [extraction for extraction in found if extraction.mode == FULL]
    days = timedelta(days=float(options.get("full_every_days", 7)))
    recent = bool(fulls) and now - fulls[-1].plan.started < days and fulls[-1].plan.recipe == recipe
    if system.incremental and recent and found[-1].cursor:
        return Plan(CHANGES, now.isoformat(), recipe, found[-1].cursor)
    return Plan(FULL, now.isoformat(), recipe)


def _read(system: RemoteSystem, context: Context, extraction: Extraction, say: Callable[[str], None]) -> None:
    """Every stream from where it stands to its end, each page committed as it comes; then the extraction is complete."""
    context = replace(context, committed=extraction.pages_of)
    with system.open(context) as session:
        for stream in system.streams(context):
            ended, token = extraction.position(stream.name)
            if ended:
                continue
            limits = PageLimits(context.source_id, stream.name, extraction.journal, _most_pages(context.options))
            for page in _understood(context, stream, session, extraction.plan, token):
                extraction.commit(stream.name, limits.admit(page))
                say(f"{context.source_id}: {stream.name}, {len(extraction.journal)} pages, {extraction.rows:,} rows")
    extraction.complete()
