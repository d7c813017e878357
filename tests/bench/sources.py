"""`make bench-sources`: rows a second from bytes to the raw tables, against the bare read of the same bytes in the same run. Prints JSON.

Every case runs in a process of its own, so that its peak memory is its own. Seconds depend on the machine; only the ratios travel. Never a test.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from pipelines.loading.landing import Landed
from pipelines.loading.load import load_source
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.source import SourceToLoad
from pipelines.loading.vault import draft_vault
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, transaction
from pipelines.workspace_loads import bring, load_sources

KEY = b"a key for measuring, of thirty-two"
NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def mapping(match: str, key: str, table: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"files": [{"match": match, "key": key, "tables": [{"table": table, "columns": columns}]}]}


PERSONS = {
    "person_id": {"from": "id", "reference": "hris"},
    "person_kind": {"const": "employee"},
    "family_name": {"from": "surname"},
    "email_work": {"from": "email", "lower": True},
    "status": {"from": "status", "map": {"A": "active", "I": "inactive"}},
    "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
    "country": {"from": "country"},
}
SESSIONS = {
    "session_id": {"from": "id"},
    "pair_id": {"from": "pair"},
    "scheduled_start_at": {"from": "start", "instant": "%Y-%m-%d %H:%M"},
    "scheduled_tz": {"const": "Europe/Berlin"},
    "status": {"from": "status", "map": {"held": "held", "cancelled": "cancelled"}},
    "status_basis": {"const": "self_report"},
}
SURVEY = {
    "zone": "UTC",
    "respondent": {"column": "ExternalReference", "id_type": "employee_number"},
    "surveys": [
        {
            "file": "survey.csv", "survey_id": "s", "programme_id": "p", "name": "S", "instrument": "i", "wave": "post", "wave_no": 1, "respondent_role": "mentee",
            "anonymity": "identified", "min_group_size": 5,
            "questions": {f"QID{n}": {"stable_code": f"q{n}", "question_kind": "scale_item", "scale_min": 1, "scale_max": 5} for n in range(1, 6)},
        }
    ],
}  # fmt: skip


def people(rows: int) -> pl.DataFrame:
    n = pl.int_range(1, rows + 1, eager=True)
    frame = pl.DataFrame({"n": n})
    return frame.select(
        pl.format("E{}", "n").alias("id"),
        pl.format("Family {}", pl.col("n") % 5000).alias("surname"),
        pl.format("person{}@arbor.example", "n").alias("email"),
        pl.when(pl.col("n") % 10 == 0).then(pl.lit("I")).otherwise(pl.lit("A")).alias("status"),
        # One row in ten thousand has a date that doesn't exist.
        pl.when(pl.col("n") % 10_000 == 0)
        .then(pl.lit("2021-02-30"))
        .otherwise((pl.date(2010, 1, 1) + pl.duration(days=pl.col("n") % 5000)).cast(pl.String))
        .alias("hired"),
        pl.lit("DE").alias("country"),
    )


def sessions(rows: int) -> pl.DataFrame:
    frame = pl.DataFrame({"n": pl.int_range(1, rows + 1, eager=True)})
    start = pl.datetime(2020, 1, 1) + pl.duration(minutes=pl.col("n") * 3)
    return frame.select(
        pl.format("S{}", "n").alias("id"),
        pl.format("P{}", pl.col("n") // 10).alias("pair"),
        start.dt.strftime("%Y-%m-%d %H:%M").alias("start"),
        pl.when(pl.col("n") % 10 == 0).then(pl.lit("cancelled")).otherwise(pl.lit("held")).alias("status"),
    )


def qualtrics(responses: int) -> bytes:
    ids = ["recordedDate", "status", "finished", "_recordId", "ExternalReference", *(f"QID{n}" for n in range(1, 6))]
    head = (
        "\n".join([",".join(ids), ",".join(ids), ",".join('"{""ImportId"":""' + name + '""}"' for name in ids)]) + "\n"
    )
    frame = pl.DataFrame({"n": pl.int_range(1, responses + 1, eager=True)})
    body = frame.select(
        pl.lit("2026-05-01 10:00:00"), pl.lit("0").alias("s"), pl.lit("1").alias("f"), pl.format("R_{}", "n").alias("r"), pl.format("E{}", "n").alias("e"),
        *((pl.col("n") * k % 5 + 1).alias(f"q{k}") for k in range(1, 6)),
    )  # fmt: skip
    return head.encode() + body.write_csv(include_header=False).encode()


@dataclass
class Case:
    """What is measured: making the bytes, the bare read, the connector's options."""

    connector: str
    make: Callable[[int], bytes]
    file: str
    options: Mapping[str, Any]
    rows_a_record: int = 1
    bare_skip: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "csv_by_mapping": Case(
        "mapped_files",
        lambda rows: people(rows).write_csv().encode(),
        "people.csv",
        {"mapping": mapping("people.csv", "id", "persons", PERSONS)},
    ),
    "session_log": Case(
        "mapped_files",
        lambda rows: sessions(rows).write_csv().encode(),
        "sessions.csv",
        {"mapping": {**mapping("sessions.csv", "id", "sessions", SESSIONS), "format": {"zone": "Europe/Berlin"}}},
    ),
    "qualtrics_csv": Case(
        "qualtrics_files", lambda rows: qualtrics(rows // 5), "survey.csv", {"mapping": SURVEY}, bare_skip=2
    ),
}


