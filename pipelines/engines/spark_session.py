"""The session in which dbt's process asks Spark: its settings, and the tables that were sent."""

import atexit
import os
import threading

from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from pipelines.engines.engine import EngineRefused
from pipelines.engines.lake import MADE, SENT, Lake
from pipelines.engines.tables import Table

RIGHT = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # Spark 4.3 finds its own plans invalid after this rule where a column is exploded
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
"""What results depend on."""
OWN = {
    "spark.app.name": "mentorship-impact",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
"""Of a driver in this process: nothing stays after it, nobody is let in. What else a cluster needs stands in spark-defaults.conf (SPARK_CONF_DIR)."""
PROBE_ROWS = 64
_begins = threading.Lock()
_begun: list[SparkSession] = []


def session() -> SparkSession:
    """The session of this process, with the tables that were sent; begun once. Raises EngineRefused."""
    with _begins:
        if not _begun:
            opened = _opened(os.environ["ENGINE_MASTER"])
            atexit.register(_end, opened)
            _prepare(opened, Lake(os.environ["ENGINE_FOLDER"]))
            _begun.append(opened)
    return _begun[0]


def _end(session: SparkSession) -> None:
    """Wait for the driver's Java, so that nothing of a run goes on after it and its processor seconds are the run's."""
    session.stop()
    gateway = SparkContext._gateway
    if gateway:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)


def _prepare(session: SparkSession, lake: Lake) -> None:
    """Set what results depend on, and make the tables that were sent."""
    for setting, value in RIGHT.items():
        session.conf.set(setting, value)
    _check_shared(session, lake)
    for schema, tables in lake.noted().items():
        session.sql(f"drop schema if exists {schema} cascade")
        session.sql(f"create schema {schema} location '{schema_place(schema)}'")
        for name, columns in tables.items():
            made = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
            session.sql(f"create table {schema}.{name} ({made}) using parquet location '{lake.address}/{SENT}/{schema}/{name}'")  # fmt: skip


def _opened(address: str) -> SparkSession:
    try:
        return _begin(address)
    except PySparkException as problem:
        raise EngineRefused(f"Spark doesn't begin: {problem} Next step: what Java said stands in dbt.log beside the warehouse; look at memory and addresses in spark-defaults.conf.") from problem  # fmt: skip


def _begin(address: str) -> SparkSession:
    if address.startswith("sc://"):
        return SparkSession.builder.remote(address).getOrCreate()
    builder = SparkSession.builder.master(address)
    for setting, value in OWN.items():
        builder = builder.config(setting, value)
    return builder.getOrCreate()


def schema_place(schema: str) -> str:
    """Where the tables of a schema are written."""
    return f"{Lake(os.environ['ENGINE_FOLDER']).address}/{MADE}/{schema}"


def _check_shared(session: SparkSession, lake: Lake) -> None:
    """Rows that the workers write must be rows that this process reads: a folder of the same name on each machine would lose them without a word."""
    place = Table("default", "probe")
    rows = session.range(0, PROBE_ROWS, 1, PROBE_ROWS // 8)
    rows.write.mode("overwrite").parquet(f"{lake.address}/{MADE}/{place.schema}/{place.name}")
    try:
        found = lake.read(place).count_rows()
    except OSError:
        found = 0
    if found != PROBE_ROWS:
        raise EngineRefused(f"Of {PROBE_ROWS} rows that the cluster wrote into {lake.place} this machine sees {found}. Next step: name a folder in IMPACT_ENGINE_FOLDER that every machine of the cluster and this one share, such as a network drive or s3://bucket/folder.")  # fmt: skip


def reached(start: str, step: str, name: str, helpers: dict[str, str]) -> None:
    """Make a view `name` of `start` and whatever `step` finds from the newest rows, until it finds nothing new. helpers: views that the step reads."""
    spark = session()
    for helper, query in helpers.items():
        spark.sql(query).localCheckpoint().createOrReplaceTempView(helper)
    found = newest = spark.sql(start).distinct().localCheckpoint()
    while not newest.isEmpty():
        newest.createOrReplaceTempView(name)
        newest = spark.sql(step).distinct().subtract(found).localCheckpoint()
        found = found.union(newest)
    found.createOrReplaceTempView(name)
