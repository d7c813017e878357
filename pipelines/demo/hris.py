"""Both HRIS as their vendors write them: BambooHR's JSON for HQ, a German CSV export for the products unit, and the extra people files."""

from typing import Any

import numpy as np
import polars as pl

from pipelines.demo import vocabulary as words
from pipelines.demo.careers import Careers
from pipelines.demo.clock import AS_OF, stream
from pipelines.demo.files import csv_lines

Record = dict[str, Any]
TERMINATIONS = {
    "voluntary": "Voluntary",
    "involuntary": "Involuntary",
    "retirement": "Retirement",
    "end_of_contract": "End of Contract",
}
GERMAN_REASONS = {
    "voluntary": "Eigenkündigung",
    "involuntary": "Kündigung AG",
    "retirement": "Rente",
    "end_of_contract": "Befristung",
}


def job_rows(careers: Careers, people: pl.DataFrame) -> pl.DataFrame:
    """One row per job state: the simulated ones, and one for each transfer and rehire, who report to the head of HQ from then on."""
    rows = pl.DataFrame(careers.job_rows).with_columns(pl.col("valid_from").cast(pl.Date))
    last = rows.sort("person", "valid_from").group_by("person", maintain_order=True).last()
    back = people.filter(pl.col("rehire_date").is_not_null()).join(
        last, left_on="number", right_on="person", how="inner", maintain_order="left"
    )
    moved = people.filter(pl.col("transferred_from").is_not_null()).join(
        last, left_on="transferred_from", right_on="person", how="inner", maintain_order="left"
    )
    extra = [
        back.select(person="number", valid_from="rehire_date", rank="rank", department="department", manager=pl.lit(0)),
        moved.select(person="number", valid_from="hire_date", rank="rank", department=pl.lit(2), manager=pl.lit(0)),
    ]
    return (
        pl.concat([rows, *[e.select(rows.columns).cast(rows.schema) for e in extra]])
        .sort("person", "valid_from")
        .with_columns(
            before_rank=pl.col("rank").shift().over("person"),
            before_department=pl.col("department").shift().over("person"),
            following=pl.col("valid_from").shift(-1).over("person"),
        )
    )


def bamboo_employees(people: pl.DataFrame, jobs: pl.DataFrame) -> list[Record]:
    """GET /employees with all fields: ids as text, 0000-00-00 where there is no date; a rehire moves hireDate."""
    boss = dict(jobs.group_by("person", maintain_order=True).last().select("person", "manager").iter_rows())
    final = {row["person"]: row for row in jobs.group_by("person", maintain_order=True).last().to_dicts()}
    ids = people["person_id"].to_list()
    records = []
    for p in people.filter(pl.col("unit") == 0).iter_rows(named=True):
        here = p["last_day"] is None or p["rehire_date"] is not None
        job = final.get(p["number"])
        manager = boss.get(p["number"], -1)
        records.append(
            {
                "employeeId": p["person_id"],
                "employeeNumber": p["employee_number"],
                "firstName": p["given"],
                "lastName": p["family"],
                "displayName": f"{p['given']} {p['family']}",
                "workEmail": p["email"],
                "status": "Active" if here else "Inactive",
                "hireDate": str(p["rehire_date"] or p["hire_date"]),
                "originalHireDate": str(p["hire_date"]) if p["rehire_date"] else "0000-00-00",
                "terminationDate": "0000-00-00" if here else str(p["last_day"]),
                "jobTitleName": words.TITLES[job["rank"]] if job else "",
                "supervisorId": ids[manager] if manager >= 0 and manager != p["number"] and here else None,
                "country": words.COUNTRIES[p["location"]],
                "timezone": words.ZONES[p["location"]],
                "languages": p["languages"].replace("|", ", "),
                "customConsentAnalytics": p["consent"],
                "_restrictedFields": [],
            }
        )
    return records


