"""Tests that could have shown a comparison to be unfair: what each found, and the smallest difference that it would see four times in five."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.words import figure


@dataclass(frozen=True)
class FalsificationTest:
    """name: what was compared. p_value: that nothing differs. level: the policy's, under which it speaks against the comparison. could_see: how sharp the test was, in words."""

    name: str
    p_value: float
    level: float
    could_see: str

    @property
    def differs(self) -> bool:
        """Whether it speaks against the comparison."""
        return self.p_value < self.level

    @property
    def found(self) -> str:
        """What it found and could have found."""
        return f"{'they differ' if self.differs else 'no difference'}, p = {self.p_value:.2f}{self.could_see}"


@dataclass(frozen=True)
class _Kind:
    """name, columns of the estimate's row (p and smallest detectable difference), threshold of the policy; is_own_unit: the difference is in a unit of its own, not in the outcome's."""

    name: str
    p_value: str
    detectable: str
    level: str
    is_own_unit: bool = False


KINDS = (
    _Kind("People who asked for a place and got none", "negative_exposure_p", "negative_exposure_detectable", "negative_exposure_level"),
    _Kind("Of them, who waited for a place", "waited_p", "waited_detectable", "negative_exposure_level"),
    _Kind("Of them, who were rejected", "rejected_p", "rejected_detectable", "negative_exposure_level"),
    _Kind("A start dated earlier", "placebo_p", "placebo_detectable", "placebo_level"),
)  # fmt: skip


def falsification_tests(row: Mapping[str, Any], policy: Mapping[str, float]) -> list[FalsificationTest]:
    """Every test that was made of one estimate, the declared control first. policy: its thresholds by name."""
    kinds = [_declared(row["negative_control"])] if row.get("negative_control") else []
    return [_told(row, kind, policy) for kind in (*kinds, *KINDS) if row.get(kind.p_value) is not None]


def _declared(control: str) -> _Kind:
    name = f"An outcome that can't have moved: {control.replace('_', ' ')}"
    return _Kind(name, "negative_control_p", "negative_control_detectable", "negative_control_level", is_own_unit=True)


def _told(row: Mapping[str, Any], kind: _Kind, policy: Mapping[str, float]) -> FalsificationTest:
    # each of two kinds of applicants is judged at half of the level
    level = policy[kind.level] / (2 if kind.p_value in {"waited_p", "rejected_p"} else 1)
    return FalsificationTest(kind.name, row[kind.p_value], level, _could_see(row, kind))


def _could_see(row: Mapping[str, Any], kind: _Kind) -> str:
    seen = row.get(kind.detectable)
    if seen is None:
        return ""
    size = f"{figure(100 * seen, '', 1)} points" if row["unit"] == "share" and not kind.is_own_unit else f"{seen:,.2g}"
    return f"; four in five such tests see {size} and more"
