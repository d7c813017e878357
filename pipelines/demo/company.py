"""The demo company: about 1,800 people over five years, written as vendors' own files, with a planted truth and planted bad data.

`generate` is the only entrance. The same seed and scale give the same bytes; a second call finds its own marker and returns at once.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from pipelines.demo import bad_data, hris, participation, platform, register, surveys, truth
from pipelines.demo.applications import applications
from pipelines.demo.calendars import calendars
from pipelines.demo.careers import Careers, simulate
from pipelines.demo.clock import EXPORTED_AT, stream
from pipelines.demo.files import Files, csv_lines, export_note, json_page, json_records, to_bytes
from pipelines.demo.forming import forming_cohort
from pipelines.demo.intakes import EFFECTS
from pipelines.demo.measures import measures
from pipelines.demo.people import register as people_register
from pipelines.demo.planted import Ledger
from pipelines.demo.students import campus as make_campus

MARKER = "_generated.json"
SYSTEMS = {
    "hris_hq": "BambooHR", "hris_products": "SAP HCM export", "people_extras": "People team", "surveys": "Qualtrics", "calendars": "Calendar server",
    "platform": "Mentoring platform", "students": "Ostfeld SIS", "alumni": "Alumni office",
}  # fmt: skip


@dataclass(frozen=True)
class DemoSummary:
    """What was written. `digest` is SHA-256 over all files' names and bytes; `is_new` is False where the files stood already."""

    seed: int
    scale: float
    people: int
    students_and_alumni: int
    pairs: int
    sessions: int
    files: int
    bytes: int
    planted_cases: int
    digest: str
    is_new: bool


def generate(target: Path, *, seed: int = 2026, scale: float = 1.0) -> DemoSummary:
    """Write the whole company below `target` (one folder per source, and `truth/`) and say what it holds."""
    recipe = {"seed": seed, "scale": scale, "generator": _generator_version()}
    marker = target / MARKER
    if marker.exists():
        known = json.loads(marker.read_text(encoding="utf-8"))
        if known.get("recipe") == recipe:
            return DemoSummary(**{**known["summary"], "is_new": False})
    marker.unlink(missing_ok=True)
    files, facts = build(seed, scale)
    _clear(target)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    summary = DemoSummary(
        seed=seed,
        scale=scale,
        files=len(files),
        bytes=sum(map(len, files.values())),
        digest=_digest(files),
        is_new=True,
        **facts,
    )
    marker.write_text(json.dumps({"recipe": recipe, "summary": asdict(summary)}, indent=1) + "\n", encoding="utf-8")
    return summary


def build(seed: int, scale: float) -> tuple[Files, dict[str, int]]:
    """All files in memory, by path below the target, and counts of what they hold."""
    careers = simulate(seed, scale)
    people = people_register(careers, seed, scale)
    campus = make_campus(seed, scale)
    paired = participation.pairs(participation.pairings(careers, people, campus, seed), seed)
    held = participation.sessions(paired, seed)
    answered = surveys.answer_all(careers, people, paired, seed)
    ledger = Ledger()
    files: Files = {}
    files |= _hris(careers, people, ledger, seed)
    extras, ramp = _extras(careers, people, ledger, seed)
    files |= extras
    files |= _platform(careers, people, paired, held, ledger, seed, scale)
    bad_data.spoil_surveys(answered.lines, ledger, stream(seed, "spoilt surveys"))
    files |= surveys.survey_files(answered)
    events, counts = calendars(paired, held)
    bad_data.spoil_calendars(events, counts, ledger)
    files |= events
    users, alumni = register.users(campus.students), register.alumni_rows(campus)
    bad_data.spoil_students(users, alumni, ledger)
    files |= {
        "students/manifest.csv": register.manifest(),
        "students/users.csv": to_bytes(users),
        "students/roles.csv": to_bytes(register.roles(campus.students)),
        "alumni/alumni.xlsx": register.alumni_workbook(alumni, EXPORTED_AT),
    }
    files |= {f"{folder}/_export.json": export_note(EXPORTED_AT, system) for folder, system in SYSTEMS.items()}
    outcomes = truth.potential_outcomes(careers, people, answered.confidence)
    known = truth.summary(careers, outcomes, ramp, seed, scale) | {"calendars": counts}
    files |= {
        "truth/truth.json": (json.dumps(known, indent=1) + "\n").encode(),
        "truth/potential_outcomes.parquet": _parquet(outcomes),
        "truth/planted_bad_data.json": (json.dumps(ledger.as_records(), indent=1, ensure_ascii=False) + "\n").encode(),
    }
    return files, {
        "people": people.height,
        "students_and_alumni": campus.students.height + campus.alumni.height,
        "pairs": paired.height,
        "sessions": held.height,
        "planted_cases": len(ledger.cases),
    }


