"""A large source's rows into the raw tables part by part, inside the caller's transaction; the same rows as if they had come at once.

The last load's rows stay beside the new ones until all rules have spoken, and are deleted then. One part is written while the next is read.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, TABLES, Table
from pipelines.loading.carried_rows import EARLIER, OWN, CarriedRows
from pipelines.loading.gate_in_parts import GateInParts
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.sources.records import Extract, TableBatch
from pipelines.warehouse import append_rows, replace_rows

MEMORY = "256MB"


def holds_load(warehouse: duckdb.DuckDBPyConnection, table: Table, source_id: str, load_id: str) -> bool:
    """Whether the table holds rows of this load, which would then be taken for rows of the one that begins."""
    return bool(
        warehouse.execute(f"select 1 from {table.address} where {OWN} limit 1", [source_id, load_id]).fetchall()
    )


@dataclass(frozen=True)
class _LastLoad:
    """What the last load had of a table: the columns that held values and, of `persons`, how many people."""

    filled: frozenset[str] = frozenset()
    persons: int = 0


@dataclass
class LoadInParts:
    """One load of one source. `stamp`: puts the columns of lineage beside the rows."""

    warehouse: duckdb.DuckDBPyConnection
    source_id: str
    load_id: str
    key: bytes
    stamp: Callable[[pl.DataFrame], pl.DataFrame]
    findings: list[dict[str, Any]] = field(default_factory=list)
    _gates: dict[str, GateInParts] = field(default_factory=dict)
    _before: dict[str, _LastLoad] = field(default_factory=dict)
    _writing: Future[None] | None = None

    @property
    def verdicts(self) -> list[GateInParts]:
        """What was decided, one a table, in order of first appearance."""
        return list(self._gates.values())

    def load(self, extracts: Iterable[Extract], *, comparable: bool, carried: CarriedRows | None = None) -> None:
        """Write every part, then judge the tables as a whole; comparable: whether the last load was made under the same key.

        carried: rows of the last load that still hold and go before the parts. Raises SourceRefused and LoadStopped; what was written until then is
        the caller's to roll back.
        """
        if comparable:
            self._before = {table.name: self._last_load(table) for table in TABLES}
        if carried is None:
            replace_rows(self.warehouse, "vault.persons", pl.DataFrame(), where={"source_instance": self.source_id})
        else:
            self._gates |= carried.write(self.stamp)
            self.findings += carried.findings()
        with self._bounded(), ThreadPoolExecutor(max_workers=1) as writer:
            try:
                for extract in extracts:
                    self.findings += [vars(finding) for finding in extract.findings]
                    for batch in extract.batches:
                        self._take(batch, writer)
            finally:
                self._written()
        for gate in self.verdicts:
            self._judge(gate)
        for table in TABLES:
            self.warehouse.execute(f"delete from {table.address} where {EARLIER}", self._this)
        self._forget_refused_persons()

    @property
    def _this(self) -> list[str]:
        return [self.source_id, self.load_id]

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """DuckDB with one thread and little memory for as long as parts are written.

        Parts are too small to be shared among threads: two take a third more processor time and longer by the clock. And rows of an open
        transaction stay in memory up to the limit, although they could be on disk.
        """
        self.warehouse.execute("set threads = 1")
        with suppress(duckdb.OutOfMemoryException):  # what other sources wrote just now already takes more
            self.warehouse.execute(f"set memory_limit = '{MEMORY}'")
        try:
            yield
        finally:
            # By a connection of its own: an error while writing ends the transaction, and this one then takes nothing but a rollback.
            with self.warehouse.cursor() as settings:
                settings.execute("reset threads")
                settings.execute("reset memory_limit")

    def _written(self) -> None:
        """Wait until the connection is free again. Raises what went wrong in writing."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _take(self, batch: TableBatch, writer: ThreadPoolExecutor) -> None:
        table = BY_NAME[batch.table]
        gate = self._gates.setdefault(table.name, GateInParts(table))
        rows, people = pseudonymise(batch.rows, table, self.key)

        def first_rows(keyed: pl.DataFrame, key: list[str]) -> pl.DataFrame:
            same = " and ".join(f"t.{name} is not distinct from asked.{name}" for name in key)
            asked = keyed.to_arrow()  # noqa: F841  (found by its name, as in append_rows)
            query = f"""
                select asked.__row, t.row_hash as first_hash, t.source_line as first_line
                from asked inner join {table.address} as t on {same}
                where t.source_instance = ? and t.load_id = ?
            """
            schema = {"__row": keyed.schema["__row"], "first_hash": pl.String(), "first_line": pl.Int64()}
            self._written()
            found = self.warehouse.execute(query, self._this).fetchall()
            return pl.DataFrame(found, schema=schema, orient="row").sort("__row")

        loaded = gate.judge(rows, batch.rejects, batch.filtered, first_rows)
        named = people.with_columns(pl.lit(self.source_id).alias("source_instance"))
        self._written()
        self._writing = writer.submit(self._write, table, self.stamp(loaded), named)

    def _write(self, table: Table, rows: pl.DataFrame, named: pl.DataFrame) -> None:
        append_rows(self.warehouse, table.address, rows)
        append_rows(self.warehouse, "vault.persons", named)

    def _last_load(self, table: Table) -> _LastLoad:
        filled = self._filled(table, f"{EARLIER} and not is_deleted")
        if table.name != "persons":
            return _LastLoad(filled)
        query = f"select count(distinct person_id) from {table.address} where {EARLIER} and not is_deleted"
        return _LastLoad(filled, int(self.warehouse.execute(query, self._this).fetchall()[0][0]))

    def _judge(self, gate: GateInParts) -> None:
        """The rules that need the whole table and the last load of it."""
        table = gate.contract
        before = self._before.get(table.name, _LastLoad())
        gone = self._vanished(table) if before.persons else []
        if gate.carries:
            gate.filled |= self._filled(table, OWN)
        gate.stop(len(gone), before.persons, before.filled, source_id=self.source_id)
        if gone:
            self.warehouse.execute(
                f"insert into {table.address} by name select * replace (true as is_deleted, ? as load_id) "
                f"from {table.address} where {EARLIER} and person_id in (select unnest(?))",
                [self.load_id, *self._this, gone],
            )

    def _filled(self, table: Table, which: str) -> frozenset[str]:
        names = [column.name for column in table.columns if column.pii != "P2"]
        counts = ", ".join(f"count({name})" for name in names)
        query = f"select {counts} from {table.address} where {which}"
        found = self.warehouse.execute(query, self._this).fetchall()[0]
        return frozenset(name for name, count in zip(names, found, strict=True) if count)

    def _vanished(self, table: Table) -> list[str]:
        query = f"""
            select distinct person_id from {table.address} as earlier
            where {EARLIER} and not is_deleted and not exists (
                select 1 from {table.address} as now
                where now.source_instance = ? and now.load_id = ? and now.person_id = earlier.person_id
            )
            order by person_id
        """
        return [row[0] for row in self.warehouse.execute(query, [*self._this, *self._this]).fetchall()]

    def _forget_refused_persons(self) -> None:
        """Names of people none of whose rows was loaded don't stay in the vault."""
        for gate in self.verdicts:
            refused = sorted(gate.refused_persons - {None})
            if refused and any(column.pii == "P2" for column in gate.contract.columns):
                self.warehouse.execute(
                    f"delete from vault.persons where source_instance = ? and person_id in (select unnest(?)) and person_id not in "
                    f"(select person_id from {gate.contract.address} where {OWN} and not is_deleted)",
                    [self.source_id, refused, *self._this],
                )
        self.warehouse.execute(
            "delete from vault.persons where source_instance = ? and person_id is null", [self.source_id]
        )
