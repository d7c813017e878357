"""What a programme wants beside the rules: aims and their order, from its file's `matching` block or from code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl
import yaml

from pipelines.contracts.matching_policy import OPEN_COLUMNS, PolicyFault, check_policy
from pipelines.matching.declared_rules import rules_from_policy
from pipelines.matching.problem import MatchProblem, Pairs
from pipelines.told import ToldInWords


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
class MentorGroups:
    """A limit on who shares a mentor: at_most mentees of one value, or mixed: two or more aren't all of one value.

    column: department, location or level_rank; any other name is an attribute of the problem's `groups`, which needs a legal basis and somebody who approved it. Who has no value is judged by no limit.
    """

    column: str
    at_most: int | None = None
    mixed: bool = False
    legal_basis: str = ""
    approved_by: str = ""

    @property
    def needs_groups(self) -> bool:
        """Whether it looks at an attribute that people declared, which no frame of mentees holds."""
        return self.column not in OPEN_COLUMNS

    @property
    def words(self) -> str:
        kinds = [f"at most {self.at_most} mentees of one {self.column}"] * (self.at_most is not None)
        kinds += [f"no two or more mentees all of one {self.column}"] * self.mixed
        return " and ".join(kinds)


@dataclass(frozen=True)
class Policy:
    """Aims after hard rules, locks and coverage.

    floor: True raises the worst score as far as coverage allows, False doesn't look at it, a number (0 to 1) is a least score; `leximin` raises the worst, then the next worst, and so on.
    floor_on: whether the floor is under each `pair` or under the `sum` of a mentee's scores (by branch and bound where somebody wants several mentors, up to `group_limit` people).
    mentor_groups: limits on who shares a mentor (by branch and bound too).
    keep_bonus: added to the score of a pair that exists now, in score points. mode: `optimal`, or `stable` (deferred acceptance).
    order: `coverage` matches as many mentees as can be before looking at scores; `sum` only looks at the sum of scores, so that somebody may stay unmatched who could be
    matched; a floor in figures then leaves out pairs below it, and a raised floor has no meaning.
    places: who gets a mentor where seats are short: whose scores add most to the sum, or whom a lot falls to (drawn from the salt and the application id, before any score).
    minimum: whether a mentor's least load holds `always`, or only `if_opened` (groups; exact by branch and bound up to `group_limit` people).
    """

    floor: bool | float | Literal["leximin"] = True
    floor_on: Literal["pair", "sum"] = "pair"
    keep_bonus: float = 0.05
    mode: Literal["optimal", "stable"] = "optimal"
    order: Literal["coverage", "sum"] = "coverage"
    minimum: Literal["always", "if_opened"] = "always"
    places: Literal["score", "lot"] = "score"
    quota: Quota | None = None
    mentor_groups: tuple[MentorGroups, ...] = ()
    group_limit: int = 2_000
    seconds: float = 60.0

    @property
    def by_network(self) -> bool:
        """Whether networks find the optimum, whatever its size."""
        is_plain = self.mode == "optimal" and self.minimum == "always"
        return is_plain and not self.mentor_groups and (self.floor_on == "pair" or self.floor is False)

    @property
    def by_one_flow(self) -> bool:
        """Whether one flow is the optimum, so that its residual network holds every price and every reason."""
        return self.by_network and self.floor != "leximin"


class PolicyRefused(ToldInWords, ValueError):
    """A programme's `matching` block isn't right; the message names the line and what would be right."""


def block_from_text(text: str, name: str) -> dict[str, Any]:
    """The checked `matching` block of a programme file's text (or of a file that holds nothing but the block). name: the file's, for messages."""
    try:
        content = yaml.safe_load(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise PolicyRefused(f"{name}{where} is not valid YAML. Next step: correct the line.") from problem
    whole = isinstance(content, dict) and "matching" in content
    block = content["matching"] if whole else content
    try:
        check_policy(block)
    except PolicyFault as problem:
        line = _line(node, ("matching", *problem.path) if whole else problem.path)
        raise PolicyRefused(f"{name}, line {line}: in matching, {problem.words}. Next step: correct it.") from problem
    return dict(block)


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    """The line of the deepest part of a path that exists."""
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def policy_from_block(block: Mapping[str, Any]) -> Policy:
    """The policy of a checked `matching` block: its `aims` and `quota`."""
    quota = block.get("quota")
    limits = tuple(
        MentorGroups(**{key: value for key, value in entry.items() if key != "reason"})
        for entry in block.get("mentor_groups") or []
    )
    return Policy(**(block.get("aims") or {}), quota=Quota(**quota) if quota else None, mentor_groups=limits)


def weights_from_block(block: Mapping[str, Any]) -> dict[str, float]:
    """Component to weight, from `weights`: a number, or {weight, reason}."""
    return {
        name: float(entry["weight"] if isinstance(entry, Mapping) else entry)
        for name, entry in (block.get("weights") or {}).items()
    }


def pairs_from_block(block: Mapping[str, Any], word: str) -> list[tuple[str, str]]:
    """Declared `locks` or `forbidden` pairs."""
    return [(str(entry["mentee"]), str(entry["mentor"])) for entry in block.get(word) or []]


def problem_from_block(
    block: Mapping[str, Any],
    mentees: pl.DataFrame,
    mentors: pl.DataFrame,
    *,
    current: Pairs = (),
    groups: pl.DataFrame | None = None,
) -> MatchProblem:
    """The problem of a checked `matching` block and its participants: rules, weights, declared locks and forbidden pairs."""
    return MatchProblem(
        mentees,
        mentors,
        rules_from_policy(block),
        weights_from_block(block),
        locks=pairs_from_block(block, "locks"),
        forbidden=pairs_from_block(block, "forbidden"),
        current=current,
        groups=groups,
    )


def previous_months(block: Mapping[str, Any]) -> int | None:
    """How far back earlier pairs count, in months; None = for ever."""
    return next((rule.get("months") for rule in block.get("hard_rules") or [] if rule["rule"] == "previous_pair"), None)
