"""Many small parts as few larger ones: what follows (cleaning, gate, keys, writing) costs nearly the same for ten rows as for ten thousand."""

from collections.abc import Iterable, Iterator

from pipelines.sources.records import Extract, Finding, TableBatch, merge

ROWS = 20_000
"""Records from which on what was gathered is handed on."""


def joined(parts: Iterable[Extract], *, rows: int = ROWS) -> Iterator[Extract]:
    """The same batches and findings in the same order, in extracts of about `rows` records and more; a part that is as large passes as it is.

    Batches are joined only where the same ids are declared: what a mapping says of its table's ids holds for that table's rows alone.
    """
    gathered: list[TableBatch] = []
    findings: list[Finding] = []
    for part in parts:
        gathered += part.batches
        findings += part.findings
        if sum(batch.rows_in for batch in gathered) >= rows:
            yield Extract(_by_table(gathered), findings)
            gathered, findings = [], []
    if gathered or findings:
        yield Extract(_by_table(gathered), findings)


def _by_table(batches: list[TableBatch]) -> list[TableBatch]:
    alike: dict[tuple[str, frozenset[str]], list[TableBatch]] = {}
    for batch in batches:
        alike.setdefault((batch.table, batch.ids), []).append(batch)
    return [one for same in alike.values() for one in (same if len(same) == 1 else merge(same))]
