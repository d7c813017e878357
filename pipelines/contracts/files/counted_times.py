"""Days and instants that a file holds as a count: the names by which a mapping asks for them in the place of a pattern."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """A count since 1970. microseconds: of one; written: what moments from 2001 to 2033 look like."""

    microseconds: int
    written: str


EPOCHS = {"epoch_seconds": Epoch(1_000_000, r"^1\d{9}(\.\d+)?$"), "epoch_millis": Epoch(1_000, r"^1\d{12}$")}
EXCEL_SERIAL = "excel_serial"
ODATA = "odata"
WITHOUT_PATTERN = (*EPOCHS, EXCEL_SERIAL, ODATA)
"""What stands in a mapping's `date` and `instant` and is no pattern."""
