"""The student register and the alumni list of the partner university: people, and who guides whom."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.demo import vocabulary as words
from pipelines.demo.clock import stream

STUDENTS, ALUMNI = 182, 84
DEGREES = (
    "BSc Business Informatics",
    "BSc Mechanical Engineering",
    "MSc Data Science",
    "BA Media Management",
    "MSc Logistics",
)
EMPLOYERS = (
    "Nordlicht AG",
    "Quantum Tools",
    "City of Halle",
    "Fabrik 12",
    "self-employed",
    "Helios Labs",
    "Brightwater Ltd",
)
COHORTS = {"SA-2025": (date(2025, 3, 3), 62, 2025), "SA-2026": (date(2026, 3, 2), 112, 2026)}


@dataclass(frozen=True)
class Campus:
    """students: sourced_id, given, family, email, class_year, degree, engagement. alumni: alumni_id and the like.
    guidance: cohort_id, student, alumnus (row numbers), start."""

    students: pl.DataFrame
    alumni: pl.DataFrame
    guidance: pl.DataFrame


def campus(seed: int, scale: float) -> Campus:
    """Two graduating classes (2025, 2026); half a dozen of the class of 2025 come back as alumni under their private address."""
    rng = stream(seed, "campus")
    n, m = int(STUDENTS * scale), int(ALUMNI * scale)
    given, family = words.names(n + m, rng)
    year = np.where(np.arange(n) < int(66 * scale), 2025, 2026)
    students = pl.DataFrame(
        {
            "sourced_id": [f"STU-{k + 1:05d}" for k in range(n)],
            "given": given[:n],
            "family": family[:n],
            "email": [
                f"{words.mail_name(g, f)}@students.uni-ostfeld.example"
                for g, f in zip(given[:n], family[:n], strict=True)
            ],
            "class_year": year,
            "degree": rng.choice(DEGREES, n),
            "engagement": rng.normal(size=n),
        }
    )
    returning = min(6, m)
    alumni = pl.DataFrame(
        {
            "alumni_id": [f"AL{k + 1:04d}" for k in range(m)],
            "given": [*given[:returning], *given[n : n + m - returning]],
            "family": [*family[:returning], *family[n : n + m - returning]],
            "email": [f"{words.mail_name(g, f)}@mail.example" for g, f in zip([*given[:returning], *given[n : n + m - returning]], [*family[:returning], *family[n : n + m - returning]], strict=True)],
            "student_id": [*students["sourced_id"][:returning].to_list(), *([None] * (m - returning))],
            "class_year": [*([2025] * returning), *rng.integers(1998, 2023, m - returning).tolist()],
            "degree": rng.choice(DEGREES, m),
            "employer": rng.choice(EMPLOYERS, m),
            "consent": rng.choice(("yes", "no"), m, p=(0.97, 0.03)),
        }
    )  # fmt: skip
    return Campus(students, alumni, _guidance(students, alumni, returning, rng, scale))


def _guidance(
    students: pl.DataFrame, alumni: pl.DataFrame, returning: int, rng: np.random.Generator, scale: float
) -> pl.DataFrame:
    parts = []
    for cohort_id, (start, places, class_year) in COHORTS.items():
        members = rng.permutation(np.flatnonzero(students["class_year"].to_numpy() == class_year))[
            : int(places * scale)
        ]
        experienced = np.arange(returning if class_year == 2025 else 0, alumni.height)
        seats = rng.permutation(np.repeat(experienced, 2))[: len(members)]
        days = rng.integers(0, 190, len(members)) if class_year == 2026 else rng.integers(0, 20, len(members))
        parts.append(
            pl.DataFrame(
                {
                    "cohort_id": cohort_id,
                    "student": members[: len(seats)],
                    "alumnus": seats,
                    "start": [start] * len(seats),
                    "delay": days[: len(seats)],
                }
            )
        )
    return pl.concat(parts).with_columns(start=pl.col("start") + pl.duration(days="delay")).drop("delay")
