"""Every source of the workspace, tried without being loaded: the same steps and the same judgement as a run, in a warehouse that goes away."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.checkout import SettingsError
from pipelines.contracts import BY_NAME
from pipelines.loading.gate import Gate
from pipelines.loading.landing import NothingToLand
from pipelines.loading.load import comparable_key, load_source
from pipelines.loading.record import record
from pipelines.loading.source import SourceToLoad
from pipelines.loading.stop_rules import LoadAsks, LoadStopped, Question
from pipelines.loading.trial import trial_warehouse
from pipelines.loading.unknown_people import UnknownPeople, record_unknown_people, unknown_people
from pipelines.settings import settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceRefused
from pipelines.sources_configured import OWN
from pipelines.unforeseen import told_in_one_sentence
from pipelines.warehouse import read_frame, transaction
from pipelines.workspace_entries import SourceSettings
from pipelines.workspace_loads import acceptance, day_of, to_try

SAMPLE_ROWS = 2


@dataclass
class Tried:
    """What one source showed: gates and a few rows by table, columns that hold nothing, findings, the problem in words, and the questions at which a run would stop."""

    source_id: str
    gates: Mapping[str, Gate] = field(default_factory=dict)
    rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    filled: dict[str, frozenset[str]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    problem: str | None = None
    questions: list[Question] = field(default_factory=list)


@contextmanager
def tried_sources(
    sources: Sequence[SourceSettings], *, go_on: bool = False
) -> Iterator[tuple[list[Tried], duckdb.DuckDBPyConnection]]:
    """What every source showed, whatever happened to the others, and the warehouse in which they were tried. go_on: look on behind questions, as if they were answered with yes."""
    workspace = settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        trial_warehouse(workspace.warehouse, workspace.vault) as (warehouse, note),
    ):
        tried = [Tried(source.source_id, findings=[note] if note else []) for source in sources]
        ready = [_ready(source, Path(folder) / str(n), tried[n]) for n, source in enumerate(sources)]
        read_whole = [source for source in ready if source and not source.is_sample]
        day = day_of([source for source in ready if source])
        for entry, source, one in zip(ready, sources, tried, strict=True):
            if entry is not None:
                _try(warehouse, entry, source, day, one, go_on=go_on)
        if len(read_whole) == len(ready) and not any(one.problem for one in tried):
            _tell_unknown_people(warehouse, tried, unknown_people(warehouse, read_whole, workspace.hash_key, day))
        yield tried, warehouse


def _ready(source: SourceSettings, folder: Path, tried: Tried) -> SourceToLoad | None:
    try:
        return to_try(source, folder)
    except Exception as problem:
        tried.problem = _problem(problem, source.source_id)
        return None


def _try(
    warehouse: duckdb.DuckDBPyConnection,
    entry: SourceToLoad,
    source: SourceSettings,
    as_of: date,
    tried: Tried,
    *,
    go_on: bool,
) -> None:
    key = settings().hash_key
    try:
        with transaction(warehouse):
            load, questions = load_source(
                warehouse, entry, key=key, as_of=as_of, comparable=comparable_key(warehouse, key)
            )
            tried.questions = acceptance().unanswered(questions)
            if tried.questions and not go_on:
                raise LoadAsks(tried.questions)
            record(warehouse, load, as_of)
            tried.gates = load.gates
            _look(warehouse, tried)
    except Exception as problem:
        tried.problem = _problem(problem, source.source_id)
        return
    if source.source_id not in OWN:
        connector = CONNECTORS[source.connector]
        tried.findings += [f"option not read: {name}" for name in connector.unknown_options(source.options)]
        tried.findings += [f"option of another type: {words}" for words in connector.wrong_options(source.options)]
    tried.findings += [
        f"{found['kind'].replace('_', ' ')}: {found['subject']} ({found['detail']})" for found in load.findings
    ]


def _tell_unknown_people(
    warehouse: duckdb.DuckDBPyConnection, tried: Sequence[Tried], unknown: Sequence[UnknownPeople]
) -> None:
    """Whom the sources name and no list of people knows; only where every source was read whole, since else the list may lack people."""
    by_source = {one.source_id: one for one in tried}
    for found in unknown:
        one = by_source.get(found.source_id)
        if one is not None:
            one.findings.append(f"unknown people: {found.words}")
    for question in acceptance().unanswered(record_unknown_people(warehouse, unknown)):
        if question.subject in by_source:
            by_source[question.subject].questions.append(question)
            by_source[question.subject].problem = str(LoadAsks([question]))


def _look(warehouse: duckdb.DuckDBPyConnection, tried: Tried) -> None:
    """A few rows of every table, and which of its columns hold anything."""
    for name in tried.gates:
        table = BY_NAME[name]
        names = [column.name for column in table.columns if column.pii != "P2"]
        query = f"select {{}} from {table.address} where source_instance = ? and not is_deleted"
        shown = query.format(", ".join(names)) + f" limit {SAMPLE_ROWS}"
        tried.rows[name] = read_frame(warehouse, shown, [tried.source_id])
        counts = ", ".join(f"count({column}) > 0" for column in names)
        filled = warehouse.execute(query.format(counts), [tried.source_id]).fetchall()[0]
        tried.filled[name] = frozenset(column for column, is_filled in zip(names, filled, strict=True) if is_filled)


def _problem(problem: Exception, source_id: str) -> str:
    if isinstance(problem, SourceRefused | SettingsError | NothingToLand | LoadStopped):
        return str(problem)
    return told_in_one_sentence(problem, f"check of {source_id}", settings().data)
