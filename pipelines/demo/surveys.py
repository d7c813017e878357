"""Qualtrics exports: three header rows, numeric recodes, one file per survey; and the distribution history beside each.

Who answers isn't chance: engaged people answer more often, and mentees more often than those who got no place.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.demo.careers import Careers
from pipelines.demo.clock import AS_OF, stream
from pipelines.demo.files import Files, to_bytes
from pipelines.demo.intakes import EFFECTS
from pipelines.demo.questions import SETS, Question
from pipelines.demo.survey_catalogue import Survey, catalogue

METADATA = (
    ("StartDate", "Anfangsdatum", "startDate"), ("EndDate", "Enddatum", "endDate"), ("Status", "Antworttyp", "status"), ("Progress", "Aktueller Stand", "progress"),
    ("Duration (in seconds)", "Dauer (in Sekunden)", "duration"), ("Finished", "Beendet", "finished"), ("RecordedDate", "Erfassungsdatum", "recordedDate"),
    ("ResponseId", "Antwort-ID", "_recordId"), ("ExternalReference", "Externe Datenreferenz", "externalDataReference"),
    ("DistributionChannel", "Verteilungskanal", "distributionChannel"), ("UserLanguage", "Benutzersprache", "userLanguage"),
)  # fmt: skip
KIND_OF_PERSON = 1_000_000
"""Staff are numbered from 0, students from this on, alumni from twice this."""
FEWEST_TRAITS = 40_000
"""Drawn however few people there are: a larger company has the smaller one's people in it."""


@dataclass
class Answered:
    """Survey files (lines still open to planted trouble) and the truth of the lottery cohort's confidence, on the scale of the answers."""

    lines: dict[str, list[str]] = field(default_factory=dict)
    distributions: dict[str, list[str]] = field(default_factory=dict)
    confidence: dict[str, np.ndarray] = field(default_factory=dict)


def answer_all(careers: Careers, people: pl.DataFrame, paired: pl.DataFrame, seed: int) -> Answered:
    """Answers to every survey; a person's traits (level of confidence, wish to answer) are the same in all of them."""
    numbers = people["employee_number"].to_list()
    lottery = next(i for i in careers.intakes if i.arms is not None)
    answered = Answered()
    for survey in catalogue():
        rng = stream(seed, f"survey {survey.survey_id}")
        asked = _asked(survey, paired, lottery.applicants, people)
        if survey.role == "applicant":
            asked = asked.with_columns(treated=pl.col("person").is_in(lottery.enrolled.tolist()))
        answers = _answers(survey, asked, careers, seed, rng, answered)
        references = [
            numbers[k] if k < KIND_OF_PERSON else mail for k, mail in asked.select("person", "email").iter_rows()
        ]
        _write(survey, asked, references, answers, rng, answered)
    return answered


def _asked(survey: Survey, paired: pl.DataFrame, applicants: np.ndarray, people: pl.DataFrame) -> pl.DataFrame:
    """person, dyad, email, treated, day: those to whom the survey went, once each, and who are still there.

    `dyad` is the mentee's number: what two people share in how they see their relationship hangs on it.
    """
    if survey.role == "applicant":
        frame = people[applicants].select(
            pl.col("number").alias("person"),
            pl.col("number").alias("dyad"),
            "email",
            pl.lit(False).alias("treated"),
            "last_day",
        )
        return (
            frame.filter(pl.col("last_day").is_null() | (pl.col("last_day") > survey.opened))
            .with_columns(day=pl.lit(survey.opened))
            .drop("last_day")
        )
    own = paired.filter(pl.col("programme_id") == survey.programme_id)
    if survey.cohort_id is not None:
        own = own.filter(pl.col("cohort_id") == survey.cohort_id)
    rolling = survey.cohort_id is None and not survey.is_anonymous
    day = pl.col("start_date") + pl.duration(days=88) if rolling else pl.lit(survey.opened)
    gone = pl.col(f"{survey.role}_last_day")
    own = own.with_columns(day=day).filter(gone.is_null() | (gone > pl.col("day")))
    if survey.is_anonymous:
        own = own.filter(pl.col("start_date") > survey.opened - timedelta(days=240))
    frame = own.filter(pl.col("day") <= AS_OF).select(
        pl.col(survey.role).alias("person"),
        pl.col("mentee").alias("dyad"),
        pl.col(f"{survey.role}_email").alias("email"),
        pl.lit(survey.role == "mentee").alias("treated"),
        "day",
    )
    return frame.unique(subset="person", keep="last", maintain_order=True)


def _traits(people: np.ndarray, seed: int, name: str) -> np.ndarray:
    """A standard normal trait for each person, the same in each survey that asks for it."""
    kind, number = np.divmod(people, KIND_OF_PERSON)
    traits = np.empty(people.size)
    for place in np.unique(kind):
        own = number[kind == place]
        drawn = stream(seed, f"trait {name} {place}").normal(size=max(FEWEST_TRAITS, int(own.max()) + 1))
        traits[kind == place] = drawn[own]
    return traits


