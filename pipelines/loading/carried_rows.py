"""Rows of a source's last load that still hold, carried into the next one without being read again; only what changed is mapped and judged.

Carried is only what adds up: for every table, the rows and refused records of the kept files must be as many as their records that still hold. Otherwise (repeats,
contradictions, a row that holds again) the source is read whole.
"""

import filecmp
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from pipelines.contracts import BY_NAME, Table
from pipelines.loading.gate import Gate
from pipelines.loading.reading import landed_files
from pipelines.loading.source import SourceToLoad
from pipelines.loading.standing import OWN
from pipelines.loading.vault import PERSONS, QUARANTINED_ROWS
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Changes

BETWEEN_ROWS = "contradicting_key"
"""The rule whose records are refused for another row's sake: when that one goes, they may be loaded."""


@dataclass(frozen=True)
class CarriedRows:
    """What of the load `earlier` goes into the load `load_id` of the same source."""

    warehouse: duckdb.DuckDBPyConnection
    source_id: str
    load_id: str
    earlier: str
    changes: Changes

    def add_up(self) -> bool:
        """Whether every record of the kept files that still holds is accounted for by the earlier load."""
        return all(self._adds_up(BY_NAME[table], number) for table, number in self.changes.held.items())

    def _adds_up(self, table: Table, number: int) -> bool:
        refused = self._refused(table)
        if (refused["rule"] == BETWEEN_ROWS).any():
            return False
        return self._number(table) + refused.height == number

    def write(self, stamp: Callable[[pl.DataFrame], pl.DataFrame]) -> dict[str, Gate]:
        """Make the rows rows of the new load, where they stand; the gates of their tables, which have counted them. stamp: puts the columns of lineage beside rows."""
        lineage = stamp(pl.DataFrame({"__": [0]})).select("load_id", "extracted_at").row(0)
        kept, gone = self._kept, self._gone  # noqa: F841  (found by their names)
        gates: dict[str, Gate] = {}
        for name in self.changes.held:
            table = BY_NAME[name]
            gates[name] = Gate(table, first_file=self._first_file(table))
            gates[name].carry(self._number(table), self._refused(table))
            self.warehouse.execute(
                f"update {table.address} as rows set load_id = ?, extracted_at = ? where {self._standing}",
                [*lineage, *self._earlier],
            )
        self._forget_names_of_others()
        return gates

    def findings(self) -> list[dict[str, Any]]:
        """What the earlier load found in the kept files; which rows are gone is found anew."""
        kept = self._kept  # noqa: F841  (found by its name)
        query = """
            select kind, table_name, subject, detail from quality.findings
            where source_id = ? and load_id = ? and exists (select 1 from kept where starts_with(subject, kept.source_file || ': '))
        """
        names = ("kind", "table", "subject", "detail")
        return [dict(zip(names, row, strict=True)) for row in self.warehouse.execute(query, self._earlier).fetchall()]

    def _forget_names_of_others(self) -> None:
        """Only names of people whose rows are carried stay in the vault: a changed row brings its own, or none any more."""
        self.warehouse.execute(
            f"delete from {PERSONS} where source_instance = ? and person_id not in "
            f"(select person_id from {BY_NAME['persons'].address} where {OWN} and not is_deleted)",
            [self.source_id, self.source_id, self.load_id],
        )

    @property
    def _earlier(self) -> list[str]:
        return [self.source_id, self.earlier]

    @property
    def _standing(self) -> str:
        return """rows.source_instance = ? and rows.load_id = ? and not rows.is_deleted and rows.source_file in (select source_file from kept)
            and not exists (select 1 from gone where gone.source_file = rows.source_file and gone.source_line = rows.source_line)"""

    @property
    def _kept(self) -> pa.Table:
        return pl.DataFrame({"source_file": self.changes.kept}).to_arrow()

    @property
    def _gone(self) -> pa.Table:
        return self.changes.gone.to_arrow()

    def _first_file(self, table: Table) -> str | None:
        """The kept file of the table's first row."""
        kept, gone = self._kept, self._gone  # noqa: F841
        query = f"select distinct rows.source_file from {table.address} as rows where {self._standing}"
        found = {row[0] for row in self.warehouse.execute(query, self._earlier).fetchall()}
        return next((file for file in self.changes.kept if file in found), None)

    def _number(self, table: Table) -> int:
        kept, gone = self._kept, self._gone  # noqa: F841
        query = f"select count(*) from {table.address} as rows where {self._standing}"
        return int(self.warehouse.execute(query, self._earlier).fetchall()[0][0])

    def _refused(self, table: Table) -> pl.DataFrame:
        """The refused records of the kept files that still stand, as `refusal_words` gives them."""
        kept, gone = self._kept, self._gone  # noqa: F841
        query = f"""
            select rows.source_file, rows.source_line, rows.rule, rows.reason, rows.remedy, texts.raw_text
            from quality.quarantine as rows
            left join (select distinct * from {QUARANTINED_ROWS} where source_id = ? and load_id = ?) as texts
                using (load_id, source_id, table_name, source_file, source_line)
            where rows.source_id = ? and rows.load_id = ? and rows.table_name = ? and rows.source_file in (select source_file from kept)
                and not exists (select 1 from gone where gone.source_file = rows.source_file and gone.source_line = rows.source_line)
        """
        return self.warehouse.sql(query, params=[*self._earlier, *self._earlier, table.name]).pl()


def carried_rows(warehouse: duckdb.DuckDBPyConnection, source: SourceToLoad, as_of: date) -> CarriedRows | None:
    """What of the last load can stay; None where it was read by other rules or corrected, the connector can't tell, or it doesn't add up."""
    read_changes = CONNECTORS[source.connector].changes
    if read_changes is None or source.corrections:
        return None
    landed = source.landed
    query = "select load_id from quality.loads where source_id = ? and is_current and mapping_hash = ? and load_id <> ?"
    earlier = warehouse.execute(query, [source.source_id, landed.mapping_hash, landed.load_id]).fetchall()
    if not earlier:
        return None
    before = landed.folder.with_name(earlier[0][0])
    known = [name for name in landed.files if (before / name).is_file()]
    known = [name for name in known if filecmp.cmp(before / name, landed.folder / name, shallow=False)]
    options = {**source.options, "as_of": as_of}
    changes = read_changes(landed_files(source), options, frozenset(known))
    if changes is None:
        return None
    carried = CarriedRows(warehouse, source.source_id, landed.load_id, earlier[0][0], changes)
    return carried if carried.add_up() else None
