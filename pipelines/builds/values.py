"""What a stage was given, as text that is another one where anything of it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import polars as pl


def told(value: Any) -> str:
    """Frames by their columns and rows in order; dataclasses, mappings and sequences by their parts.

    Raises TypeError where a value's text wouldn't tell it from another: what is left out here would let a stale result stand.
    """
    if isinstance(value, pl.DataFrame):
        return _frame(value)
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({','.join(f'{field.name}={told(getattr(value, field.name))}' for field in fields(value))})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{told(key)}:{told(value[key])}' for key in value)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(told, value))}]"
    if isinstance(value, set | frozenset):
        return f"<{','.join(sorted(map(told, value)))}>"
    if value is None or isinstance(value, str | int | float | date):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no text that tells it from another")


def _frame(frame: pl.DataFrame) -> str:
    digest = hashlib.sha256(str(frame.schema).encode())
    digest.update(frame.hash_rows(seed=0).to_numpy().tobytes() if frame.width else b"")
    return f"frame:{frame.height}:{digest.hexdigest()}"
