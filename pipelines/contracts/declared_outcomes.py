"""What a programme says, before results exist, about how it will be judged: outcomes, horizons, covariates, subgroups, a negative control.

The declaration is the `impact:` block of the programme's file. Its digest stands beside every estimate, so that a change after the fact can be seen.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.contracts.files.words import Place
from pipelines.contracts.impact_declaration import CONTROL_PATH, adjusted_control
from pipelines.told import ToldInWords

MOST_SUBGROUPS = 5
MOST_LOOKS = 24
KINDS = ("number", "share", "yes_no", "duration", "measure")
MONTHS_IN_NAME = re.compile(r"_(\d+)m$")
EMPLOYMENT_OUTCOMES = ("retained", "left_voluntarily", "promoted", "ramp_up")


class DeclarationError(ToldInWords, ValueError):
    """The impact block can't be read; the message names the field and what it may be. place: where in the block, as words and positions in lists."""

    def __init__(self, place: Place, words: str) -> None:
        super().__init__(words)
        self.place = place


@dataclass(frozen=True)
class PlannedLook:
    """A declared look. information: share of all that will be known by the last look, 0 to 1."""

    on: date
    information: float


@dataclass(frozen=True)
class Outcome:
    """One declared outcome.

    kind: number, share or yes_no (0 and 1), duration (days until something), measure (a value that is kept of everybody, wave by wave).
    covariates are those of a lottery's regression. pooled: one estimate over all waves, with wave effects, beside one a wave; include_baseline_wave
    keeps the wave before the start in it, with everybody as control, as Brooks, Donovan & Johnson (2018) do. complete_cases: who lacks a baseline or covariate is
    left out, as some published plans want; else a missing indicator stands in.
    """

    outcome: str
    label: str
    unit: str
    kind: str = "number"
    is_primary: bool = False
    horizon_months: int = 12
    covariates: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()
    pooled: bool = False
    include_baseline_wave: bool = False
    complete_cases: bool = False

    @property
    def event(self) -> str | None:
        """What is waited for in employment records: retained, left_voluntarily, promoted or ramp_up; None for everything else."""
        return next((name for name in EMPLOYMENT_OUTCOMES if self.outcome.startswith(name)), None)


@dataclass(frozen=True)
class Declaration:
    """All that a programme declared. comparison covariates: of the enrolment model where no lot was drawn. digest: 16 hex digits. looks: days on which outcomes are judged. draw_share: of units that a lottery was to give a place."""

    programme_id: str
    outcomes: tuple[Outcome, ...]
    covariates: tuple[str, ...]
    negative_control: str | None
    digest: str
    looks: tuple[PlannedLook, ...] = ()
    draw_share: float | None = None


def read_declaration(programme_id: str, block: Mapping[str, Any]) -> Declaration:
    """The declaration of one programme. Raises DeclarationError on an unknown kind, two primaries, too many subgroups, a bad horizon, bad looks, or an adjusted control."""
    entries = block.get("outcomes") or []
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, Mapping) for entry in entries):
        raise DeclarationError(
            ("outcomes",),
            f"{programme_id}: impact: outcomes: a list is needed, each entry with outcome, label and unit.",
        )
    outcomes = tuple(_outcome(programme_id, entry, ("outcomes", place)) for place, entry in enumerate(entries))
    names = [outcome.outcome for outcome in outcomes]
    again = next((place for place, name in enumerate(names) if name in names[:place]), None)
    if again is not None:
        raise DeclarationError(("outcomes", again), f"{programme_id}: impact: outcomes: an outcome is declared twice.")
    primaries = [place for place, outcome in enumerate(outcomes) if outcome.is_primary]
    if len(primaries) > 1:
        raise DeclarationError(
            ("outcomes", primaries[1], "is_primary"),
            f"{programme_id}: impact: outcomes: only one outcome may be primary; the others are secondary.",
        )
    fault = adjusted_control(block)
    if fault:
        raise DeclarationError(CONTROL_PATH, f"{programme_id}: impact: {fault}.")
    comparison = block.get("comparison") or {}
    names = list(comparison.get("covariates") or ())
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        raise DeclarationError(
            ("comparison", "covariates"),
            f"{programme_id}: impact: comparison: covariates: {', '.join(twice)} declared twice.",
        )
    return Declaration(
        programme_id,
        outcomes,
        tuple(comparison.get("covariates") or ()),
        comparison.get("negative_control"),
        declaration_digest(block),
        _looks(programme_id, block.get("looks") or []),
        _share(programme_id, block.get("draw_share")),
    )