def loaded(connection: duckdb.DuckDBPyConnection, case: "Case", folder: Path) -> dict[str, int]:
    """The load of one file, by the loader itself; rows by outcome."""
    prepare_schemas(connection)
    draft_vault(connection, None)
    landed_as = Landed("hris", "load", NOW.isoformat(), (case.file,), 0, "", folder, is_new=True)
    source = SourceToLoad("hris", case.connector, {"source_id": "hris", **case.options}, landed_as)
    with transaction(connection):
        load, _ = load_source(connection, source, key=KEY, as_of=NOW.date(), comparable=False)
    counts = [verdict.reconciliation for verdict in load.verdicts]
    return {name: sum(int(count[name]) for count in counts) for name in ("loaded", "quarantined")}


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that draws no progress bar into the JSON."""
    connection = duckdb.connect(str(path))
    connection.execute("set enable_progress_bar = false")
    return connection


def peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def measure_file(name: str, rows: int, folder: str) -> dict[str, Any]:
    """One file: the bare read by DuckDB into a table of text, by Polars, and the load."""
    case = CASES[name]
    path = Path(folder) / case.file
    base = peak_mb()
    with opened(Path(folder) / "load.duckdb") as connection:
        started, started_cpu = time.perf_counter(), time.process_time()
        counts = loaded(connection, case, Path(folder))
        seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    peak = peak_mb()
    started, started_cpu = time.perf_counter(), time.process_time()
    with opened(Path(folder) / "bare.duckdb") as connection:
        connection.execute(
            f"create or replace table t as from read_csv('{path}', all_varchar = true, skip = {case.bare_skip}, header = true)"
        )
    bare = time.perf_counter() - started
    bare_cpu = time.process_time() - started_cpu
    started = time.perf_counter()
    pl.read_csv(path, infer_schema=False, skip_rows=case.bare_skip)
    bare_polars = time.perf_counter() - started
    return {
        "rows": rows, "bytes": path.stat().st_size, "seconds": round(seconds, 2), "rows_a_second": round(rows / seconds), "bare_duckdb_seconds": round(bare, 2),
        "bare_polars_seconds": round(bare_polars, 2), "against_bare_duckdb": round(seconds / bare, 1), "cpu_seconds": round(cpu, 2), "bare_duckdb_cpu_seconds": round(bare_cpu, 2), "cpu_against_bare_duckdb": round(cpu / bare_cpu, 1), "peak_mb": peak, "peak_mb_before": base, **counts,
    }  # fmt: skip


TABLES = [{"name": "people", "table": "people", "key": ["id"], "updated_at": "updated_at", "lag_minutes": 0}]


def fill(url: str, rows: int) -> None:
    """The table `people` of a database, with the time of each row's last change."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "create table people (id text primary key, surname text, email text, status text, hired text, country text, updated_at timestamptz)"
        )
        stamp = pl.lit(NOW - timedelta(days=30)).alias("updated_at")
        cursor.adbc_ingest("people", people(rows).with_columns(stamp).to_arrow(), mode="append")
        cursor.execute("update people set updated_at = updated_at + interval '1 day' where id = 'E1'")
        cursor.execute("create index on people (updated_at)")
        cursor.execute("analyze people")


def change(url: str, rows: int) -> None:
    """One per cent of the rows, and one row gone."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"update people set surname = 'Changed', updated_at = '2026-11-02 12:00+00' where id in (select 'E' || n from generate_series(100, {99 + rows // 100}) n)"
        )
        cursor.execute("delete from people where id = 'E7'")


def bare_sql(url: str, folder: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor for the same rows over Arrow into DuckDB."""
    from adbc_driver_postgresql import dbapi

    started, started_cpu = time.perf_counter(), time.process_time()
    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("select id, surname, email, status, hired, country from people")
        incoming = cursor.fetch_arrow_table()
        with opened(Path(folder) / "bare.duckdb") as bare_connection:
            bare_connection.register("incoming", incoming)
            bare_connection.execute("create table t as from incoming")
    return time.perf_counter() - started, time.process_time() - started_cpu


