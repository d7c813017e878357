"""The hard rules that a programme's file declares."""

from collections.abc import Mapping
from typing import Any

from pipelines.matching.eligibility import (
    Availability,
    DeclaredExclusion,
    LevelGap,
    OwnReportingLine,
    Population,
    PreviousPair,
    Rule,
    SharedLanguage,
    TimeZoneGap,
)

RULES: dict[str, type] = {
    rule.name: rule
    for rule in (
        OwnReportingLine,
        DeclaredExclusion,
        PreviousPair,
        SharedLanguage,
        TimeZoneGap,
        LevelGap,
        Availability,
        Population,
    )
}


def rules_from_policy(policy: Mapping[str, Any]) -> list[Rule]:
    """The rules of a programme file's `matching.hard_rules`: a list of {rule, reason, ...parameters}.

    The own reporting line and declared exclusions always hold. Raises ValueError on an unknown rule or parameter.
    """
    declared: dict[str, Rule] = {OwnReportingLine.name: OwnReportingLine(), DeclaredExclusion.name: DeclaredExclusion()}
    for position, entry in enumerate(policy.get("hard_rules") or []):
        name = entry.get("rule")
        if name not in RULES:
            raise ValueError(
                f"matching.hard_rules names {name!r}; known rules are {', '.join(sorted(RULES))}. Next step: name one of them."
            )
        parameters = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in entry.items()
            if key not in ("rule", "reason")
        }
        try:
            rule = RULES[name](**parameters)
        except TypeError as problem:
            raise ValueError(
                f"matching.hard_rules: {name} doesn't take {', '.join(parameters)} ({problem}). Next step: correct or remove the parameter."
            ) from problem
        declared[f"{name} {position}" if name == Population.name else name] = rule
    return list(declared.values())
