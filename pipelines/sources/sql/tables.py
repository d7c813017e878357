"""Tables of a database as streams of pages: keyset paging, only the columns that the mapping reads, changes with a lag, and keys to find what was deleted.

A page is Parquet. Paging by the key needs no open transaction, so that a read that broke goes on behind the last key; a row that changes meanwhile comes again
with the next changes.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from pipelines.sources.conversions import as_list
from pipelines.sources.delimited_head import normalised
from pipelines.sources.mapped_files.columns_read import columns_read
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.extraction import CHANGES, Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.sql import mysql
from pipelines.sources.sql.database import Database, as_token, from_token, named_table, open_database, selected

PAGE_ROWS = 100_000
LAG_MINUTES = 60.0
AHEAD = timedelta(days=1)  # local times without a zone may be so far ahead of UTC
KEYS = "__keys"
BEGIN = "begin"
"""Where the rows with a key begin."""


@dataclass(frozen=True)
class ReadTable:
    """One table of the workspace file: `name` is what the mapping's `match:` says, `key` tells its rows apart, `updated_at` tells changes.

    compares_keys: between full reads all keys are read, so that deleted rows show at once and not a week later.
    """

    name: str
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    updated_at: str | None
    lag: timedelta
    page_rows: int
    compares_keys: bool = True

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that the workspace file names itself."""
        return (*self.key, *([self.updated_at] if self.updated_at else []))


