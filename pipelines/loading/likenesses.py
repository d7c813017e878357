"""Why nobody is found: how people whom no list knows are written in comparison with those whom one knows, from the landed files themselves.

Pseudonyms can't be compared but for equality, so the files are read again, only where somebody is unknown; nothing of what is read is kept but counts.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.duckdb_config import duckdb_config
from pipelines.loading.pseudonyms import pseudonym
from pipelines.loading.reading import extracts_of
from pipelines.loading.source import SourceToLoad

LISTS = {"persons": ("person_id",), "person_identifiers": ("person_id", "id_value")}
MOST_COMPARED = 500
"""Unknown people that are compared letter by letter; the others would say the same."""


def _value(reference: str) -> str:
    return reference.partition(":")[2]


def _folded(text: str) -> str:
    """Without case and accents; an I with a dot is an i."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(sign))


def _local_part(text: str) -> str:
    return text.rpartition("@")[0] if "@" in text else text


WAYS: dict[str, Callable[[str], str]] = {
    "without leading zeros": lambda text: text.lstrip("0"),
    "in another case or with other accents": _folded,
    "with other dots and hyphens": lambda text: _folded(text).translate({ord(sign): None for sign in ".-_ "}),
    "under another domain": lambda text: _folded(_local_part(text)),
}
"""How a value is written alike, from the closest on."""


def likenesses(
    sources: Sequence[SourceToLoad], unknown: Collection[str], key: bytes, as_of: date
) -> dict[str, Counter[str]]:
    """`table.column` to how many unknown people fit somebody known, by how they are written. unknown: pseudonyms."""
    known: set[str] = set()
    missing: dict[str, set[str]] = {}
    for source in sources:
        for table, column, reference in _references(source, as_of):
            if column in LISTS.get(table, ()):
                known.add(_value(reference))
            elif pseudonym(reference, key) in unknown:
                missing.setdefault(f"{table}.{column}", set()).add(_value(reference))
    return {place: _counted(values, known) for place, values in missing.items()}


def _references(source: SourceToLoad, as_of: date) -> Iterator[tuple[str, str, str]]:
    """Table, column and every typed reference in it, once a part."""
    for extract in extracts_of(source, as_of):
        for batch in extract.batches:
            for column in BY_NAME[batch.table].columns:
                if column.reference:
                    for reference in batch.rows[column.name].drop_nulls().unique():
                        yield batch.table, column.name, reference


def _counted(missing: Iterable[str], known: Collection[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    left = sorted(missing)
    for way, written in WAYS.items():
        forms = {written(value) for value in known} - {""}
        fitting = [value for value in left if written(value) in forms]
        counts[way] += len(fitting)
        left = sorted(set(left) - set(fitting))
    counts["with one letter more, less or other"] += _one_letter_apart(left[:MOST_COMPARED], known)
    return +counts


def _one_letter_apart(missing: Sequence[str], known: Collection[str]) -> int:
    if not missing or not known:
        return 0
    with duckdb.connect(config=duckdb_config(None)) as connection:
        ours, theirs = pl.DataFrame({"value": missing}).to_arrow(), pl.DataFrame({"value": sorted(known)}).to_arrow()  # noqa: F841
        query = """
            select count(distinct ours.value) from ours inner join theirs
                on abs(length(ours.value) - length(theirs.value)) <= 1 and length(ours.value) > 4 and levenshtein(ours.value, theirs.value) = 1
        """
        return int(connection.execute(query).fetchall()[0][0])