def declaration_digest(block: Mapping[str, Any]) -> str:
    """First 16 hex digits of the SHA-256 of the block as sorted JSON, so that comments and order don't count."""
    return hashlib.sha256(json.dumps(block, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _share(programme_id: str, share: Any) -> float | None:
    if share is None:
        return None
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
        raise DeclarationError(
            ("draw_share",),
            f"{programme_id}: impact: draw_share is {share!r}; a share above 0 and below 1 is possible, such as 0.5.",
        )
    return float(share)


def _looks(programme_id: str, entries: Any) -> tuple[PlannedLook, ...]:
    """Days on which outcomes are judged; without `information` the k-th of K is taken to know k / K of all that will be known."""
    what = f"{programme_id}: impact: looks"
    if not isinstance(entries, list | tuple) or len(entries) > MOST_LOOKS:
        raise DeclarationError(
            ("looks",), f"{what}: a list of up to {MOST_LOOKS} days is needed, such as [2026-06-30, 2027-06-30]."
        )
    looks = tuple(
        _look(what, ("looks", place), entry, (place + 1) / len(entries)) for place, entry in enumerate(entries)
    )
    for place, (earlier, later) in enumerate(itertools.pairwise(looks), start=1):
        if later.on <= earlier.on or later.information <= earlier.information:
            raise DeclarationError(
                ("looks", place), f"{what}: {later.on} must come after {earlier.on}, with more information."
            )
    if looks and looks[-1].information != 1:
        raise DeclarationError(
            ("looks", len(looks) - 1, "information"),
            f"{what}: the last look has all the information: leave `information` out there, or write 1.",
        )
    return looks


def _look(what: str, place: Place, entry: Any, information: float) -> PlannedLook:
    content = entry if isinstance(entry, Mapping) else {"on": entry}
    share = content.get("information", information)
    try:
        on = date.fromisoformat(str(content.get("on")))
    except ValueError:
        raise DeclarationError(
            (*place, "on"), f"{what}: {content.get('on')!r} is no day; write it as 2026-06-30."
        ) from None
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise DeclarationError(
            (*place, "information"), f"{what}: {on}: information is {share!r}; a share above 0, at most 1, is possible."
        )
    return PlannedLook(on, float(share))


def _outcome(programme_id: str, entry: Mapping[str, Any], place: Place) -> Outcome:
    what = f"{programme_id}: impact: outcomes: {entry.get('outcome', '?')}"
    missing = [name for name in ("outcome", "label", "unit") if not entry.get(name)]
    if missing:
        raise DeclarationError(place, f"{what}: {', '.join(missing)} missing.")
    kind = entry.get("kind", "number")
    if kind not in KINDS:
        raise DeclarationError((*place, "kind"), f"{what}: kind is {kind!r}; it may be {', '.join(KINDS)}.")
    named = MONTHS_IN_NAME.search(str(entry["outcome"]))
    horizon = entry.get("horizon_months", int(named[1]) if named else 12)
    if isinstance(horizon, bool) or not isinstance(horizon, int) or not 1 <= horizon <= 60:
        raise DeclarationError(
            (*place, "horizon_months"),
            f"{what}: horizon_months is {horizon!r}; whole months from 1 to 60 are possible.",
        )
    if named and horizon != int(named[1]):
        raise DeclarationError(
            (*place, "horizon_months"),
            f"{what}: horizon_months is {horizon}, but the outcome's name says {named[1]}: what is shown as one would be the other.",
        )
    subgroups = tuple(entry.get("subgroups") or ())
    if len(subgroups) > MOST_SUBGROUPS:
        raise DeclarationError(
            (*place, "subgroups"),
            f"{what}: {len(subgroups)} subgroups; at most {MOST_SUBGROUPS}, since by chance alone some would differ.",
        )
    return Outcome(
        outcome=entry["outcome"],
        label=entry["label"],
        unit=entry["unit"],
        kind=kind,
        is_primary=bool(entry.get("is_primary", False)),
        horizon_months=horizon,
        covariates=tuple(entry.get("covariates") or ()),
        subgroups=subgroups,
        pooled=bool(entry.get("pooled", False)),
        include_baseline_wave=bool(entry.get("include_baseline_wave", False)),
        complete_cases=bool(entry.get("complete_cases", False)),
    )
