"""What `--what-if` of `impact match` asks for, from its words."""

from typing import Any

from pipelines.matching import MatchProblemError
from pipelines.matching.affinity import COMPONENTS


def changes(words: list[str]) -> dict[str, Any]:
    """The arguments of `MatchResult.what_if` from words such as seats:KEY=+2, weight:skills=5, lock:A=B, forbid:A=B, without:RULE."""
    asked: dict[str, Any] = {"seats": {}, "weights": {}, "lock": [], "forbid": [], "without_rules": []}
    for word in words:
        kind, _, rest = word.partition(":")
        name, _, value = rest.partition("=")
        try:
            if kind == "seats":
                asked["seats"][name] = int(value)
            elif kind == "weight":
                if name not in COMPONENTS:
                    raise MatchProblemError(
                        f"There is no component {name!r}. Next step: name one of {', '.join(COMPONENTS)}."
                    )
                asked["weights"][name] = float(value)
                if not 0 <= asked["weights"][name] <= 1e6:
                    raise ValueError(word)
            elif kind in ("lock", "forbid") and name and value:
                asked[kind].append((name, value))
            elif kind == "without" and name:
                asked["without_rules"].append(name)
            else:
                raise ValueError(word)
        except ValueError as problem:
            if isinstance(problem, MatchProblemError):
                raise
            raise MatchProblemError(
                f"--what-if {word!r} isn't understood. Next step: write seats:MENTOR=+2, weight:skills=5, lock:MENTEE=MENTOR, forbid:MENTEE=MENTOR or without:RULE."
            ) from None
    return asked