def bamboo_jobs(people: pl.DataFrame, jobs: pl.DataFrame, rng: np.random.Generator) -> list[Record]:
    """GET /employees/all/tables/jobInfo: unsorted, no end date, the manager as a display name."""
    known = people.select("number", "unit", "person_id", "location", "given", "family").to_dicts()
    names = [f"{p['given']} {p['family']}" for p in known]
    records: list[Record] = []
    for row in jobs.iter_rows(named=True):
        person = known[row["person"]]
        if person["unit"] == 0:
            records.append(
                {
                    "id": str(40001 + len(records)),
                    "employeeId": person["person_id"],
                    "date": str(row["valid_from"]),
                    "location": person["location"],
                    "division": "Headquarters",
                    "department": words.DEPARTMENTS[row["department"]],
                    "jobTitle": words.TITLES[row["rank"]],
                    "reportsTo": names[row["manager"]] if row["rank"] < 9 else "",
                    "customJobLevel": words.HQ_LEVELS[row["rank"]],
                }
            )
    return [records[k] for k in rng.permutation(len(records))]


def bamboo_statuses(people: pl.DataFrame) -> list[Record]:
    """GET /employees/all/tables/employmentStatus: hired, terminated (last day worked) and rehired rows."""
    records: list[Record] = []

    def add(person_id: str, day: Any, status: str, kind: str | None = None) -> None:
        records.append(
            {
                "id": str(80001 + len(records)),
                "employeeId": person_id,
                "date": str(day),
                "employmentStatus": status,
                "terminationTypeId": TERMINATIONS.get(kind) if kind else None,
                "terminationReasonId": None,
                "terminationRehireId": "Yes" if kind == "voluntary" else None,
            }
        )

    for p in people.filter(pl.col("unit") == 0).iter_rows(named=True):
        add(p["person_id"], p["hire_date"], "Full-Time")
        if p["last_day"]:
            add(p["person_id"], p["last_day"], "Terminated", p["end_kind"])
        if p["rehire_date"]:
            add(p["person_id"], p["rehire_date"], "Full-Time")
    return records


