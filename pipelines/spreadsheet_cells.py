"""Foreign text in files that people open in a spreadsheet: no cell may begin a formula (OWASP, CSV injection). Every CSV and XLSX that the product hands out goes through here.

The guard is an apostrophe before the text; `unguarded` takes it off again, so that what is read back is what was written.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

_FORMULA = re.compile(r"'*[\s\ufeff\u200b]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_BEGINS_WITH = r"^'*[\s\x{feff}\x{200b}]*[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"


def guarded(value: Any) -> Any:
    """Text that would begin a formula (also behind blanks, or with a full-width sign) with an apostrophe before it; numbers and everything else as they are."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def guarded_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with its texts and the names of its columns guarded."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    safe = frame.with_columns(
        pl.when(pl.col(name).str.contains(_BEGINS_WITH))
        .then(pl.concat_str(pl.lit("'"), name))
        .otherwise(name)
        .alias(name)
        for name in texts
    )
    return safe.rename({name: guarded(name) for name in frame.columns})


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A CSV of guarded cells."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([guarded(name) for name in header])
    writer.writerows([guarded(value) for value in row] for row in rows)
    return stream.getvalue()
