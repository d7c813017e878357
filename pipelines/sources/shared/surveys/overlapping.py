"""Exports of one survey whose periods overlap: a response that a newer export tells otherwise holds as it stands there; the older one is left out, counted and told.

A response that both tell alike is a repeat, as everywhere. Files are read the newest first (`mapped_files/newest.py` says which that is).
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.mapped_files.newest import newest_first
from pipelines.sources.records import Finding, SourceFile, TableBatch, filtered_frame

OLDER = "an older export's word on a response; a newer export tells it otherwise"
_TABLES = ("survey_responses", "survey_answers")
_KEY = ["survey_id", "response_id"]
_SAYS = {
    "survey_responses": ("status", "submitted_at", "respondent_person_id", "pair_id"),
    "survey_answers": ("question_id", "choice_seq", "value_num", "value_code", "state"),
}


class NewerResponses:
    """What the exports of one survey that were read so far, the newest first, tell of each response: 16 bytes a response. Nothing is kept where there is but one."""

    def __init__(self, exports: Sequence[SourceFile]) -> None:
        self._without_days: list[Finding] = []
        self.exports = newest_first(exports, self._without_days)
        self._newer = pl.DataFrame(schema={"response": pl.UInt64, "says": pl.UInt64})
        self._of_file: list[pl.DataFrame] = []

    def without_older(self, batches: Sequence[TableBatch]) -> tuple[list[TableBatch], list[Finding]]:
        """The batches of an export, or of a part of it, without responses that a newer one tells otherwise."""
        said = _said(batches) if len(self.exports) > 1 else pl.DataFrame()
        if said.is_empty():
            return list(batches), []
        self._of_file.append(said.select("response", "says"))
        older = said.join(self._newer, on="response", suffix="_newer").filter(pl.col("says") != pl.col("says_newer"))
        if older.is_empty():
            return list(batches), []
        file = next(str(batch.rows["source_file"][0]) for batch in batches if batch.table == _TABLES[0])
        detail = f"{older.height:,} {'response is' if older.height == 1 else 'responses are'} left out: a newer export tells otherwise"
        told = [Finding("older_file", _TABLES[0], file, detail), *self._without_days]
        self._without_days = []
        return [_without(batch, older) for batch in batches], told

    def end_file(self) -> None:
        """From now on what the file just read tells counts as a newer export's word."""
        self._newer = pl.concat([self._newer, *self._of_file]).unique("response", keep="first", maintain_order=True)
        self._of_file = []


def _said(batches: Sequence[TableBatch]) -> pl.DataFrame:
    """survey_id, response_id, response, says: hashes of a response's key, and of all that is told of it."""
    found = [_hashed(batch) for batch in batches if batch.table in _TABLES and batch.rows.height]
    if not any(batch.table == _TABLES[0] and batch.rows.height for batch in batches):
        return pl.DataFrame()
    by_response = pl.concat(found).group_by(_KEY, maintain_order=True).agg(pl.col("says").sum())
    return by_response.with_columns(response=pl.struct(_KEY).hash())


def _hashed(batch: TableBatch) -> pl.DataFrame:
    names = [name for name in _SAYS[batch.table] if name in batch.rows.columns]
    return batch.rows.select(*_KEY, says=pl.struct(names).hash())


def _without(batch: TableBatch, older: pl.DataFrame) -> TableBatch:
    if batch.table not in _TABLES:
        return batch
    kept = batch.rows.join(older, on=_KEY, how="anti", maintain_order="left")
    left_out = filtered_frame({OLDER: batch.rows.height - kept.height})
    return replace(batch, rows=kept, filtered=pl.concat([batch.filtered, left_out]))
