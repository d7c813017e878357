"""Every survey of the demo: to whom it goes, when, and with which question sets."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Survey:
    """One survey as it is sent out. `role`: mentee, mentor or applicant; `gain`: share of the true effect that has come by then."""

    survey_id: str
    programme_id: str
    cohort_id: str | None
    instrument: str
    wave: str
    wave_no: int
    months: float
    role: str
    opened: date
    sets: tuple[str, ...]
    gain: float = 0.0
    is_anonymous: bool = False
    answer_rate: float = 0.80

    @property
    def file(self) -> str:
        return f"{self.survey_id}.csv"


def _confidence(
    code: str,
    programme_id: str,
    cohort_id: str,
    skill: str,
    role: str,
    waves: list[tuple[str, int, float, date, float]],
) -> list[Survey]:
    return [
        Survey(
            f"{cohort_id}-{code}-{wave}",
            programme_id,
            cohort_id,
            f"{skill}_{role}",
            wave,
            number,
            months,
            role,
            day,
            (skill, "engagement"),
            gain,
        )
        for wave, number, months, day, gain in waves
    ]


def _feedback(
    programme_id: str,
    cohort_id: str | None,
    name: str,
    wave: str,
    number: int,
    months: float,
    day: date,
    roles: str = "mentee mentor",
) -> list[Survey]:
    return [
        Survey(
            f"{name}-{role}-{wave}", programme_id, cohort_id, f"{role}_feedback", wave, number, months, role, day,
            ("csat", "recommendation", "relationship_quality"), answer_rate=0.78 if role == "mentee" else 0.72,
        )
        for role in roles.split()
    ]  # fmt: skip


def catalogue() -> list[Survey]:
    """Every survey of the demo, oldest programme first."""
    il, pc, sa, nh = "inclusive_leadership", "project_confidence", "students_alumni", "new_hires_90_days"
    found: list[Survey] = []
    for cohort_id, year in (("IL-2022", 2022), ("IL-2023", 2023)):
        waves = [("pre", 0, 0.0, date(year, 8, 20), 0.0), ("post", 2, 9.0, date(year + 1, 6, 1), 1.0)]
        found += _confidence("confidence", il, cohort_id, "leadership_confidence", "mentee", waves)
        found += _feedback(il, cohort_id, cohort_id, "post", 2, 9.0, date(year + 1, 6, 2), "mentee")
    lottery = [
        ("pre", 0, 0.0, date(2024, 8, 12), 0.0),
        ("mid", 1, 5.0, date(2025, 2, 1), 0.3),
        ("post", 2, 9.0, date(2025, 6, 1), 1.0),
    ]
    found += _confidence("confidence", il, "IL-2024", "leadership_confidence", "applicant", lottery)
    found += _feedback(il, "IL-2024", "IL-2024", "mid", 1, 5.0, date(2025, 2, 2), "mentee")
    found += _feedback(il, "IL-2024", "IL-2024", "post", 2, 9.0, date(2025, 6, 2))
    found += _confidence(
        "confidence",
        il,
        "IL-2025",
        "leadership_confidence",
        "mentee",
        [("pre", 0, 0.0, date(2025, 8, 20), 0.0), ("post", 2, 9.0, date(2026, 6, 1), 1.0)],
    )
    found += _feedback(il, "IL-2025", "IL-2025", "mid", 1, 5.0, date(2026, 2, 2))
    found += _feedback(il, "IL-2025", "IL-2025", "post", 2, 9.0, date(2026, 6, 2))
    for cohort_id, start in (
        ("PC-2024", date(2024, 3, 1)),
        ("PC-2025", date(2025, 3, 1)),
        ("PC-2026", date(2026, 3, 1)),
    ):
        waves = [
            ("pre", 0, 0.0, start - timedelta(9), 0.0),
            ("mid", 1, 3.0, start + timedelta(92), 0.5),
            ("post", 2, 6.0, start + timedelta(180), 1.0),
        ]
        found += _confidence("confidence", pc, cohort_id, "project_confidence", "mentee", waves)
        found += _feedback(
            pc,
            cohort_id,
            cohort_id,
            "post",
            2,
            6.0,
            start + timedelta(181),
            "mentee mentor" if start.year > 2024 else "mentee",
        )
    found += _confidence(
        "confidence", pc, "PC-2026B", "project_confidence", "mentee", [("pre", 0, 0.0, date(2026, 8, 24), 0.0)]
    )
    found += _confidence(
        "confidence",
        sa,
        "SA-2025",
        "career_confidence",
        "mentee",
        [("pre", 0, 0.0, date(2025, 2, 24), 0.0), ("post", 2, 6.0, date(2025, 9, 1), 1.0)],
    )
    found += _feedback(sa, "SA-2025", "SA-2025", "post", 2, 6.0, date(2025, 9, 2))
    found += _confidence(
        "confidence",
        sa,
        "SA-2026",
        "career_confidence",
        "mentee",
        [("pre", 0, 0.0, date(2026, 2, 23), 0.0), ("mid", 1, 6.0, date(2026, 9, 7), 0.8)],
    )
    found += _feedback(sa, "SA-2026", "SA-2026", "mid", 1, 6.0, date(2026, 9, 8), "mentee")
    found += _feedback(nh, None, "NH", "post", 2, 3.0, date(2023, 10, 15))
    found.append(
        Survey(
            "NH-pulse-2026-09",
            nh,
            None,
            "pulse",
            "pulse",
            1,
            2.0,
            "mentee",
            date(2026, 9, 14),
            ("csat", "engagement"),
            is_anonymous=True,
            answer_rate=0.85,
        )
    )
    return found