def read_tables(source_id: str, options: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[ReadTable]:
    """The option `tables`, checked against the mapping. Raises `SourceRefused`."""
    entries = {str(entry["match"]): entry for entry in mapping.get("files", [])}
    found = []
    for given in options.get("tables") or []:
        name = str(given.get("name") or given.get("table", ""))
        if name not in entries or not given.get("key"):
            raise SourceRefused(
                f"Source {source_id}: table {name!r} has no `key`, or no entry of the mapping has `match: {name}`. Next step: add it; see docs/sources/sql.md."
            )
        found.append(
            ReadTable(
                name,
                str(given.get("table", name)),
                tuple(str(column) for column in as_list(given["key"])),
                tuple(columns_read(entries[name])),
                given.get("updated_at"),
                timedelta(minutes=float(given.get("lag_minutes", LAG_MINUTES))),
                int(given.get("page_rows", options.get("page_rows", PAGE_ROWS))),
                bool(given.get("compare_keys", True)),
            )
        )
    if not found:
        raise SourceRefused(f"Source {source_id} names no `tables`. Next step: list them; see docs/sources/sql.md.")
    return found


def streams(context: Context) -> list[Stream]:
    """For every table its rows, and between full reads all its keys: a key that is no longer there is a deleted row."""
    found = []
    for table in read_tables(context.source_id, context.options, context.mapping):
        found.append(_row_stream(context, table))
        if table.updated_at and table.compares_keys:
            found.append(_key_stream(context, table))
    return found


def _row_stream(context: Context, declared: ReadTable) -> Stream:
    def pages(database: Database, plan: Plan, token: Any) -> Iterator[Page]:
        types, table, wanted = _columns(context, database, declared)
        since = plan.cursor.get(table.name) if plan.mode == CHANGES and table.updated_at else None
        # Taken before the first page: what changes while the pages are read belongs to the next run.
        cursor = {table.name: _newest(database, table, types, plan)} if table.updated_at and token is None else {}
        condition = None
        if since and table.updated_at:
            moment = from_token(since, types[table.updated_at]) - table.lag
            clock = sa.column(table.updated_at, types[table.updated_at])
            # A row without a stamp may have changed at any time: it comes each time.
            condition = sa.or_(clock >= sa.literal(moment, types[table.updated_at]), clock.is_(None))
        yield from _pages(database, table, wanted, types, condition, token, cursor)

    return Stream(declared.name, pages)


def _key_stream(context: Context, declared: ReadTable) -> Stream:
    def pages(database: Database, plan: Plan, token: Any) -> Iterator[Page]:
        if plan.mode != CHANGES:
            return
        types, table, _ = _columns(context, database, declared)
        yield from _pages(database, table, list(table.key), types, None, token, {})

    return Stream(declared.name + KEYS, pages)


def _columns(
    context: Context, database: Database, table: ReadTable
) -> tuple[dict[str, sa.types.TypeEngine[Any]], ReadTable, list[str]]:
    """All columns of the table with their types, the table with key and clock in its own spelling, and what of it is read."""
    types = database.columns(table.table)
    spelled = {normalised(name): name for name in types}
    own = {name: name if name in types else spelled.get(normalised(name)) for name in table.named}
    missing = [name for name, found in own.items() if found is None]
    if missing:
        raise SourceRefused(
            f"Source {context.source_id}: {table.table} has no column {', '.join(map(repr, missing))}; it has {', '.join(types)}. "
            "Next step: correct `key` or `updated_at` of the table."
        )
    clock = table.updated_at and own[table.updated_at]
    if clock and not isinstance(types[clock], sa.DateTime | sa.Date):
        raise SourceRefused(
            f"Source {context.source_id}: {table.table}.{clock} (`updated_at`) is {types[clock]!s} and no time, so nothing can be said to have changed since. "
            "Next step: leave `updated_at` out, so that the table is read whole, or name a view that casts it to a timestamp."
        )
    found = replace(table, key=tuple(own[name] or name for name in table.key), updated_at=clock)
    wanted = [spelled[normalised(name)] for name in table.columns if normalised(name) in spelled]
    return types, found, list(dict.fromkeys([*found.key, *wanted]))


def _newest(database: Database, table: ReadTable, types: Mapping[str, sa.types.TypeEngine[Any]], plan: Plan) -> Any:
    """The newest stamp up to now. One that lies ahead (a clock that is wrong, a change that is planned) would hide all changes until then; its row comes each time."""
    assert table.updated_at is not None
    kind = types[table.updated_at]
    latest: Any = plan.started + AHEAD
    if isinstance(kind, sa.Date):
        latest = latest.date()
    elif not getattr(kind, "timezone", False):
        latest = latest.replace(tzinfo=None)
    column: sa.ColumnElement[Any] = sa.column(table.updated_at, kind)
    newest = database.frame(
        sa.select(sa.func.max(column).label("newest"))
        .select_from(named_table(table.table, table.updated_at))
        .where(column <= sa.literal(latest, kind))
    )
    value = newest["newest"][0]
    return as_token(value) if isinstance(value, datetime) or value is None else str(value)


def _pages(
    database: Database,
    table: ReadTable,
    wanted: Sequence[str],
    types: Mapping[str, sa.types.TypeEngine[Any]],
    condition: sa.ColumnElement[bool] | None,
    token: Any,
    cursor: Mapping[str, Any],
) -> Iterator[Page]:
    source = named_table(table.table, *types)
    keys = [mysql.ordered(sa.column(name, types[name]), types[name]) for name in table.key]
    asked: Any = sa.select(*(selected(name, types) for name in wanted)).select_from(source)
    if condition is not None:
        asked = asked.where(condition)
    if token is None:
        yield from _without_key(database, asked, keys, table.page_rows, cursor)
    token = None if token == BEGIN else token
    while True:
        statement = asked.where(*(key.is_not(None) for key in keys)).order_by(*keys)
        if token is not None:
            last = [from_token(value, types[name]) for name, value in zip(table.key, token, strict=True)]
            statement = statement.where(_after(keys, last))
        frame = database.frame(statement.limit(table.page_rows + 1))  # one more tells whether there is a next page
        is_last = frame.height <= table.page_rows
        _refuse_parted_key(table, frame, is_last=is_last)
        frame = frame.head(table.page_rows)
        token = None if is_last else [as_token(frame[name][-1]) for name in table.key]
        yield Page(_parquet(frame), frame.height, token, cursor, "parquet")
        if is_last:
            return


def _without_key(
    database: Database, asked: Any, keys: Sequence[sa.ColumnElement[Any]], most: int, cursor: Mapping[str, Any]
) -> Iterator[Page]:
    """Rows whose key is empty stand behind no key, so they come before all pages: they are rejected and counted, not passed over."""
    frame = database.frame(asked.where(sa.or_(*(key.is_(None) for key in keys))).limit(most))
    if frame.height:
        yield Page(_parquet(frame), frame.height, BEGIN, cursor, "parquet")


def _refuse_parted_key(table: ReadTable, frame: pl.DataFrame, *, is_last: bool) -> None:
    """Raise `SourceRefused` where rows of one key stand on both sides of a page's end: those behind it would never be read."""
    columns = list(table.key)
    if not is_last and frame.select(columns).row(-1) == frame.select(columns).row(-2):
        raise SourceRefused(
            f"{table.table}: {', '.join(columns)} is no key of it, since several rows share one, and pages end between them. "
            "Next step: name under `key:` the columns that together tell its rows apart."
        )


def _after(keys: Sequence[sa.ColumnElement[Any]], last: Sequence[Any]) -> sa.ColumnElement[bool]:
    """(a, b) > (x, y), spelled out for the databases that have no row values."""
    steps = []
    for place, key in enumerate(keys):
        equal = [other == sa.literal(last[before], other.type) for before, other in enumerate(keys[:place])]
        steps.append(sa.and_(*equal, key > sa.literal(last[place], key.type)))
    return sa.or_(*steps)


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


SYSTEM = RemoteSystem(open_database, streams, incremental=True)
