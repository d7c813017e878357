"""The ledger of planted bad data. Treatment: quarantined, duplicate, filtered, repaired (read right, nothing lost), finding (loaded, and said),
kept (loaded with its state; dbt decides)."""

from dataclasses import asdict, dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Planted:
    """One planted case: where, what, which table of the contract it concerns, how it is to be treated, and how often."""

    case: str
    folder: str
    file: str
    table: str
    treatment: str
    count: int
    detail: str


class Ledger:
    """What was planted, in the order in which it was."""

    def __init__(self) -> None:
        self.cases: list[Planted] = []

    def note(self, case: str, place: str, table: str, treatment: str, count: int, detail: str) -> None:
        folder, file = place.split("/")
        self.cases.append(Planted(case, folder, file, table, treatment, count, detail))

    def as_records(self) -> list[Record]:
        return [asdict(case) for case in self.cases]
