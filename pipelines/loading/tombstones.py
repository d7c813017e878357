"""People who were erased, as keyed hashes of their pseudonyms: their records are left out of every later load, and counted.

The file tells nobody who they are: without the key a hash can't be made from a name or an address, and it isn't the pseudonym that older copies of the warehouse hold.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import Table
from pipelines.loading.pseudonyms import pseudonym
from pipelines.sources.records import TableBatch
from pipelines.whole_files import write_whole

REASON = "erased at the person's request"
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


OF_SEVERAL = frozenset({"sessions", "session_participants"})
"""Tables whose record may be of many people: where one is erased, the record stays without them."""


MENTIONS = frozenset({"manager_person_id"})
"""References by which a record of somebody else only mentions a person: the record stays without the reference."""


@dataclass(frozen=True)
class FoundAgain:
    """One record of an erased person, or with a mention of them, that a source has delivered: where it stands, and what in it is theirs. line: None where the record is of others too."""

    source_id: str
    file: str
    line: int | None
    text: str | None
    words: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    name: tuple[str, str] | None = None
    is_mention: bool = False


@dataclass
class Tombstones:
    """hashes: of the erased pseudonyms. found: the records that were left out in this load."""

    hashes: frozenset[str] = frozenset()
    found: list[FoundAgain] = field(default_factory=list)

    def without(
        self, source_id: str, table: Table, batch: TableBatch, rows: pl.DataFrame, key: bytes
    ) -> tuple[TableBatch, pl.DataFrame]:
        """The batch and its pseudonymised rows without erased people, who are counted among what is left out on purpose."""
        if not self.hashes:
            return batch, rows
        names = [column.name for column in table.columns if column.reference and column.name in rows.columns]
        erased = self._erased(rows, names, key)
        rows = self._without_mentions(source_id, table, batch, rows, erased)
        told = [pl.col(name).is_in(erased).fill_null(value=False) for name in names if name not in MENTIONS]
        gone = (
            rows.select(pl.any_horizontal(told).alias("gone"))["gone"]
            if told
            else pl.repeat(False, rows.height, eager=True)
        )
        rejected = pl.Series([self._is_told(text, key) for text in batch.rejects["raw_text"]], dtype=pl.Boolean)
        number = int(gone.sum()) + int(rejected.sum())
        if not number:
            return batch, rows
        plain = batch.rows.filter(gone).iter_rows(named=True)
        self.found += [
            _found(source_id, table, row, [name for name in names if one[name] in erased], is_mention=False)
            for row, one in zip(plain, rows.filter(gone).iter_rows(named=True), strict=True)
        ]
        self.found += [
            FoundAgain(
                source_id,
                row["source_file"],
                row["source_line"],
                row["raw_text"],
                self._addresses(row["raw_text"], key),
            )
            for row in batch.rejects.filter(rejected).iter_rows(named=True)
        ]
        left_out = pl.concat([batch.filtered, pl.DataFrame({"reason": [REASON], "rows": [number]})])
        kept = TableBatch(batch.table, batch.rows.filter(~gone), batch.rejects.filter(~rejected), left_out, batch.ids)
        return kept, rows.filter(~gone)

    def _without_mentions(
        self, source_id: str, table: Table, batch: TableBatch, rows: pl.DataFrame, erased: list[str]
    ) -> pl.DataFrame:
        """The rows with nothing in the place of references that only mention an erased person."""
        for name in MENTIONS & set(rows.columns):
            told = rows.select(pl.col(name).is_in(erased).fill_null(value=False))[name]
            self.found += [
                _found(source_id, table, row, [name], is_mention=True)
                for row in batch.rows.filter(told).iter_rows(named=True)
            ]
            rows = rows.with_columns(pl.when(told).then(None).otherwise(pl.col(name)).alias(name))
        return rows

    def _erased(self, rows: pl.DataFrame, names: list[str], key: bytes) -> list[str]:
        """Those of the people named in `rows` who were erased."""
        people = {person for name in names for person in rows[name].drop_nulls().unique()}
        return sorted(person for person in people if hash_of(person, key) in self.hashes)

    def _is_told(self, text: str | None, key: bytes) -> bool:
        """Whether a record that could not be read holds an erased person's address."""
        return bool(self._addresses(text, key))

    def _addresses(self, text: str | None, key: bytes) -> frozenset[str]:
        found = {address.lower() for address in _ADDRESS.findall(text or "")}
        return frozenset(one for one in found if hash_of(pseudonym(f"email:{one}", key), key) in self.hashes)


def _found(source_id: str, table: Table, row: dict[str, Any], names: list[str], *, is_mention: bool) -> FoundAgain:
    """row: as its connector gave it. names: its columns that hold an erased person."""
    values = [str(row[name]).partition(":") for name in names]
    addresses = {value for kind, _, value in values if kind == "email"}
    own = {column.name: row.get(column.name) for column in table.columns if column.pii == "P2" and not is_mention}
    addresses |= {value for name, value in own.items() if name.startswith("email") and value}
    given, family = own.get("given_name"), own.get("family_name")
    return FoundAgain(
        source_id,
        row["source_file"],
        None if table.name in OF_SEVERAL else row["source_line"],
        row["raw_text"],
        frozenset(addresses),
        frozenset(value for _, _, value in values),
        (given, family) if given and family else None,
        is_mention,
    )


def hash_of(person: str, key: bytes) -> str:
    """What stands for a pseudonym among the tombstones."""
    return pseudonym(f"erased:{person}", key)


def tombstones(path: Path) -> Tombstones:
    """All tombstones of a workspace; none where nobody was erased."""
    return Tombstones(frozenset(json.loads(path.read_text(encoding="ascii"))) if path.exists() else frozenset())


def add_tombstones(path: Path, hashes: Iterable[str]) -> None:
    """Add hashes to those that are kept."""
    known = tombstones(path).hashes | frozenset(hashes)
    write_whole(path, json.dumps(sorted(known), indent=0) + "\n", mode=0o600)
