"""From landed bytes to raw tables: read, pseudonymise, gate, write; all sources in one transaction, so a stopped load changes nothing.

A source whose load is already in the warehouse is left alone; its rows are the same by definition (a load is named by its content).
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.loading.acceptance import Acceptance
from pipelines.loading.carried_rows import carried_rows
from pipelines.loading.identity import identity_findings
from pipelines.loading.pseudonyms import key_fingerprint
from pipelines.loading.reading import extracts_of
from pipelines.loading.record import forget_unconfigured, record
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.source import SourceToLoad
from pipelines.loading.state import read_state, write_state
from pipelines.loading.stop_rules import LoadAsks, Question
from pipelines.loading.tombstones import Tombstones
from pipelines.loading.unknown_people import record_unknown_people, unknown_people
from pipelines.loading.vault import changing_vault
from pipelines.loading.write import SourceLoad
from pipelines.warehouse import read_frame

KEY = "key_fingerprint"
"""In the state of the warehouse: under which key its people are hashed."""


def load_all(
    warehouse: duckdb.DuckDBPyConnection,
    sources: Sequence[SourceToLoad],
    *,
    vault: Path,
    key: bytes,
    as_of: date,
    say: Callable[[str], None],
    acceptance: Acceptance | None = None,
    erased: Tombstones | None = None,
) -> None:
    """Load every source whose content changed, and forget those that aren't among `sources`.

    vault: its file. as_of: the day up to which everything is counted. erased: people who are left out. Raises SourceRefused or LoadStopped before anything is written.
    """
    prepare_schemas(warehouse)
    acceptance = acceptance or Acceptance()
    comparable = comparable_key(warehouse, key)
    with changing_vault(warehouse, vault):
        questions: list[Question] = []
        changed = _changed(warehouse, sources, as_of, say)
        for source in changed:
            load, asked = load_source(warehouse, source, key=key, as_of=as_of, comparable=comparable, erased=erased)
            questions += asked
            record(warehouse, load, as_of)
            say(f"{source.source_id}: {sum(gate.rows_in for gate in load.verdicts):,} records")
        forgotten = forget_unconfigured(warehouse, [source.source_id for source in sources])
        if changed or forgotten:
            questions += record_unknown_people(warehouse, unknown_people(warehouse, sources, key, as_of))
        if unanswered := acceptance.unanswered(questions):
            raise LoadAsks(unanswered)
        write_state(warehouse, KEY, key_fingerprint(key))
        for unused in acceptance.record():
            say(f"--accept {unused}: nothing asks for it")


def comparable_key(warehouse: duckdb.DuckDBPyConnection, key: bytes) -> bool:
    """Whether the pseudonyms in the warehouse were made under `key`, so that people of two loads can be compared."""
    return read_state(warehouse, KEY) == key_fingerprint(key)


def load_source(
    warehouse: duckdb.DuckDBPyConnection,
    source: SourceToLoad,
    *,
    key: bytes,
    as_of: date,
    comparable: bool,
    erased: Tombstones | None = None,
) -> tuple[SourceLoad, list[Question]]:
    """Put one source's rows in the place of those of its last load, inside the caller's transaction, and tell what must be asked before that is kept."""
    load = SourceLoad(warehouse, source, key, erased or Tombstones())
    carried = carried_rows(warehouse, source, as_of) if comparable else None
    load.write(carried.changes.extracts if carried else extracts_of(source, as_of), carried)
    questions = [*_is_older(warehouse, source), *load.questions(comparable=comparable)]
    load.replace_the_last_load(comparable=comparable)
    load.findings += identity_findings(
        warehouse, source.source_id, source.landed.load_id, source.landed.extracted.date(), key
    )
    return load, questions


def _is_older(warehouse: duckdb.DuckDBPyConnection, source: SourceToLoad) -> list[Question]:
    """What must be asked where the files are older than what they would replace: last month's export, delivered again."""
    query = "select extracted_at from quality.loads where source_id = ? and is_current and load_id <> ?"
    found = warehouse.execute(query, [source.source_id, source.landed.load_id]).fetchall()
    if source.is_sample or not found or source.landed.extracted >= found[0][0]:
        return []
    key = f"{source.source_id}/older/{source.landed.load_id[:8]}"
    words = f"these files are of {source.landed.extracted:%d %b %Y %H:%M} UTC, older than what is loaded ({found[0][0]:%d %b %Y %H:%M} UTC); whatever was changed in between would be taken back"
    return [Question(key, source.source_id, words, "put the newest export into the folder")]


def _changed(
    warehouse: duckdb.DuckDBPyConnection, sources: Sequence[SourceToLoad], as_of: date, say: Callable[[str], None]
) -> list[SourceToLoad]:
    """The sources whose rows aren't in the warehouse as they would be loaded."""
    current = read_frame(warehouse, "select source_id, load_id, as_of_date from quality.loads where is_current")
    known = {source_id: (load_id, day) for source_id, load_id, day in current.iter_rows()}
    changed = []
    for source in sources:
        load_id, day = known.get(source.source_id, (None, None))
        if load_id == source.landed.load_id and (day == as_of or not source.is_read_by_the_clock):
            say(f"{source.source_id}: nothing new")
        else:
            changed.append(source)
    return changed