def in_a_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function` returns, worked out by a fresh process, so that its memory isn't taken for this one's."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        return processes.submit(function, *arguments).result()


def measure_sql(rows: int, folder: str) -> dict[str, Any]:
    """A table of a local PostgreSQL, fetched, landed and loaded as a run does it: everything, everything again, and one per cent of changes."""
    from tests.postgres import running_postgres

    home = Path(folder)
    (home / "programmes").mkdir()
    (home / "mapping.yaml").write_text(yaml.safe_dump(mapping("people", "id", "persons", PERSONS)))

    def run(url: str, page_rows: int) -> dict[str, float]:
        source = {
            "id": "hris", "connector": "sql", "mapping": "mapping.yaml",
            "options": {"url": "${URL}", "page_rows": page_rows, "tables": TABLES},
        }  # fmt: skip
        workspace = {"workspace": "bench", "as_of": NOW.date(), "sources": [source]}
        (home / "workspace.yaml").write_text(yaml.safe_dump(workspace))
        os.environ |= {
            "IMPACT_HASH_KEY": KEY.decode(),
            "URL": url,
            "IMPACT_WORKSPACE": str(home / "workspace.yaml"),
            "IMPACT_DATA": str(home / "data"),
        }
        (configured,) = (one for one in configured_sources() if one.source_id == "hris")
        started, started_cpu = time.perf_counter(), time.process_time()
        bring(configured, lambda words: None)
        fetched = time.perf_counter() - started
        now = settings()
        with connect(now.warehouse) as warehouse:
            warehouse.execute("set enable_progress_bar = false")
            load_sources(warehouse, [configured], lambda words: None)
            query = "select loaded, quarantined from quality.reconciliation join quality.loads using (load_id, source_id) where is_current"
            loaded_rows, quarantined = warehouse.execute(query).fetchall()[0]
        return {
            "seconds": round(time.perf_counter() - started, 2), "cpu_seconds": round(time.process_time() - started_cpu, 2), "fetch_seconds": round(fetched, 2),
            "loaded": loaded_rows, "quarantined": quarantined,
        }  # fmt: skip

    with running_postgres() as url:
        in_a_process(fill, url, rows)
        full = run(url, 100_000)
        peak = peak_mb()
        # What changes are compared with: pages of another size ask for everything, and the load replaces an earlier one, as it would a week later.
        again = run(url, 99_999)
        in_a_process(change, url, rows)
        changed = run(url, 99_999)
        bare, bare_cpu = in_a_process(bare_sql, url, folder)
    ratios = {
        f"{figure}_against_full": round(changed[figure] / again[figure], 2)
        for figure in ("fetch_seconds", "seconds", "cpu_seconds")
    }
    return {
        "rows": rows, **full, "rows_a_second": round(rows / full["seconds"]), "bare_seconds": round(bare, 2), "bare_cpu_seconds": round(bare_cpu, 2), "against_bare": round(full["seconds"] / bare, 1),
        "cpu_against_bare": round(full["cpu_seconds"] / bare_cpu, 1), "peak_mb": peak, "full_again": again, "one_percent_changed": {**changed, **ratios},
    }  # fmt: skip


MEMORY = (
    "peak_mb",
    "peak_mb_before",
    "seconds",
    "cpu_seconds",
    "against_bare_duckdb",
    "cpu_against_bare_duckdb",
    "against_bare",
    "cpu_against_bare",
)


def make_file(name: str, rows: int, folder: str) -> dict[str, Any]:
    """Write a case's file; in a process of its own, so that its memory isn't taken for the load's."""
    case = CASES[name]
    (Path(folder) / case.file).write_bytes(case.make(rows))
    return {}


def alone(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Run one measurement in a fresh process with a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for step in (make_file, function) if function is measure_file else (function,):
            found = in_a_process(step, *arguments, folder)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cases", nargs="+", default=[*CASES, "sql"])
    parser.add_argument(
        "--memory",
        type=int,
        nargs="*",
        default=[100_000, 1_000_000, 5_000_000],
        help="rows at which peak memory is compared",
    )
    chosen = parser.parse_args()
    result: dict[str, Any] = {}
    for name in chosen.cases:
        sys.stderr.write(f"{name}: {chosen.rows:,} rows ...\n")
        result[name] = alone(measure_sql, chosen.rows) if name == "sql" else alone(measure_file, name, chosen.rows)
    for name in ("csv_by_mapping", "sql"):
        for rows in chosen.memory:
            sys.stderr.write(f"memory of {name} at {rows:,} rows ...\n")
            found = alone(measure_sql, rows) if name == "sql" else alone(measure_file, name, rows)
            told = {figure: found[figure] for figure in MEMORY if figure in found}
            result.setdefault(f"memory_of_{name}", {})[f"{rows:,}"] = told
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
