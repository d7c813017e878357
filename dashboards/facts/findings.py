"""What the comparisons show: every estimate of the organisation's programmes, highest rated first, and which of them page 1 tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.facts.finding import DIFFERENCES, ORDER, USUAL, Contradiction, Finding, Silence
from dashboards.facts.programmes import Published, programmes
from dashboards.facts.words import group_words, listed, plural, spelled

ROWS = """
    select
        estimates.*, cohorts.name as cohort_name,
        min(estimates.arm) over own <> max(estimates.arm) over own as has_arms
    from impact_estimates as estimates
    left join cohorts on estimates.cohort_id = cohorts.cohort_id
    window own as (partition by estimates.programme_id, estimates.outcome, estimates.design)
"""
"""Estimates with the name of their cohort, and whether there are several arms to be told apart."""
ESTIMATES = f"from ({ROWS}) order by programme_name, outcome, cohort_id, arm, months_since_start, wave"
RATING_NOTE = "How sure: 0 description, 1 to 3 comparison of similar people, 3 to 5 randomised; set by design and missing data, before the result is known."


@dataclass(frozen=True)
class Evidence:
    """All rated comparisons of the organisation's programmes, highest rated first, and the outcomes without one."""

    findings: tuple[Finding, ...]
    silent: tuple[Silence, ...]

    def of(self, programme_id: str) -> "Evidence":
        """Those of one programme."""
        return Evidence(
            tuple(one for one in self.findings if one.programme_id == programme_id),
            tuple(one for one in self.silent if one.programme_id == programme_id),
        )

    @property
    def shown(self) -> tuple[Finding, ...]:
        """For the forest: where an outcome was randomised in a programme, its weaker comparisons stay in the annex."""
        randomised = {(one.programme_id, one.outcome) for one in self.findings if one.is_randomised}
        return tuple(
            one for one in self.findings if one.is_randomised or (one.programme_id, one.outcome) not in randomised
        )

    @property
    def title(self) -> str:
        """How many comparisons say what: the verbs are no stronger than the verdicts."""
        if not self.shown:
            return "Evidence: no comparison has an estimate yet"
        support = sum(one.verdict in ("caused", "supported") for one in self.shown)
        hint = sum(one.verdict == "suggestive" for one in self.shown)
        open_ = len(self.shown) - support - hint
        words = (
            (support, "supports an effect", "support an effect"),
            (hint, "points to one", "point to one"),
            (open_, "is open", "are open"),
        )
        told = listed([f"{spelled(n)} {one if n == 1 else many}" for n, one, many in words if n])
        if len(self.shown) == 1:
            return f"Evidence: the one comparison {told.removeprefix('one ')}"
        return f"Evidence: of {spelled(len(self.shown))} comparisons {told}"


def evidence(snapshot: Published) -> Evidence:
    """Every estimate and refusal of the organisation's programmes; a wave isn't told beside its pool. Raises Contradiction."""
    own = {programme.programme_id for programme in programmes(snapshot)}
    rows = [row for row in snapshot.frame(ESTIMATES).to_dicts() if row["programme_id"] in own]
    pooled = {_arm(row) for row in rows if row["wave"] == "pooled"}
    told = [row for row in rows if row["wave"] == "pooled" or _arm(row) not in pooled]
    findings = [finding_of(row) for row in told if row["estimate"] is not None]
    estimated = {(one.programme_id, one.outcome) for one in findings}
    silent = [
        Silence(row["programme_id"], row["programme_name"], row["outcome"], row["outcome_label"], _why(row))
        for row in told
        if row["estimate"] is None and (row["programme_id"], row["outcome"]) not in estimated
    ]
    return Evidence(tuple(sorted(findings, key=_by_rating)), tuple(silent))


def top_findings(found: Evidence, count: int = 3) -> list[Finding]:
    """What page 1 tells: the best-supported differences, and always the best-rated comparison that stays open, one an outcome and programme.

    Nulls take the place of differences that aren't there.
    """
    differences = sorted((one for one in found.findings if one.is_difference), key=_by_support)
    open_ = sorted((one for one in found.shown if not one.is_difference), key=_by_completeness)
    chosen = _one_an_outcome(differences)[: count - 1 if open_ else count]
    taken = {(one.programme_id, one.outcome) for one in chosen}
    rest = [one for one in _one_an_outcome(open_) if (one.programme_id, one.outcome) not in taken]
    return chosen + rest[: count - len(chosen)]