def _safe(careers: Careers, people: pl.DataFrame, unit: int) -> list[str]:
    """Ids of people who never applied, lead nobody, never came back or moved: their records may be spoilt without touching the truth."""
    busy = set(careers.job_rows["manager"].tolist())
    for intake in careers.intakes:
        busy |= set(intake.applicants.tolist())
    busy |= set(people["transferred_from"].drop_nulls().to_list())
    quiet = people.filter(
        (pl.col("unit") == unit)
        & ~pl.col("number").is_in(list(busy))
        & pl.col("rehire_date").is_null()
        & pl.col("transferred_from").is_null()
    )
    return quiet["person_id"].to_list()


def _hris(careers: Careers, people: pl.DataFrame, ledger: Ledger, seed: int) -> Files:
    jobs = hris.job_rows(careers, people)
    employees, statuses = hris.bamboo_employees(people, jobs), hris.bamboo_statuses(people)
    job_info = hris.bamboo_jobs(people, jobs, stream(seed, "order of job rows"))
    bad_data.spoil_bamboo(employees, job_info, statuses, ledger, set(_safe(careers, people, 0)))
    soon = people.filter((pl.col("rehire_date") - pl.col("last_day")).dt.total_days() <= 31).height
    ledger.note(
        "rehire within 31 days",
        "hris_hq/tables_employmentStatus.json",
        "employment_spells",
        "repaired",
        soon,
        "one and the same spell",
    )
    later = people["rehire_date"].drop_nulls().len() - soon
    ledger.note(
        "rehire after more than 31 days",
        "hris_hq/tables_employmentStatus.json",
        "employment_spells",
        "kept",
        later,
        "a second spell; hireDate has moved on",
    )
    moved = people["transferred_from"].drop_nulls().len()
    ledger.note(
        "one person in two HRIS",
        "hris_hq/employees.json",
        "person_identifiers",
        "kept",
        moved,
        "same e-mail in hris_products, left there the day before",
    )
    refused = people.filter((pl.col("consent") == "no") & (pl.col("unit") == 0)).height
    ledger.note(
        "no consent to analytics", "hris_hq/employees.json", "persons", "kept", refused, "customConsentAnalytics no"
    )
    stamm, positions = hris.personalstamm(people, stream(seed, "products")), hris.positionen(people, jobs)
    bad_data.spoil_products(stamm, positions, ledger, set(_safe(careers, people, 1)))
    return {
        "hris_hq/employees.json": json_page(employees),
        "hris_hq/tables_jobInfo.json": json_records(job_info),
        "hris_hq/tables_employmentStatus.json": json_records(statuses),
        "hris_products/personalstamm.csv": to_bytes(stamm, end="\r\n", encoding="cp1252"),
        "hris_products/positionen.csv": to_bytes(positions, end="\r\n", encoding="cp1252"),
    }


def _extras(careers: Careers, people: pl.DataFrame, ledger: Ledger, seed: int) -> tuple[Files, pl.DataFrame]:
    known = hris.demographics(people, stream(seed, "demographics"))
    readings, ramp = hris.ramp_up(careers, people, seed, EFFECTS["new_hires_90_days"].ramp_up_factor)
    bad_data.spoil_extras(known, readings, ledger)
    return {
        "people_extras/demographics.csv": to_bytes(known, encoding="utf-8-sig"),
        "people_extras/ramp_up_readings.csv": to_bytes(readings, end="\r"),
        "people_extras/measures.csv": to_bytes(measures(careers, people, seed)),
    }, ramp


def _platform(
    careers: Careers,
    people: pl.DataFrame,
    paired: pl.DataFrame,
    held: pl.DataFrame,
    ledger: Ledger,
    seed: int,
    scale: float,
) -> Files:
    forming = forming_cohort(careers, people, seed, scale)
    goals, updates = platform.goals(paired, seed)
    tables = {
        "applications.csv": csv_lines(applications(careers, people, paired, forming, seed)),
        "preferences.csv": forming.preferences,
        "person_preferences.csv": forming.person_preferences,
        "pairs.csv": platform.pairs(paired),
        "milestones.csv": platform.milestones(paired, seed),
        "goals.csv": goals,
        "goal_updates.csv": updates,
        "session_log.csv": platform.session_log(held),
        "costs.csv": platform.costs(paired, seed),
    }
    bad_data.spoil_platform(tables, ledger, stream(seed, "spoilt platform"))
    return {f"platform/{name}": to_bytes(lines) for name, lines in tables.items()}


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def _digest(files: Files) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def _generator_version() -> str:
    """Hash of this package's own source: changed code writes the files anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _clear(target: Path) -> None:
    """Remove what an earlier generation left in the folders this one writes; nothing else."""
    for folder in (*SYSTEMS, "truth"):
        for path in sorted((target / folder).glob("*")):
            if path.is_file():
                path.unlink()
