"""The grammar of a programme file's `matching` block: what may be declared, of which kind, and within which limits.

The reader of programme files and the matching engine both check against it, so that a slip is told with its line before anything runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
Check = Callable[[Any], str | None]


class PolicyFault(ValueError):
    """Something in the block is wrong. path: where, as keys and list positions; words: what, and what would be right."""

    def __init__(self, path: Path, words: str) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {words}")
        self.path, self.words = path, words


def _number(low: float, high: float, *, whole: bool = False) -> Check:
    def check(value: Any) -> str | None:
        fine = isinstance(value, int if whole else int | float) and not isinstance(value, bool) and low <= value <= high
        return None if fine else f"is {value!r}, not a {'whole ' if whole else ''}number from {low:g} to {high:g}"

    return check


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"is {value!r}; use one of {', '.join(words)}"


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else f"is {value!r}, not a text"


def _texts(value: Any) -> str | None:
    fine = isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value)
    return None if fine else f"is {value!r}, not a list of values"


def _floor(value: Any) -> str | None:
    return (
        None
        if isinstance(value, bool) or value == "leximin" or _number(0, 1)(value) is None
        else f"is {value!r}; use true, false or a number from 0 to 1, or leximin"
    )


@dataclass(frozen=True)
class Keys:
    """Keys of a mapping with their checks; the needed ones must be there."""

    known: Mapping[str, Check]
    needed: tuple[str, ...] = ()


RULES: Mapping[str, Keys] = {
    "own_reporting_line": Keys({}),
    "declared_exclusion": Keys({}),
    "previous_pair": Keys({"months": _number(1, 600, whole=True)}),
    "shared_language": Keys({}),
    "time_zone_gap": Keys({"max_hours": _number(0, 12)}),
    "level_gap": Keys({"minimum": _number(-99, 99, whole=True), "maximum": _number(-99, 99, whole=True)}),
    "availability": Keys({"minimum": _number(1, 168, whole=True)}),
    "population": Keys(
        {
            "side": _one_of("mentee", "mentor"),
            "column": _one_of("department", "location", "level_rank", "utc_offset_hours"),
            "values": _texts,
            "minimum": _number(-1e9, 1e9),
            "maximum": _number(-1e9, 1e9),
        },
        ("side", "column"),
    ),
}
COMPONENTS = (
    "skills",
    "topics",
    "goals",
    "interests",
    "reciprocity",
    "preferences",
    "own_scores",
    "location",
    "other_department",
)
AIMS = Keys(
    {
        "floor": _floor,
        "floor_on": _one_of("pair", "sum"),
        "keep_bonus": _number(0, 1),
        "mode": _one_of("optimal", "stable"),
        "minimum": _one_of("always", "if_opened"),
        "order": _one_of("coverage", "sum"),
        "places": _one_of("score", "lot"),
    }
)
QUOTA = Keys(
    {"attribute": _text, "legal_basis": _text, "approved_by": _text}, ("attribute", "legal_basis", "approved_by")
)
PAIR = Keys({"mentee": _text, "mentor": _text, "reason": _text}, ("mentee", "mentor", "reason"))
MENTOR_GROUPS = Keys(
    {
        "column": _text,
        "at_most": _number(1, 1000, whole=True),
        "mixed": lambda value: None if value is True else f"is {value!r}; write true, or leave it out",
        "legal_basis": _text,
        "approved_by": _text,
        "reason": _text,
    },
    ("column", "reason"),
)
OPEN_COLUMNS = ("department", "location", "level_rank")
"""What a limit on mentors' groups may look at without a legal basis."""
BLOCK = ("hard_rules", "weights", "aims", "quota", "mentor_groups", "audit", "locks", "forbidden")


def check_policy(block: Any) -> None:
    """Raises `PolicyFault` at the first thing in a `matching` block that isn't right."""
    _check_mapping(block, (), BLOCK, "matching")
    for position, entry in enumerate(_listed(block, "hard_rules")):
        _check_rule(entry, ("hard_rules", position))
    _check_weights(block.get("weights"))
    if block.get("aims") is not None:
        _check_keys(block["aims"], ("aims",), AIMS)
    if block.get("quota") is not None:
        _check_quota(block["quota"])
    for position, entry in enumerate(_listed(block, "mentor_groups")):
        _check_mentor_groups(entry, ("mentor_groups", position))
    for position, attribute in enumerate(_listed(block, "audit")):
        _refuse_if(_text(attribute), ("audit", position), "the attribute")
    for word in ("locks", "forbidden"):
        for position, pair in enumerate(_listed(block, word)):
            _check_keys(pair, (word, position), PAIR)


