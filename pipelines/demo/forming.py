"""The cohort that is being formed: applications of 90 mentees and 40 mentors for autumn 2026, with what they want, offer and rule out.

Seats are short on purpose where only four mentors or so speak German with the twenty mentees who speak nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from pipelines.demo import vocabulary as words
from pipelines.demo.careers import Careers
from pipelines.demo.clock import MONTHS, stream
from pipelines.demo.files import csv_lines
from pipelines.demo.people import employed_on_as_of

COHORT = "IL-2026"
MENTEES, MENTORS = 90, 40
SLOTS = ("mon-am", "tue-am", "wed-pm", "thu-pm", "fri-am")


@dataclass(frozen=True)
class Forming:
    """applications: frame; preferences and person_preferences: CSV lines."""

    applications: pl.DataFrame
    preferences: list[str]
    person_preferences: list[str]


def forming_cohort(careers: Careers, people: pl.DataFrame, seed: int, scale: float) -> Forming:
    """Draw mentees and mentors for the cohort and everything that they state."""
    rng = stream(seed, "forming")
    mentees, mentors = _chosen(careers, people, rng, scale)
    mail, languages = people["email"].to_list(), people["languages"].to_list()
    applications = []
    preferences: list[tuple[str, str, int, str, float]] = []
    wishes: list[tuple[str, str, int, str]] = []
    for position, person in enumerate([*mentees, *mentors]):
        is_mentee = position < len(mentees)
        application_id = f"A-26{position + 1:04d}"
        applications.append(
            {
                "application_id": application_id,
                "programme_id": "inclusive_leadership",
                "cohort_id": COHORT,
                "email": mail[person],
                "role": "mentee" if is_mentee else "mentor",
                "submitted_at": datetime(2026, 9, 15 + position % 14, 8 + position % 9, (7 * position) % 60),
                "decision": "pending",
                "capacity": None if is_mentee else int(rng.choice((1, 2, 3), p=(0.25, 0.45, 0.30))),
            }
        )
        kind = "skill_wanted" if is_mentee else "skill_offered"
        skills = rng.choice(words.SKILLS, 3 if is_mentee else 4, replace=False)
        preferences += [
            (application_id, kind, rank + 1, str(s), (1.0, 0.7, 0.4, 0.4)[rank]) for rank, s in enumerate(skills)
        ]
        preferences += [
            (application_id, "topic", rank + 1, str(t), 1.0)
            for rank, t in enumerate(rng.choice(words.TOPICS, 2, replace=False))
        ]
        preferences += [
            (application_id, "interest", 0, str(i), 1.0) for i in rng.choice(words.INTERESTS, 2, replace=False)
        ]
        preferences += [(application_id, "time", 0, str(t), 1.0) for t in rng.choice(SLOTS, 2, replace=False)]
        preferences += [(application_id, "language", 0, code, 1.0) for code in languages[person].split("|")]
        wishes += _wishes(application_id, mentors if is_mentee else mentees, is_mentee, mail, rng)
    return Forming(
        pl.DataFrame(applications, infer_schema_length=None),
        csv_lines(
            pl.DataFrame(preferences, schema=["application_id", "kind", "rank", "value", "weight"], orient="row")
        ),
        csv_lines(pl.DataFrame(wishes, schema=["application_id", "kind", "rank", "person_email"], orient="row")),
    )


def _wishes(
    application_id: str, others: np.ndarray, is_mentee: bool, mail: list[str], rng: np.random.Generator
) -> list[tuple[str, str, int, str]]:
    """Ranked favourites of two thirds of the mentees and a fifth of the mentors; now and then somebody who is ruled out."""
    found = []
    drawn = rng.choice(others, 4, replace=False)
    if rng.random() < (0.65 if is_mentee else 0.2):
        found += [(application_id, "person", rank + 1, mail[k]) for rank, k in enumerate(drawn[:3])]
    if rng.random() < 0.08:
        found.append((application_id, "excluded_person", 0, mail[drawn[3]]))
    return found


def _chosen(
    careers: Careers, people: pl.DataFrame, rng: np.random.Generator, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    n = len(careers.staff)
    here = (
        employed_on_as_of(people)[:n].to_numpy()
        & (careers.staff.exit_month > MONTHS)
        & people["rehire_date"][:n].is_null().to_numpy()
    )
    rank, place = careers.rank_at[MONTHS - 1], careers.staff.location
    german_only = (people["languages"][:n] == "de").to_numpy()
    german = people["languages"][:n].str.contains("de").to_numpy()
    before = np.zeros(n, bool)
    control = np.zeros(n, bool)
    for intake in careers.intakes:
        if intake.programme_id == "inclusive_leadership":
            before[intake.enrolled] = True
            if intake.arms is not None:
                control[intake.applicants[intake.arms == "control"]] = True
    pool = here & (rank >= 2) & (rank <= 5) & ~before & (MONTHS - careers.staff.hire_month >= 8)

    def some(mask: np.ndarray, count: float) -> np.ndarray:
        return rng.permutation(np.flatnonzero(mask))[: int(count * scale)]

    mentees = [some(pool & german_only, 20), some(pool & (place == 2), 22), some(pool & (place == 1), 12)]
    rest = pool & ~german_only & (place != 1) & (place != 2)
    mentees += [some(rest & control, 18), some(rest & ~control, 18)]
    leads = here & (rank >= 6) & (rank < 9)
    mentors = [some(leads & (place == 2), 9), some(leads & (place == 1), 18), some(leads & german & (place >= 3), 4)]
    settled = np.concatenate(mentors)
    mentors.append(some(leads & ~np.isin(np.arange(n), settled) & ~german, MENTORS - len(settled) / scale))
    missing = int(MENTORS * scale) - sum(map(len, mentors))
    others = leads & ~np.isin(np.arange(n), np.concatenate(mentors)) & (place == 0)
    mentors.append(rng.permutation(np.flatnonzero(others))[: max(0, missing)])
    return rng.permutation(np.concatenate(mentees)), rng.permutation(np.concatenate(mentors))