def _german(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%d.%m.%Y")


def personalstamm(people: pl.DataFrame, rng: np.random.Generator) -> list[str]:
    """The master list of the products unit: German headers, decimal comma, inclusive last day, 31.12.9999 while employed."""
    own = people.filter(pl.col("unit") == 1)
    moved = people["transferred_from"].drop_nulls().to_list()
    part_time = pl.Series(rng.choice(("100,00", "80,00", "50,00"), own.height, p=(0.82, 0.12, 0.06)))
    return csv_lines(
        own.select(
            pl.col("employee_number").alias("Personalnummer"),
            pl.col("family").alias("Nachname"),
            pl.col("given").alias("Vorname"),
            pl.col("email").alias("E-Mail"),
            _german("hire_date").alias("Eintritt"),
            _german("last_day").fill_null("31.12.9999").alias("Austritt"),
            pl.when(pl.col("number").is_in(moved))
            .then(pl.lit("Konzernwechsel"))
            .otherwise(pl.col("end_kind").replace(GERMAN_REASONS))
            .alias("Austrittsgrund"),
            pl.when("left").then(pl.lit("I")).otherwise(pl.lit("A")).alias("Status"),
            part_time.alias("BG"),
            pl.col("location").alias("Standort"),
            pl.col("languages").str.replace("|", ",", literal=True).alias("Sprachen"),
            pl.col("consent").replace({"yes": "ja", "no": "nein"}).alias("Einwilligung Auswertung"),
        ),
        delimiter=";",
    )


def positionen(people: pl.DataFrame, jobs: pl.DataFrame) -> list[str]:
    """The effective-dated positions of the products unit; `bis` is inclusive."""
    numbers = people["employee_number"].to_list()
    joined = jobs.join(
        people.select("number", "unit", "employee_number", "location", "last_day", "hire_date"),
        left_on="person",
        right_on="number",
        maintain_order="left",
    )
    own = joined.filter(pl.col("unit") == 1)
    ended = (
        pl.when(pl.col("following").is_not_null()).then(pl.col("following") - pl.duration(days=1)).otherwise("last_day")
    )
    action = (
        pl.when(pl.col("before_rank").is_null())
        .then(
            pl.when(pl.col("valid_from") == pl.col("hire_date"))
            .then(pl.lit("Einstellung"))
            .otherwise(pl.lit("Datenübernahme"))
        )
        .when(pl.col("rank") > pl.col("before_rank"))
        .then(pl.lit("Beförderung"))
        .when(pl.col("department") != pl.col("before_department"))
        .then(pl.lit("Versetzung"))
        .otherwise(pl.lit("Vorgesetztenwechsel"))
    )
    return csv_lines(
        own.select(
            pl.col("employee_number").alias("Personalnummer"),
            pl.lit("01").alias("Positions-Nr"),
            _german("valid_from").alias("von"),
            ended.dt.strftime("%d.%m.%Y").fill_null("31.12.9999").alias("bis"),
            pl.col("rank").replace_strict(words.GERMAN_TITLES, return_dtype=pl.String).alias("Stelle"),
            pl.col("rank").replace_strict(words.PRODUCT_LEVELS, return_dtype=pl.String).alias("Stufe"),
            pl.col("department")
            .replace_strict(dict(enumerate(words.DEPARTMENTS)), return_dtype=pl.String)
            .alias("Abteilung"),
            pl.col("location").alias("Standort"),
            pl.Series([numbers[m] if r < 9 else "" for m, r in own.select("manager", "rank").iter_rows()]).alias(
                "Vorgesetzter"
            ),
            action.alias("Maßnahme"),
        ),
        delimiter=";",
    )


def demographics(people: pl.DataFrame, rng: np.random.Generator) -> list[str]:
    """Long: one row per person and attribute, as each person stated it (some by HR's file)."""
    known = people.filter(pl.col("transferred_from").is_null())
    group = (
        pl.when((pl.col("gender") == "not_disclosed") & (pl.col("ethnicity") == "not_disclosed"))
        .then(pl.lit("not_disclosed"))
        .when("under_represented")
        .then(pl.lit("under_represented"))
        .otherwise(pl.lit("not_under_represented"))
    )
    basis = pl.Series("basis", rng.choice(("self", "hr"), known.height, p=(0.9, 0.1)))
    long = known.with_columns(representation_group=group, basis=basis).unpivot(
        on=["gender", "ethnicity", "representation_group"],
        index=["employee_number", "hire_date", "basis"],
        variable_name="attribute",
        value_name="value",
    )
    return csv_lines(
        long.select("employee_number", "attribute", "value", pl.col("hire_date").alias("valid_from"), "basis").sort(
            "employee_number", "attribute"
        )
    )


def ramp_up(careers: Careers, people: pl.DataFrame, seed: int, factor: float) -> tuple[list[str], pl.DataFrame]:
    """Weekly share of the role's target for HQ's hires since January 2023, and the truth: days to 0.8 with and without a mentor.

    A mentor shortens what is left of the ramp on the day the pair starts; before that day nothing changes.
    """
    rng = stream(seed, "ramp_up")
    staff = careers.staff
    hires = np.flatnonzero((staff.unit == 0) & (staff.hire_month >= 14) & (staff.hire_month < 60))
    alone = np.exp(
        np.log(104)
        + 0.26 * rng.normal(size=len(hires))
        - 0.10 * staff.performance[hires]
        - 0.05 * staff.engagement[hires]
    )
    started = np.full(len(staff), np.nan)
    for e in careers.enrolments:
        if e.intake.programme_id == "new_hires_90_days":
            started[e.people] = (e.intake.month - staff.hire_month[e.people]) * 30.4 - 5
    start = np.minimum(np.nan_to_num(started[hires], nan=10_000), alone)
    mentored = start + (alone - start) * factor
    truth = pl.DataFrame(
        {"number": hires, "days_alone": alone, "days_actual": mentored, "is_mentored": ~np.isnan(started[hires])}
    )
    weeks = 34
    who = np.repeat(np.arange(len(hires)), weeks)
    day = np.tile(np.arange(1, weeks + 1) * 7, len(hires))
    progress = np.clip(day / mentored[who], 0, None)
    value = np.clip(0.8 * progress**0.8 + rng.normal(0, 0.02, len(who)), 0, 1.25)
    observed = staff.hire_date[hires][who] + day.astype("timedelta64[D]")
    end = people["last_day"].fill_null(AS_OF).gather(hires).to_numpy().astype("datetime64[D]")[who]
    keep = (observed <= end) & (observed <= np.datetime64(AS_OF)) & (progress < 1.35)
    frame = pl.DataFrame(
        {
            "employee_number": people["employee_number"].gather(hires[who]),
            "measure": "share_of_role_target",
            "week_ending": observed,
            "value": np.round(value, 3),
            "threshold": 0.8,
        }
    ).filter(pl.Series(keep))
    return csv_lines(frame), truth
