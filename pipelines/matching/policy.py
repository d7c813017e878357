"""What a programme wants beside the rules: aims and their order, from its file's `matching` block or from code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Quota:
    """An even share of the unmatched over the groups of one declared attribute; off unless somebody declared and approved it.

    at_most: group to the greatest share of it that may stay unmatched; without it the greatest share of any group is made as small as
    full coverage allows.
    """

    attribute: str
    legal_basis: str
    approved_by: str
    at_most: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """Aims after hard rules, locks and coverage.

    floor: True raises the worst score as far as coverage allows, False doesn't look at it, a number (0 to 1) is a least score.
    keep_bonus: added to the score of a pair that exists now, in score points. mode: `optimal`, or `stable` (deferred acceptance).
    minimum: whether a mentor's least load holds `always`, or only `if_opened` (groups; exact by branch and bound up to `group_limit` people).
    """

    floor: bool | float = True
    keep_bonus: float = 0.05
    mode: Literal["optimal", "stable"] = "optimal"
    minimum: Literal["always", "if_opened"] = "always"
    quota: Quota | None = None
    group_limit: int = 2_000
    seconds: float = 60.0


def policy_from_block(block: Mapping[str, Any]) -> Policy:
    """The policy of a programme file's `matching.aims` and `matching.quota` (checked by `pipelines.contracts.matching_policy`)."""
    quota = block.get("quota")
    return Policy(**(block.get("aims") or {}), quota=Quota(**quota) if quota else None)


def weights_from_block(block: Mapping[str, Any]) -> dict[str, float]:
    """Component to weight, from `matching.weights`: a number, or {weight, reason}."""
    return {
        name: float(entry["weight"] if isinstance(entry, Mapping) else entry)
        for name, entry in (block.get("weights") or {}).items()
    }