def findings_title(chosen: Sequence[Finding]) -> str:
    """The section's title: "Three findings: one effect caused by the offer, one difference consistent with an effect ..."."""
    if not chosen:
        return "Findings: no comparison has an estimate yet"
    noun = "finding" if len(chosen) == 1 else "findings"
    return f"{spelled(len(chosen)).capitalize()} {noun}: {_counted(chosen)}"


def strongest(found: Evidence) -> Finding | None:
    """The best-supported difference; None where every comparison is open."""
    differences = [one for one in found.findings if one.is_difference]
    return min(differences, key=_by_support) if differences else None


def _counted(chosen: Sequence[Finding]) -> str:
    counts = [(verdict, sum(one.verdict == verdict for one in chosen)) for verdict in ORDER]
    words = {
        "caused": ("one effect caused by the offer", "{} effects caused by the offer"),
        "supported": ("one supported", "{} supported"),
        "suggestive": ("one consistent with an effect", "{} consistent with an effect"),
        "not_detected": ("one open", "{} open"),
        "not_supported": ("one that can't be told", "{} that can't be told"),
        "refused": ("one not estimated", "{} not estimated"),
    }
    return listed([words[verdict][0] if n == 1 else words[verdict][1].format(spelled(n)) for verdict, n in counts if n])


def _one_an_outcome(findings: Sequence[Finding]) -> list[Finding]:
    first: dict[tuple[str, str], Finding] = {}
    for one in findings:
        first.setdefault((one.programme_id, one.outcome), one)
    return list(first.values())


def _by_rating(one: Finding) -> tuple[Any, ...]:
    return (-one.rating, one.programme, not one.is_primary, one.label, one.when)


def _by_completeness(one: Finding) -> tuple[Any, ...]:
    return (-one.rating, round(one.loss, 2), not one.is_primary, one.programme, one.label)


def _by_support(one: Finding) -> tuple[Any, ...]:
    return (ORDER.index(one.verdict), -one.rating, not one.is_primary, one.programme, one.label)


def _arm(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["cohort_id"], row["outcome"], row["arm"]


def finding_of(row: Mapping[str, Any]) -> Finding:
    """An estimate as `ROWS` gives it. Raises Contradiction."""
    low, high, verdict = row["ci_low"], row["ci_high"], row["verdict"]
    if low is None or high is None:
        raise Contradiction(f"{row['programme_name']}, {row['outcome_label']}: an estimate without an interval.")
    if verdict in DIFFERENCES and low <= 0 <= high:
        raise Contradiction(
            f"{row['programme_name']}, {row['outcome_label']}: {verdict}, but the interval includes zero."
        )
    drawn = (row["drawn_treated"], row["drawn_control"])
    levels, bounds = (row["treated_mean"], row["control_mean"]), (row["bound_low"], row["bound_high"])
    return Finding(
        estimate_id=row["estimate_id"] or "",
        programme_id=row["programme_id"],
        programme=row["programme_name"],
        outcome=row["outcome"],
        label=row["outcome_label"],
        unit=row["unit"],
        is_primary=bool(row["is_primary"]),
        design=row["design"],
        when=_when(row),
        estimate=row["estimate"],
        low=low,
        high=high,
        rating=int(row["rating"] or 0),
        rating_reason=row.get("rating_words") or "",
        verdict=verdict,
        n_treated=int(row["n_treated"]),
        n_control=int(row["n_control"]),
        cohort=row["cohort_name"] or "",
        drawn=None if None in drawn else drawn,
        levels=None if None in levels else levels,
        bounds=None if None in bounds else bounds,
        loss=row.get("overall_loss") or 0.0,
        smallest_detectable=row["smallest_detectable"],
        check=(row.get("rating_words") or "").partition("passed: ")[2].partition(";")[0],
        confidence=1 - (row.get("look_level") or 1 - USUAL),
    )


def _when(row: Mapping[str, Any]) -> str:
    """ ", mentor arm, after nine months": which of several arms, and the wave where the outcome's name doesn't say when."""
    arm = f", {group_words(row['arm'])} arm" if row["has_arms"] else ""
    return arm + _after(row)


def _after(row: Mapping[str, Any]) -> str:
    wave = row["wave"] or ""
    if wave == "pooled":
        return ", over all waves"
    if not wave.startswith("month ") or "month" in row["outcome_label"]:
        return ""
    months = int(wave.removeprefix("month "))
    return f", after {plural(months, 'month') if months > 12 else spelled(months) + (' month' if months == 1 else ' months')}"


def _why(row: Mapping[str, Any]) -> str:
    if row["design"] == "one_group":
        return "only those who took part were asked, so there is nobody to compare them with"
    return "; ".join(row["reasons"] or []) or "the data could not support an estimate"
