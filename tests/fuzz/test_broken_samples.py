"""Samples of every format, broken in thousands of ways: each is read or refused in words, soon, and every record is accounted for.

The samples are the cases of tests/cases/sources. `make fuzz` tries many more (`FUZZ_TRIES`).
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import BY_NAME
from pipelines.loading.judged_rows import one_row_a_key, quarantined, sound_rows
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile, SourceRefused, merge
from tests.fuzz.mutations import broken_bytes, broken_record
from tests.fuzz.samples import SAMPLES, Sample

TRIES = int(os.environ.get("FUZZ_TRIES", "12"))
SECONDS = 2.0
OF_RECORDS = [sample for sample in SAMPLES if sample.is_json]
often = settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=TRIES < 100)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def late(*_: Any) -> None:
        raise AssertionError(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _read(sample: Sample, files: list[SourceFile]) -> Extract | None:
    """What the connector gives; None where it refuses in words with a next step."""
    with _within(SECONDS):
        try:
            return CONNECTORS[sample.connector].read(files, sample.options)
        except SourceRefused as refused:
            assert str(refused)
            return None


def _accounted(extract: Extract) -> None:
    """Every record that entered is loaded, quarantined, a repeat or left out."""
    for batch in merge(extract.batches):
        table = BY_NAME[batch.table]
        sound, refused = sound_rows(table, batch.rows)
        sound, contradicting, repeats = one_row_a_key(sound, table)
        held = quarantined(table, batch.rejects, refused, contradicting)
        assert sound.height + held.height + repeats + int(batch.filtered["rows"].sum()) == batch.rows_in


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@often
@given(seed=st.integers(0, 2**32))
def test_broken_bytes_are_read_or_refused_and_every_record_is_accounted_for(sample: Sample, seed: int) -> None:
    random = Random(seed)
    place = random.randrange(len(sample.files))
    files = [
        SourceFile(file.name, broken_bytes(file.data, random) if at == place else file.data)
        for at, file in enumerate(sample.files)
    ]
    extract = _read(sample, files)
    if extract is not None:
        _accounted(extract)


@pytest.mark.parametrize("sample", OF_RECORDS, ids=str)
@often
@given(seed=st.integers(0, 2**32))
def test_one_odd_value_costs_one_record_and_never_the_page(sample: Sample, seed: int) -> None:
    random = Random(seed)
    place = random.randrange(len(sample.files))
    files = [
        SourceFile(file.name, broken_record(file.data, random) if at == place else file.data)
        for at, file in enumerate(sample.files)
    ]
    extract = _read(sample, files)
    assert extract is not None, "one odd value refuses the whole source"
    _accounted(extract)
    whole = _read(sample, list(sample.files))
    assert whole is not None
    table = whole.batches[0].table
    lost = whole.batch(table).rows.height - extract.batch(table).rows.height
    assert lost <= 1, f"{lost} rows of {table} are lost"
