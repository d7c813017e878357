"""A standalone Spark cluster of this machine: a master and two workers of one core each, and a server of Spark Connect on it where one is asked for."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from pipelines.engines.engine import EngineRefused
from pipelines.engines.spark import Spark

DEFAULTS = """
spark.driver.memory 2g
spark.executor.memory 1g
spark.cores.max 2
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m
"""
"""What whoever runs a cluster writes into spark-defaults.conf, for data that fits on one machine."""


def why_no_spark() -> str:
    """What a test on Spark lacks here and how to get it; empty where nothing."""
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        return "pyspark and dbt-spark aren't installed (400 MB): uv sync --group docs --extra spark, as make parity-spark does"
    try:
        Spark("local[2]", "").check()
    except EngineRefused as refused:
        return str(refused)
    return ""


@contextlib.contextmanager
def small_machine() -> Iterator[None]:
    """The configuration and the network of a machine that talks to nobody but itself, in the environment of this process."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spark-defaults.conf").write_text(DEFAULTS)
        told = {"SPARK_CONF_DIR": folder, "SPARK_LOCAL_IP": "127.0.0.1"}
        before = {name: os.environ.get(name) for name in told}
        os.environ.update(told)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def running_cluster() -> Iterator[str]:
    """The address of the master; everything is gone when the block ends."""
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    with small_machine(), tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        master = ["deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        running.enter_context(_running(master))
        _wait_for(port)
        for number in (1, 2):
            worker = ["deploy.worker.Worker", address, "--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", f"{folder}/{number}"]  # fmt: skip
            running.enter_context(_running(worker))
        yield address


@contextlib.contextmanager
def running_connect(master: str) -> Iterator[str]:
    """The address of a server of Spark Connect, whose work a master's workers do."""
    port = _free_port()
    settings = {"spark.master": master, "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": str(port), "spark.ui.enabled": "false"}  # fmt: skip
    with _running(["sql.connect.service.SparkConnectServer"], settings):
        _wait_for(port)
        yield f"sc://127.0.0.1:{port}"


@contextlib.contextmanager
def _running(program: list[str], settings: Mapping[str, str] | None = None) -> Iterator[None]:
    import pyspark

    bin = Path(pyspark.__file__).parent / "bin"
    name, *options = program
    command = [bin / "spark-class", f"org.apache.spark.{name}", *options]
    if settings is not None:
        told = [word for setting, value in settings.items() for word in ("--conf", f"{setting}={value}")]
        command = [bin / "spark-submit", *told, "--class", f"org.apache.spark.{name}", "spark-internal"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError("The cluster didn't start.")
        time.sleep(0.2)