def _listed(block: Mapping[str, Any], key: str) -> list[Any]:
    value = block.get(key)
    if value is not None and not isinstance(value, list):
        raise PolicyFault((key,), f"{key} is {value!r}, not a list")
    return value or []


def _check_mapping(value: Any, path: Path, known: tuple[str, ...], what: str) -> None:
    if not isinstance(value, Mapping):
        raise PolicyFault(path, f"{what} is {value!r}, not `key: value` lines")
    for key in value:
        if key not in known:
            raise PolicyFault(
                (*path, str(key)), f"{what} has no key {str(key)!r}; known are {', '.join(sorted(known))}"
            )


def _check_keys(value: Any, path: Path, keys: Keys, *, also: tuple[str, ...] = ()) -> None:
    what = str(path[-1] if isinstance(path[-1], str) else path[0])
    _check_mapping(value, path, (*keys.known, *also), what)
    missing = [key for key in keys.needed if value.get(key) in (None, "")]
    if missing:
        raise PolicyFault(path, f"{what} lacks {', '.join(missing)}")
    for key, check in keys.known.items():
        if key in value:
            _refuse_if(check(value[key]), (*path, key), key)


def _refuse_if(problem: str | None, path: Path, what: str) -> None:
    if problem:
        raise PolicyFault(path, f"{what} {problem}")


def _check_rule(entry: Any, path: Path) -> None:
    if not isinstance(entry, Mapping) or "rule" not in entry:
        raise PolicyFault(path, f"a hard rule is {entry!r}; write {{rule: name, reason: why}}")
    name = entry["rule"]
    if name not in RULES:
        raise PolicyFault((*path, "rule"), f"there is no rule {name!r}; known rules are {', '.join(sorted(RULES))}")
    _check_keys(entry, path, RULES[name], also=("rule", "reason"))
    if name == "population" and not {"values", "minimum", "maximum"} & set(entry):
        raise PolicyFault(path, "the rule population needs values, minimum or maximum")
    if entry.get("column") in ("department", "location") and {"minimum", "maximum"} & set(entry):
        raise PolicyFault(path, f"{entry['column']} is no number, so minimum and maximum don't fit it; give values")


def _check_weights(weights: Any) -> None:
    if weights is None:
        raise PolicyFault(("weights",), "weights are missing; give at least one component a weight")
    _check_mapping(weights, ("weights",), COMPONENTS, "weights")
    total = 0.0
    for name, entry in weights.items():
        value = entry
        if isinstance(entry, Mapping):
            _check_keys(entry, ("weights", name), Keys({"weight": _number(0, 1e6), "reason": _text}, ("weight",)))
            value = entry["weight"]
        _refuse_if(_number(0, 1e6)(value), ("weights", name), f"the weight of {name}")
        total += float(value)
    if total <= 0:
        raise PolicyFault(("weights",), "no component has a weight above 0")


def _check_mentor_groups(entry: Any, path: Path) -> None:
    _check_keys(entry, path, MENTOR_GROUPS)
    if not {"at_most", "mixed"} & set(entry):
        raise PolicyFault(path, "a limit on mentors' groups needs at_most or mixed: true")
    if entry["column"] not in OPEN_COLUMNS and not {"legal_basis", "approved_by"} <= set(entry):
        raise PolicyFault(
            path,
            f"{entry['column']} is none of {', '.join(OPEN_COLUMNS)}, so the limit needs legal_basis and approved_by",
        )


def _check_quota(quota: Any) -> None:
    _check_keys(quota, ("quota",), QUOTA, also=("at_most",))
    shares = quota.get("at_most")
    if shares is None:
        return
    if not isinstance(shares, Mapping):
        raise PolicyFault(("quota", "at_most"), "at_most is not `group: share` lines")
    for group, share in shares.items():
        _refuse_if(_number(0, 1)(share), ("quota", "at_most", str(group)), f"the share of {group}")
