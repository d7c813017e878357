"""The words in which a mapping's faults and its columns are told."""

from pipelines.contracts import Column
from pipelines.sources.conversions import Reading


def mapping_fault(reading: Reading, column: Column, fault: str) -> str:
    """The words for an entry of the mapping that is wrong in itself."""
    return f"{reading.file}: the mapping of {column.name} {fault}. Next step: correct the mapping file (docs/reference/mapping-files.md)."


def label(column: Column) -> str:
    """A column's name in a sentence."""
    return column.name.removesuffix("_id").replace("_", " ")
