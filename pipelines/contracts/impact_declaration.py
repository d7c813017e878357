"""What a programme file's `impact` block mustn't declare, checked where the file is read and again where outcomes are estimated."""

from collections.abc import Mapping
from typing import Any

CONTROL_PATH = ("comparison", "negative_control")


def adjusted_control(block: Any) -> str | None:
    """What is wrong with the declared negative control, in words; None where nothing is.

    A control among the covariates that the groups are made alike in can't differ between them: it would pass whoever joined.
    """
    comparison = block.get("comparison") if isinstance(block, Mapping) else None
    if not isinstance(comparison, Mapping):
        return None
    control, covariates = comparison.get("negative_control"), comparison.get("covariates")
    if control is not None and not isinstance(control, str):
        return f"the negative control {control!r} isn't a name; one measure can be declared, such as commute_minutes"
    outcomes = block.get("outcomes") if isinstance(block.get("outcomes"), list | tuple) else []
    if control is not None and _plain(control) in {
        _plain(one.get("outcome")) for one in outcomes if isinstance(one, Mapping)
    }:
        return (
            f"the negative control {control!r} is also an outcome: what the programme is meant to move can't show that it moved nothing. "
            "Next step: declare a measure that it can't have moved"
        )
    if not isinstance(control, str) or not isinstance(covariates, list | tuple):
        return None
    if _plain(control) not in {_plain(name) for name in covariates}:
        return None
    return (
        f"the negative control {control!r} is also a covariate: groups that are made alike in it can't differ in it, so it tests nothing. "
        "Next step: declare another one, or take it out of the covariates or of negative_control"
    )


def _plain(name: Any) -> str:
    return str(name).strip().casefold()