def _answers(
    survey: Survey, asked: pl.DataFrame, careers: Careers, seed: int, rng: np.random.Generator, answered: Answered
) -> np.ndarray:
    """(people, questions) of whole numbers. Confidence = level + trait + programme's gain; satisfaction follows engagement."""
    person = asked["person"].to_numpy()
    staff = person < KIND_OF_PERSON
    engagement = np.where(
        staff, careers.staff.engagement[np.where(staff, person, 0)], _traits(person, seed, "engagement") * 0.8
    )
    questions = [q for name in survey.sets for q in SETS[name]]
    n = len(person)
    noise = rng.normal(size=(n, len(questions)))
    wave_noise = rng.normal(size=n)
    skill = (
        3.05 + 0.22 * engagement + 0.50 * _traits(person, seed, "skill") + 0.28 * wave_noise + 0.08 * survey.wave_no / 2
    )
    own = EFFECTS[survey.programme_id]
    effect = own.confidence_points * survey.gain
    treated = asked["treated"].to_numpy().astype(float)
    shared = _traits(asked["dyad"].to_numpy(), seed, "dyad")
    liking = 0.30 * engagement + 0.35 * _traits(person, seed, "liking") + 0.55 * shared + 0.2 * wave_noise
    columns = []
    for k, q in enumerate(questions):
        if q.construct == "skill_confidence":
            latent = skill + effect * treated + 0.55 * noise[:, k]
        elif q.construct == "engagement":
            latent = 3.55 + 0.5 * engagement + own.engagement_points * survey.gain * treated + 0.5 * noise[:, k]
        elif q.construct == "recommendation":
            latent = 8.0 + 1.5 * liking + 0.9 * noise[:, k] + (0.3 if survey.role == "mentor" else 0.0)
        elif q.construct == "csat":
            latent = 4.05 + 0.75 * liking + 0.4 * noise[:, k]
        else:
            latent = 3.9 + 0.55 * liking + 0.55 * noise[:, k]
        columns.append(np.clip(np.round((q.low + q.high - latent) if q.is_reversed else latent), q.low, q.high))
    if survey.role == "applicant":
        items = [k for k, q in enumerate(questions) if q.construct == "skill_confidence"]
        worlds = [
            np.mean([np.clip(np.round(skill + e + 0.55 * noise[:, k]), 1, 5) for k in items], axis=0)
            for e in (0.0, effect)
        ]
        answered.confidence[survey.wave] = np.column_stack([person, *worlds])
    return np.column_stack(columns).astype(int)


def _write(
    survey: Survey,
    asked: pl.DataFrame,
    references: list[str],
    answers: np.ndarray,
    rng: np.random.Generator,
    answered: Answered,
) -> None:
    n = len(references)
    questions = [q for name in survey.sets for q in SETS[name]]
    eager = 0.08 * np.tanh(answers[:, -1] - 3.5)
    rate = (
        survey.answer_rate
        + eager
        + (np.where(asked["treated"].to_numpy(), 0.03, -0.02) if survey.role == "applicant" else 0.0)
    )
    bounced = rng.random(n) < 0.008
    replied = (rng.random(n) < rate) & ~bounced
    partial = replied & (rng.random(n) < 0.035)
    after = rng.exponential(4.0, n).clip(0.05, 19.0)
    sent = [np.datetime64(d, "D") + np.timedelta64(8, "h") for d in asked["day"].to_list()]
    end = np.array(sent, "datetime64[s]") + (after * 86400).astype("timedelta64[s]")
    replied &= end <= np.datetime64(AS_OF)
    seconds = rng.integers(55, 900, n)
    lines = header(questions)
    keys = rng.integers(0, 2**62, n)
    answered_count = rng.integers(1, max(2, len(questions)), n)
    for k in np.flatnonzero(replied).tolist():
        shown = answered_count[k] if partial[k] else len(questions)
        values = [str(v) if j < shown else "" for j, v in enumerate(answers[k])]
        stamp = str(end[k]).replace("T", " ")
        began = str(end[k] - np.timedelta64(int(seconds[k]), "s")).replace("T", " ")
        progress = int(100 * shown / len(questions)) if partial[k] else 100
        who = "" if survey.is_anonymous else references[k]
        channel = "anonymous" if survey.is_anonymous else "email"
        meta = [
            began,
            stamp,
            "0",
            str(progress),
            str(seconds[k]),
            "0" if partial[k] else "1",
            stamp,
            f"R_{keys[k]:015x}",
            who,
            channel,
            "EN",
        ]
        lines.append(",".join([*meta, *values]))
    answered.lines[survey.file] = lines
    history = ["Response ID,External Data Reference,Email,Status,Sent Date,Response Date"]
    for k in range(n):
        status = (
            "Hard Bounce"
            if bounced[k]
            else "Survey Finished"
            if replied[k] and not partial[k]
            else "Survey Started"
            if partial[k]
            else "Email Sent"
        )
        response = f"R_{keys[k]:015x}" if replied[k] and not survey.is_anonymous else ""
        stamp = str(end[k]).replace("T", " ") if replied[k] and not survey.is_anonymous else ""
        if survey.is_anonymous:
            status = "Hard Bounce" if bounced[k] else "Email Sent"
        history.append(
            f"{response},{references[k]},{asked['email'][k]},{status},{str(sent[k]).replace('T', ' ')}:00:00,{stamp}"
        )
    answered.distributions[survey.file.replace(".csv", "_distribution.csv")] = history


def header(questions: list[Question]) -> list[str]:
    """Qualtrics' three header rows: tags, texts in the account's language, and ImportIds as JSON."""
    quoted = ['"' + q.text.replace('"', '""') + '"' for q in questions]
    zone = ',""timeZone"":""Europe/Berlin""'
    ids = [
        f'"{{""ImportId"":""{i}""{zone if i in ("startDate", "endDate", "recordedDate") else ""}}}"'
        for _, _, i in METADATA
    ]
    ids += [f'"{{""ImportId"":""{q.import_id}""}}"' for q in questions]
    return [
        ",".join([*(m[0] for m in METADATA), *(q.tag for q in questions)]),
        ",".join([*(m[1] for m in METADATA), *quoted]),
        ",".join(ids),
    ]


def survey_files(answered: Answered) -> Files:
    """Exports and distribution histories as files of the source folder."""
    files = {f"surveys/{name}": to_bytes(lines) for name, lines in answered.lines.items()}
    return files | {f"surveys/{name}": to_bytes(lines) for name, lines in answered.distributions.items()}
