"""The canonical raw tables: what every connector maps its system to.

One `Table` per canonical table, one `Column` per column, with type, privacy class, whether it is required
and which values are allowed. Connectors build frames in this shape, the quality gate derives its row rules and its
Great Expectations suites from it, the loader creates the DuckDB tables from it and the dbt sources are
rendered from it, so a column is declared once.

Privacy classes: P0 none, P1 pseudonymous key, P2 direct identifier (goes to `vault` only), P3 special category (schema
`raw_demographics` only), F free text (not loaded unless asked for). P4 (password, SSN, bank) has no column here:
the allow-list of columns is this module.

A column with ``reference=True`` holds a person. Connectors deliver a typed identifier ``"<id_type>:<value>"``
(for example ``"email:ada@example.org"`` or ``"hris_hq:1042"``); the loader replaces it by its keyed hash before the first
write, so no table outside `vault` holds a name, an e-mail or a source's own person id.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

ColumnType = Literal["text", "date", "instant", "int", "float", "bool"]

POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
}
DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "date": "date",
    "instant": "timestamptz",
    "int": "bigint",
    "float": "double",
    "bool": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    minimum, maximum: inclusive bounds for numbers and ISO dates. opaque: only equality matters (a calendar's UID may hold an
    address), so the loader replaces the value by its keyed hash.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    pii: Literal["P0", "P1", "P2", "P3", "F"] = "P0"
    values: tuple[str, ...] | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    reference: bool = False
    opaque: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table: its schema in the warehouse, its key and its columns (lineage columns are added to each)."""

    name: str
    schema: str
    key: tuple[str, ...]
    grain: str
    columns: tuple[Column, ...]

    @property
    def address(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def business_schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, without the lineage columns."""
        return {c.name: POLARS_TYPES[c.type] for c in self.columns}

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return (*self.columns, *LINEAGE)

    def column(self, name: str) -> Column:
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.address} has no column {name!r}; see pipelines/contracts.py")


def _text(name: str, description: str, **more) -> Column:
    return Column(name, "text", description, **more)


def _key(name: str, description: str) -> Column:
    return Column(name, "text", description, required=True, pii="P1")


def _person(name: str, description: str, *, required: bool = False) -> Column:
    return Column(name, "text", description, required=required, pii="P1", reference=True)


def _date(name: str, description: str, **more) -> Column:
    return Column(name, "date", description, minimum="1930-01-01", maximum="2100-01-01", **more)


def _instant(name: str, description: str, **more) -> Column:
    return Column(name, "instant", description, **more)


def _int(name: str, description: str, **more) -> Column:
    return Column(name, "int", description, **more)


def _float(name: str, description: str, **more) -> Column:
    return Column(name, "float", description, **more)


def _bool(name: str, description: str, **more) -> Column:
    return Column(name, "bool", description, **more)


LINEAGE: tuple[Column, ...] = (
    _text("source_system", "Kind of system the row came from, for example bamboohr or csv.", required=True),
    _text("source_instance", "The configured source (tenant); identity is unique within it.", required=True),
    _text("source_record_id", "The source's own id of the record, hashed where it identifies a person."),
    _instant("extracted_at", "When the bytes were taken from the source, UTC.", required=True),
    _instant("source_updated_at", "When the source last changed the record, where it says so."),
    _text("load_id", "The load that wrote the row: hash of the source's files and its mapping.", required=True),
    _text("row_hash", "SHA-256 over the business columns, first 32 hex digits.", required=True),
    _bool("is_deleted", "True when the source no longer delivers the record.", required=True),
    _text("source_file", "File in the landing zone that held the row.", required=True),
    _int("source_line", "Line (1-based) or record number in that file."),
)

OBJECTIVES = (
    "career_development",
    "onboarding",
    "diversity_inclusion",
    "leadership_readiness",
    "retention_engagement",
    "knowledge_transfer",
    "skill_building",
)
PERSON_KINDS = ("employee", "contractor", "student", "alumnus", "external")
ROLES = ("mentor", "mentee")

TABLES: tuple[Table, ...] = (
    Table(
        "persons",
        "raw_people",
        ("source_instance", "person_id"),
        "One row per person and source system.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _text("person_kind", "What the person is to the organisation.", required=True, values=PERSON_KINDS),
            _text("given_name", "Given name.", pii="P2"),
            _text("family_name", "Family name.", pii="P2"),
            _text("email_work", "Work e-mail, lower case.", pii="P2"),
            _text("email_personal", "Private e-mail, lower case.", pii="P2"),
            _text("status", "Status in the source.", values=("pending", "active", "leave", "inactive", "unknown")),
            _date("original_hire_date", "First day of the first employment or enrolment."),
            _date("latest_hire_date", "First day of the latest employment or enrolment."),
            _date("termination_date", "Last day worked, inclusive; null if still here or rehired."),
            _text("home_tz", "IANA time zone."),
            _text("country", "ISO 3166-1 alpha-2."),
            _text("languages", "Languages spoken, ISO 639-1, separated by a vertical bar."),
            _int("class_year", "Year of graduation of a student or alumnus.", minimum=1930, maximum=2100),
            _text("degree", "Degree or field of study."),
            _bool("consent_analytics", "False leaves person-level analysis; null was not asked."),
        ),
    ),
    Table(
        "person_identifiers",
        "raw_people",
        ("source_instance", "person_id", "id_type", "id_value", "valid_from"),
        "One row per identifier of a person and its validity.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _text("id_type", "email, employee_number, student_id, survey_token, platform_user, ...", required=True),
            _person("id_value", "The identifier as a typed reference.", required=True),
            _date("valid_from", "First day the identifier was this person's; null = always."),
            _date("valid_to", "First day it no longer was; null = still is."),
        ),
    ),
    Table(
        "person_demographics",
        "raw_demographics",
        ("source_instance", "person_id", "attribute", "valid_from"),
        "One row per person, attribute and start of validity.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _text(
                "attribute", "gender, ethnicity, disability, birth_band, first_generation, ...", required=True, pii="P3"
            ),
            _text("value", "The value; not_disclosed is a value.", required=True, pii="P3"),
            _date("valid_from", "First day of validity.", required=True),
            _text("collected_basis", "Who said so. Inferred values are refused.", required=True, values=("self", "hr")),
        ),
    ),
    Table(
        "employment_spells",
        "raw_people",
        ("source_instance", "person_id", "spell_no"),
        "One row per uninterrupted employment (or enrolment) of a person, half-open.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _int("spell_no", "1 for the first employment.", required=True, minimum=1),
            _date("hire_date", "First day.", required=True),
            _date("end_date", "First day no longer employed; null = still employed."),
            _text("hire_kind", "How it began.", values=("new", "rehire", "transfer_in")),
            _text(
                "end_kind",
                "How it ended.",
                values=("voluntary", "involuntary", "retirement", "end_of_contract", "death", "unknown"),
            ),
        ),
    ),
    Table(
        "job_history",
        "raw_people",
        ("source_instance", "person_id", "assignment_id", "valid_from", "seq"),
        "One row per state of a person's job, half-open, within one assignment.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _text("assignment_id", "Concurrent jobs are told apart by it.", required=True),
            _date("valid_from", "First day of the state.", required=True),
            _date("valid_to", "First day it no longer held; null = open."),
            _int("seq", "Order within a day; the state of the day is the greatest.", required=True, minimum=0),
            _text("job_title", "Title as the source gives it."),
            _text("job_code", "Job code."),
            _text("job_family", "Job family or function."),
            _text("level", "Level as the source gives it."),
            _int(
                "level_rank",
                "Rank from the customer's level map; null where the map doesn't name the level.",
                minimum=0,
                maximum=99,
            ),
            _text("department", "Department."),
            _text("business_unit", "Business unit or division."),
            _text("location", "Place of work."),
            _person("manager_person_id", "The manager, as a typed reference."),
            _text("employment_type", "full_time, part_time, fixed_term, ..."),
            _float("fte", "Full-time equivalent, 0 to 1.5.", minimum=0, maximum=1.5),
            _text(
                "change_action",
                "What happened on valid_from.",
                values=(
                    "hire",
                    "promotion",
                    "demotion",
                    "transfer",
                    "manager_change",
                    "rate_change",
                    "data_change",
                    "termination",
                    "rehire",
                    "unknown",
                ),
            ),
            _text("change_action_basis", "Who says so.", values=("source", "derived", "assumed")),
            _instant("known_from", "When the source learnt it, UTC; null = on extraction."),
            _instant("known_to", "When the source replaced it, UTC."),
        ),
    ),
    Table(
        "levels",
        "raw_people",
        ("source_instance", "level"),
        "One row per level of the customer's level map.",
        (
            _text("level", "Level as the source gives it.", required=True),
            _int("level_rank", "Rank; a higher one is more senior.", required=True, minimum=0, maximum=99),
            _bool("is_leadership", "True where the customer counts the level as leadership.", required=True),
        ),
    ),
    Table(
        "productivity_readings",
        "raw_people",
        ("source_instance", "person_id", "measure", "observed_on"),
        "One row per person, measure and day: how near a new hire is to the role's full output.",
        (
            _person("person_id", "The person, as this source knows it.", required=True),
            _text("measure", "What is measured, for example share_of_role_target.", required=True),
            _date("observed_on", "Day of the reading.", required=True),
            _float("value", "The reading.", required=True, minimum=0),
            _float("threshold", "Value at which the role counts as ramped up.", required=True, minimum=0),
        ),
    ),
    Table(
        "programmes",
        "raw_registry",
        ("programme_id",),
        "One row per programme.",
        (
            _text("programme_id", "Key of the programme.", required=True),
            _text("name", "Name.", required=True),
            _text("mission", "Why it exists, one sentence.", required=True),
            _text("strategy_link", "The strategic aim that it serves."),
            _text(
                "kind",
                "Form of mentoring.",
                required=True,
                values=("1:1", "group", "flash", "reverse", "peer", "student_alumni"),
            ),
            _text("objective", "What it is for.", required=True, values=OBJECTIVES),
            _text("population_person_kind", "Who may take part as a mentee.", required=True, values=PERSON_KINDS),
            _text("population_source_instance", "Restricts the population to one source; null = any."),
            _int("population_min_tenure_days", "Least tenure on the roster date, days.", minimum=0),
            _int("population_max_tenure_days", "Greatest tenure on the roster date, days.", minimum=0),
            _int("population_min_level_rank", "Least level rank."),
            _int("population_max_level_rank", "Greatest level rank."),
            _text("population_rule", "The same in words, for readers.", required=True),
            _date("start_date", "First day.", required=True),
            _date("end_date", "Last day, exclusive; null = open."),
            _int("planned_sessions", "Agreed sessions a pair.", minimum=1),
            _float("cadence_days", "Agreed days between sessions.", minimum=1),
            _text("currency", "ISO 4217."),
            _float("loaded_hourly_rate", "Cost of one person-hour in the programme's currency.", minimum=0),
            _text("matching_policy", "The programme file's `matching` block as JSON."),
            _text("impact_declaration", "The programme file's `impact` block as JSON."),
            _text("data_origin", "Whether the people are real or made up for the demo.", values=("real", "demo")),
            _text("file_hash", "SHA-256 of the programme file, first 16 hex digits.", required=True),
        ),
    ),
    Table(
        "programme_goals",
        "raw_registry",
        ("goal_id",),
        "One row per SMART goal of a programme.",
        (
            _text("goal_id", "Key of the goal.", required=True),
            _text("programme_id", "Programme.", required=True),
            _text("statement", "The goal in one sentence (specific).", required=True),
            _text("metric_id", "Metric that measures it (measurable).", required=True),
            _text("segment_kind", "Segment it speaks of, or all.", required=True),
            _text("segment_value", "Value of the segment, or all.", required=True),
            _float("baseline", "Value before the start.", required=True),
            _date("baseline_date", "Day the baseline was read."),
            _float("target", "Value aimed at, in `unit`.", required=True),
            _text("unit", "relative_percent and points are told apart.", required=True),
            _text("direction", "Whether up or down is better.", required=True, values=("increase", "decrease")),
            _text("achievable_because", "Why it can be reached.", required=True),
            _text("relevant_to", "The objective it serves.", required=True),
            _date("start_date", "First day.", required=True),
            _date("due_date", "Day it is due (time-bound).", required=True),
            _text("owner", "Role that owns it.", required=True),
        ),
    ),
    Table(
        "programme_segments",
        "raw_registry",
        ("programme_id", "segment_kind"),
        "One row per segment by which a programme may be broken down.",
        (
            _text("programme_id", "Programme.", required=True),
            _text("segment_kind", "department, business_unit, location, level, gender, ...", required=True),
            _text("reason", "Why the breakdown is approved.", required=True),
        ),
    ),
    Table(
        "cohorts",
        "raw_registry",
        ("cohort_id",),
        "One row per intake of a programme.",
        (
            _text("cohort_id", "Key of the cohort.", required=True),
            _text("programme_id", "Programme.", required=True),
            _text("name", "Name.", required=True),
            _date("roster_date", "Day on which eligibility is counted.", required=True),
            _date("application_opens_date", "First day of applications."),
            _date("application_closes_date", "Last day of applications."),
            _date("start_date", "First day.", required=True),
            _date("end_date", "Last day, exclusive.", required=True),
            _int("capacity_mentees", "Places.", minimum=0),
            _int("capacity_mentors", "Mentors wanted.", minimum=0),
            _text(
                "assignment_rule",
                "How places were given.",
                required=True,
                values=("algorithm", "admin", "self", "lottery", "staggered"),
            ),
            _text("status", "State of the cohort.", required=True, values=("forming", "running", "closed")),
        ),
    ),
    Table(
        "applications",
        "raw_registry",
        ("application_id",),
        "One row per application to a cohort. Rejected and wait-listed ones are the comparison group and are never purged.",
        (
            _key("application_id", "Key of the application."),
            _text("programme_id", "Programme.", required=True),
            _text("cohort_id", "Cohort.", required=True),
            _person("person_id", "Applicant.", required=True),
            _text("role_sought", "Role.", required=True, values=ROLES),
            _instant("submitted_at", "When it was sent, UTC.", required=True),
            _text(
                "decision",
                "Decision.",
                required=True,
                values=("accepted", "rejected", "waitlisted", "withdrawn", "pending"),
            ),
            _instant("decided_at", "When it was decided, UTC."),
            _int("capacity", "Mentor's declared number of mentees.", minimum=0, maximum=50),
            _text("assigned_arm", "Arm drawn by lot (treatment arm or control); null where no lottery was held."),
            _text("assignment_unit", "Unit of the lottery (person, stratum or site); errors cluster on it."),
            _text("assignment_stratum", "Stratum within which the lot was drawn."),
        ),
    ),
    Table(
        "application_preferences",
        "raw_registry",
        ("application_id", "kind", "rank", "value"),
        "One row per stated preference, skill, interest, time or language of an application.",
        (
            _key("application_id", "Application."),
            _text(
                "kind",
                "What is stated.",
                required=True,
                values=(
                    "topic",
                    "skill_wanted",
                    "skill_offered",
                    "person",
                    "excluded_person",
                    "time",
                    "language",
                    "interest",
                ),
            ),
            _int("rank", "1 = first choice; 0 where there is no order.", required=True, minimum=0),
            _text(
                "value",
                "The value; for person and excluded_person a typed reference (hashed).",
                required=True,
                pii="P1",
            ),
            _float("weight", "Weight, 1 unless stated.", minimum=0),
        ),
    ),
    Table(
        "pairs",
        "raw_registry",
        ("pair_id",),
        "One row per pair (or group) that was ever proposed.",
        (
            _key("pair_id", "Key of the pair."),
            _text("programme_id", "Programme.", required=True),
            _text("cohort_id", "Cohort.", required=True),
            _text(
                "status",
                "State.",
                required=True,
                values=("proposed", "accepted", "active", "paused", "completed", "cancelled", "declined"),
            ),
            _instant("requested_at", "When it was proposed, UTC."),
            _instant("decided_at", "When it was accepted or declined, UTC."),
            _date("planned_start_date", "Planned first day."),
            _date("planned_end_date", "Planned last day, exclusive."),
            _date("actual_start_date", "First day."),
            _date("actual_end_date", "Last day, exclusive; null = open."),
            _text(
                "close_reason",
                "Why it ended.",
                values=("completed", "mentor_left", "mentee_left", "mismatch", "no_contact", "reorganised", "other"),
            ),
            _text("match_source", "Who made it.", values=("admin", "self", "algorithm", "random")),
            _float("match_score", "Score on proposal, 0 to 1.", minimum=0, maximum=1),
            _text("rematch_of_pair_id", "Pair that it replaces.", pii="P1"),
        ),
    ),
    Table(
        "pair_members",
        "raw_registry",
        ("pair_id", "person_id"),
        "One row per member of a pair. A mentor outside the data has no row.",
        (
            _key("pair_id", "Pair."),
            _person("person_id", "Member.", required=True),
            _text("role", "Role.", required=True, values=ROLES),
            _date("joined_date", "First day."),
            _date("left_date", "Last day, exclusive."),
        ),
    ),
    Table(
        "milestones",
        "raw_registry",
        ("pair_id", "milestone"),
        "One row per milestone of a pair.",
        (
            _key("pair_id", "Pair."),
            _text(
                "milestone",
                "Milestone.",
                required=True,
                values=("agreement_signed", "goals_set", "mid_check_in", "closing_assessment"),
            ),
            _date("due_date", "Day it is due.", required=True),
            _date("done_date", "Day it was done; null = not yet."),
        ),
    ),
    Table(
        "goals",
        "raw_registry",
        ("goal_id",),
        "One row per goal that a participant set.",
        (
            _key("goal_id", "Key of the goal."),
            _text("pair_id", "Pair.", pii="P1"),
            _person("owner_person_id", "Whose goal it is.", required=True),
            _text("category", "Category, for example project_management.", required=True),
            _date("created_date", "Day it was set.", required=True),
            _date("due_date", "Day it is due."),
            _text("status", "State.", required=True, values=("open", "achieved", "dropped", "overdue")),
            _float("progress_pct", "Progress, percent.", minimum=0, maximum=100),
            _int("attainment_level", "Goal attainment scaling level.", minimum=-2, maximum=2),
            _float("weight", "Weight in the attainment score, 1 unless stated.", minimum=0),
        ),
    ),
    Table(
        "goal_updates",
        "raw_registry",
        ("goal_id", "updated_at"),
        "One row per update of a participant's goal.",
        (
            _key("goal_id", "Goal."),
            _instant("updated_at", "When, UTC.", required=True),
            _float("progress_pct", "Progress, percent.", minimum=0, maximum=100),
            _int("attainment_level", "Goal attainment scaling level.", minimum=-2, maximum=2),
        ),
    ),
    Table(
        "costs",
        "raw_registry",
        ("programme_id", "item", "incurred_date"),
        "One row per cost item of a programme.",
        (
            _text("programme_id", "Programme.", required=True),
            _text("item", "What was paid for.", required=True),
            _date("incurred_date", "Day it was incurred.", required=True),
            _float("amount", "Amount in `currency`.", required=True, minimum=0),
            _text("currency", "ISO 4217.", required=True),
            _float("hours", "Hours of staff beyond the sessions.", minimum=0),
        ),
    ),
    Table(
        "sessions",
        "raw_sessions",
        ("source_instance", "session_id"),
        "One row per session as one source knows it, held or not.",
        (
            _key("session_id", "Key of the session within its source."),
            _text("pair_id", "Pair, where the source names it.", pii="P1"),
            _text("programme_id", "Programme, where the source names it."),
            _text("external_uid", "iCalendar UID or the platform's id of the meeting, hashed.", pii="P1", opaque=True),
            _text("series_id", "Series that it is part of, hashed.", pii="P1", opaque=True),
            _text("recurrence_id", "Which occurrence of the series."),
            _instant("scheduled_start_at", "Planned start, UTC.", required=True),
            _instant("scheduled_end_at", "Planned end, UTC."),
            _text("scheduled_tz", "IANA zone in which it was planned.", required=True),
            _instant("actual_start_at", "Actual start, UTC."),
            _instant("actual_end_at", "Actual end, UTC."),
            _text(
                "status",
                "State.",
                required=True,
                values=("scheduled", "held", "cancelled", "no_show", "rescheduled", "unknown"),
            ),
            _text(
                "status_basis",
                "Grade of evidence for the state.",
                required=True,
                values=("attendance_report", "both_sides", "self_report", "calendar_only", "assumed"),
            ),
            _bool("cancelled_with_notice", "True when cancelled before the day."),
            _text("topic", "Topic code."),
            _text("channel", "in_person, video, phone, chat."),
        ),
    ),
    Table(
        "session_participants",
        "raw_sessions",
        ("source_instance", "session_id", "person_id", "join_seq"),
        "One row per person invited to or seen in a session.",
        (
            _key("session_id", "Session."),
            _person("person_id", "Participant.", required=True),
            _int("join_seq", "1 unless the joins are kept apart.", required=True, minimum=1),
            _text("role", "Role.", values=("mentor", "mentee", "host", "guest")),
            _text("response", "Answer to the invitation.", values=("accepted", "declined", "tentative", "none")),
            _bool("attended", "Null = no evidence."),
            _instant("joined_at", "Joined, UTC."),
            _instant("left_at", "Left, UTC."),
            _float("minutes", "Minutes present, joins merged.", minimum=0, maximum=1440),
            _text("match_method", "How the person was recognised.", values=("id", "email", "name", "none")),
        ),
    ),
    Table(
        "surveys",
        "raw_surveys",
        ("survey_id",),
        "One row per survey (instrument, wave, rater).",
        (
            _text("survey_id", "Key of the survey.", required=True),
            _text("programme_id", "Programme.", required=True),
            _text("cohort_id", "Cohort, where it was sent to one."),
            _text("name", "Name.", required=True),
            _text("instrument", "Instrument; waves of one instrument are comparable.", required=True),
            _text("wave", "Wave.", required=True, values=("pre", "mid", "post", "pulse")),
            _int("wave_no", "Order of the waves of one instrument.", required=True, minimum=0),
            _float("months_since_start", "Months from the start of mentoring to the wave."),
            _text("respondent_role", "Who answers.", required=True, values=(*ROLES, "applicant")),
            _text(
                "anonymity", "What may be joined.", required=True, values=("identified", "pseudonymous", "anonymous")
            ),
            _int("min_group_size", "Smallest group that may be shown.", required=True, minimum=1),
            _date("opened_date", "First day."),
            _date("closed_date", "Last day."),
        ),
    ),
    Table(
        "survey_questions",
        "raw_surveys",
        ("survey_id", "question_id"),
        "One row per question of a survey.",
        (
            _text("survey_id", "Survey.", required=True),
            _text("question_id", "The source's stable id (Qualtrics ImportId).", required=True),
            _text("stable_code", "Our code: the same question across surveys and waves.", required=True),
            _text("source_code", "Column name in the export."),
            _text(
                "question_kind",
                "What it measures.",
                required=True,
                values=("csat", "recommendation", "scale_item", "number", "choice", "text"),
            ),
            _text("construct", "Scale that the item belongs to, for example relationship_quality."),
            _float("scale_min", "Lowest answer."),
            _float("scale_max", "Highest answer."),
            _bool("reverse_scored", "True where a high answer means little of the construct.", required=True),
            _text("unit", "Unit of the answer, for example points or KES a week."),
            _text("text_hash", "Hash of the wording; a change between waves is shown."),
        ),
    ),
    Table(
        "survey_responses",
        "raw_surveys",
        ("survey_id", "response_id"),
        "One row per submission.",
        (
            _text("survey_id", "Survey.", required=True),
            _key("response_id", "Key of the response."),
            _text("status", "State.", required=True, values=("complete", "partial", "preview", "test", "spam")),
            _instant("submitted_at", "When it was submitted, UTC."),
            _person("respondent_person_id", "Respondent; null in anonymous surveys."),
            _text("pair_id", "Pair it speaks of.", pii="P1"),
            _float("duration_s", "Seconds taken.", minimum=0),
        ),
    ),
    Table(
        "survey_answers",
        "raw_surveys",
        ("survey_id", "response_id", "question_id", "choice_seq"),
        "One row per answer (one per choice where several may be chosen).",
        (
            _text("survey_id", "Survey.", required=True),
            _key("response_id", "Response."),
            _text("question_id", "Question.", required=True),
            _int("choice_seq", "1 unless several choices.", required=True, minimum=1),
            _float("value_num", "Numeric answer."),
            _text("value_code", "Chosen code."),
            _text("state", "Whether it was answered.", required=True, values=("answered", "skipped", "not_shown")),
        ),
    ),
    Table(
        "survey_invitations",
        "raw_surveys",
        ("survey_id", "person_id"),
        "One row per person invited to a survey: the denominator of every response rate.",
        (
            _text("survey_id", "Survey.", required=True),
            _person("person_id", "Invited person.", required=True),
            _instant("sent_at", "When, UTC.", required=True),
            _bool("is_delivered", "False where the mail bounced.", required=True),
        ),
    ),
    Table(
        "workspace",
        "raw_registry",
        ("workspace",),
        "One row: which workspace this is and the day as of which everything is counted.",
        (
            _text("workspace", "Name of the workspace.", required=True),
            _date("as_of_date", "The day up to which data are complete; the clock of every model.", required=True),
            _int("min_group_size", "Groups under this are not published.", required=True, minimum=2),
        ),
    ),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}


def empty_frame(table: Table, *, lineage: bool = True) -> pl.DataFrame:
    """A frame of no rows with every column of `table`, so that an all-null column still exists."""
    columns = table.all_columns if lineage else table.columns
    return pl.DataFrame(schema={c.name: POLARS_TYPES[c.type] for c in columns})


def create_statement(table: Table) -> str:
    """DuckDB DDL of `table`; P2 columns are left out, they belong to `vault`."""
    columns = ",\n    ".join(f"{c.name} {DUCKDB_TYPES[c.type]}" for c in table.all_columns if c.pii != "P2")
    return f"create table if not exists {table.address} (\n    {columns}\n)"
