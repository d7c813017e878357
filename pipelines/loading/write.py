"""One source's rows into the raw tables, part by part, inside the caller's transaction.

The last load's rows stay beside the new ones until all rules have spoken, and are deleted then. One part is written while the next is read.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, Table
from pipelines.duckdb_config import memory_limit
from pipelines.loading.carried_rows import CarriedRows
from pipelines.loading.changed_columns import changed_columns
from pipelines.loading.gate import Gate
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.loading.source import SourceToLoad
from pipelines.loading.standing import EARLIER, OWN, standing, step_aside, tables_held
from pipelines.loading.stop_rules import Question, Standing, questions_about
from pipelines.loading.tombstones import Tombstones
from pipelines.loading.vault import PERSONS
from pipelines.sources.records import Extract, TableBatch
from pipelines.warehouse import append_rows, replace_rows

MEMORY = "256MB"


@dataclass
class SourceLoad:
    """One load of one source: what was decided about its rows, one gate a table in order of first appearance, and what was found."""

    warehouse: duckdb.DuckDBPyConnection
    source: SourceToLoad
    key: bytes
    tombstones: Tombstones = field(default_factory=Tombstones)
    findings: list[dict[str, Any]] = field(default_factory=list)
    gates: dict[str, Gate] = field(default_factory=dict)
    _before: dict[str, Standing] = field(default_factory=dict)
    _writing: Future[None] | None = None

    @property
    def verdicts(self) -> list[Gate]:
        """What was decided, by table."""
        return list(self.gates.values())

    def write(self, extracts: Iterable[Extract], carried: CarriedRows | None = None) -> None:
        """Write every part beside the rows of the last load. carried: rows of it that still hold and go before the parts.

        Raises SourceRefused; what was written until then is the caller's to roll back.
        """
        held = tables_held(self.warehouse, self._this[0])
        step_aside(self.warehouse, held, *self._this)
        self._before = {table.name: self._standing(table, is_own=False) for table in held}
        if carried is None:
            replace_rows(self.warehouse, PERSONS, pl.DataFrame(), where={"source_instance": self._this[0]})
        else:
            self.gates |= carried.write(self.source.stamped)
            self.findings += carried.findings()
        with self._bounded(), ThreadPoolExecutor(max_workers=1) as writer:
            try:
                for extract in extracts:
                    self.findings += [vars(finding) for finding in extract.findings]
                    for batch in extract.batches:
                        self._take(batch, writer)
            finally:
                self._written()
        self._forget_refused_persons()

    def questions(self, *, comparable: bool) -> list[Question]:
        """What must be asked before the last load is replaced. comparable: whether its pseudonyms were made under the same key. Raises LoadStopped where most rows are bad."""
        bad_rows = [question for gate in self.verdicts if (question := gate.question(*self._this))]
        if self.source.is_sample:
            return bad_rows
        tables = [BY_NAME[name] for name in self._before]
        asked = [q for table in tables for q in self._questions_about(table, comparable=comparable)]
        return bad_rows + asked + (self._rewritten(tables, asked) if comparable else [])

    def _rewritten(self, tables: Iterable[Table], asked_already: Iterable[Question]) -> list[Question]:
        """What must be asked of whole columns that came otherwise; what is only told joins the findings."""
        questions: list[Question] = []
        for table in tables:
            rows = self._before[table.name].rows
            is_missed = any(f"/{table.name}/rows_gone/" in question.key for question in asked_already)
            asked, told = changed_columns(self.warehouse, table, *self._this, rows_before=rows, is_missed=is_missed)
            questions += asked
            self.findings += [vars(finding) for finding in told]
        return questions

    def replace_the_last_load(self, *, comparable: bool) -> None:
        """Delete the last load's rows; people who are no longer delivered stay, marked as deleted."""
        persons = BY_NAME["persons"]
        if comparable and persons.name in self._before:
            self.warehouse.execute(
                f"insert into {persons.address} by name select * replace (true as is_deleted, ? as load_id) "
                f"from {persons.address} where {EARLIER} and person_id in (select unnest(?))",
                [self._this[1], *self._this, self._people_gone(since="ever")],
            )
        for name in self._before:
            self.warehouse.execute(f"delete from {BY_NAME[name].address} where {EARLIER}", self._this)

    @property
    def _this(self) -> list[str]:
        return [self.source.source_id, self.source.landed.load_id]

    def _standing(self, table: Table, *, is_own: bool) -> Standing:
        source_id, load_id = self._this
        return standing(self.warehouse, table, source_id, load_id, is_own=is_own)

    def _questions_about(self, table: Table, *, comparable: bool) -> list[Question]:
        before = self._before[table.name]
        if not before.rows:
            return []
        gate = self.gates.get(table.name)
        after = replace(self._standing(table, is_own=True), file=gate.first_file if gate else None)
        gone = len(self._people_gone()) if comparable and table.name == "persons" else 0
        source_id, load_id = self._this
        return questions_about(table, before, after, people_gone=gone, source_id=source_id, load_id=load_id)

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
                settings.execute(f"set memory_limit = '{memory_limit()}'")

    def _written(self) -> None:
        """Wait until the connection is free again. Raises what went wrong in writing."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _take(self, batch: TableBatch, writer: ThreadPoolExecutor) -> None:
        table = BY_NAME[batch.table]
        gate = self.gates.setdefault(table.name, Gate(table))
        rows, people = pseudonymise(batch.rows, table, self.key)
        batch, rows = self.tombstones.without(self._this[0], table, batch, rows, self.key)
        if "person_id" in people.columns and "person_id" in rows.columns:
            people = people.filter(pl.col("person_id").is_in(rows["person_id"].implode()))

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
        named = people.with_columns(pl.lit(self.source.source_id).alias("source_instance"))
        self._written()
        self._writing = writer.submit(self._append, table, self.source.stamped(loaded), named)

    def _append(self, table: Table, rows: pl.DataFrame, named: pl.DataFrame) -> None:
        append_rows(self.warehouse, table.address, rows)
        append_rows(self.warehouse, PERSONS, named)

    def _people_gone(self, since: Literal["the last load", "ever"] = "the last load") -> list[str]:
        """Whom the last load had and this one hasn't; since `ever`, whoever was gone by then included."""
        persons = BY_NAME["persons"].address
        delivered = "true" if since == "ever" else "not is_deleted"
        query = f"""
            select distinct person_id from {persons} as earlier
            where {EARLIER} and {delivered} and not exists (
                select 1 from {persons} as now
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
                    f"delete from {PERSONS} where source_instance = ? and person_id in (select unnest(?)) and person_id not in "
                    f"(select person_id from {gate.contract.address} where {OWN} and not is_deleted)",
                    [self.source.source_id, refused, *self._this],
                )
        self.warehouse.execute(
            f"delete from {PERSONS} where source_instance = ? and person_id is null", [self.source.source_id]
        )
