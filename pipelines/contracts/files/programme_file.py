"""The words of a programme's file: mission, population, SMART goals, cohorts, how it is matched, and how it will be judged."""

from typing import Any

from pydantic import ConfigDict, Field

from pipelines.contracts import BY_NAME
from pipelines.contracts.files.words import Text, Words

# fmt: off


def _one_of(table: str, column: str) -> dict[str, Any]:
    """The allowed values of a canonical column, for editors."""
    values = BY_NAME[table].column(column).values
    return {"enum": sorted(values)} if values else {}


class Population(Words):
    """Who could take part: the people that participation is counted against."""

    words: str | None = Field(None, description="the population in words, as pages print it")
    rule: str | None = Field(None, description="another name of `words`")
    person_kind: Text | None = Field(None, description="employee, contractor, student or alumnus", json_schema_extra=_one_of("persons", "person_kind"))
    source_instance: Text | None = Field(None, description="people of one source only: its id")
    min_tenure_days: Text | None = Field(None, description="days of tenure at least")
    max_tenure_days: Text | None = Field(None, description="days of tenure at most")
    min_level_rank: Text | None = Field(None, description="rank in the level map at least")
    max_level_rank: Text | None = Field(None, description="rank in the level map at most")


class GoalSegment(Words):
    """The group of people that a goal speaks of."""

    kind: Text | None = Field(None, description="an approved segment, or all")
    value: Text | None = Field(None, description="the group's name")
    segment_kind: Text | None = Field(None, description="another name of `kind`")
    segment_value: Text | None = Field(None, description="another name of `value`")


class Goal(Words):
    """A SMART goal; refused with the letter that is missing."""

    model_config = ConfigDict(json_schema_extra={"required": ["goal_id", "statement", "owner", "baseline", "baseline_date", "target", "unit", "direction", "achievable_because", "relevant_to", "start_date", "due_date"]})
    goal_id: Text | None = Field(None, description="its id, unique")
    statement: str | None = Field(None, description="S: what shall be reached, in one sentence")
    owner: Text | None = Field(None, description="S: who answers for it, a role rather than a name")
    metric_id: Text | None = Field(None, description="M: the metric that measures it; `make start` and the page Metrics list them")
    metric: Text | None = Field(None, description="another name of `metric_id`")
    segment: GoalSegment | Text | None = Field(None, description="the group that it speaks of; left out, everybody")
    segment_kind: Text | None = Field(None, description="the segment, where `segment` isn't used")
    segment_value: Text | None = Field(None, description="its value, where `segment` isn't used")
    baseline: Text | None = Field(None, description="M: where it stood, in `unit`")
    baseline_date: Text | None = Field(None, description="M: on which day")
    target: Text | None = Field(None, description="M: where it shall stand, in `unit`")
    target_value: Text | None = Field(None, description="another name of `target`")
    unit: Text | None = Field(None, description="M: of baseline and target: percent, relative_percent, points, days, people ...", json_schema_extra=_one_of("programme_goals", "unit"))
    direction: Text | None = Field(None, description="M: increase or decrease", json_schema_extra=_one_of("programme_goals", "direction"))
    measured: Text | None = Field(None, description="which value is judged; left out, as the metric's kind asks", json_schema_extra=_one_of("programme_goals", "measured"))
    achievable_because: Text | None = Field(None, description="A: why it can be reached")
    relevant_to: Text | None = Field(None, description="R: the objective that it serves")
    start_date: Text | None = Field(None, description="T: from which day on")
    due_date: Text | None = Field(None, description="T: by which day")


class Segment(Words):
    """A way to part people that the programme approved."""

    kind: Text | None = Field(None, description="department, business_unit, location, gender, representation_group ...")
    segment_kind: Text | None = Field(None, description="another name of `kind`")
    reason: Text | None = Field(None, description="why figures are shown by it")


class Look(Words):
    """A day on which outcomes are judged."""

    on: Text = Field(description="the day: what is known by it is judged, once")
    information: float | None = Field(None, description="the share of all information that is known by then, above 0, at most 1")


class Comparison(Words):
    """For cohorts that weren't randomised."""

    covariates: list[str] | None = Field(None, description="what mentees and their colleagues are made alike in: measures, tenure_months, level_rank")
    negative_control: str | None = Field(None, description="a measure that the programme can't have moved and that is no covariate")
    min_tenure_days: int | None = Field(None, description="takes the place of the population's limit")
    max_tenure_days: int | None = Field(None, description="takes the place of the population's limit")
    min_level_rank: int | None = Field(None, description="takes the place of the population's limit")
    max_level_rank: int | None = Field(None, description="takes the place of the population's limit")


class Outcome(Words):
    """A declared outcome. Names that begin with retained, left_voluntarily, promoted and ramp_up are waited for in employment records."""

    model_config = ConfigDict(json_schema_extra={"required": ["outcome", "label", "unit"]})
    outcome: str | None = Field(None, description="retained_12m, left_voluntarily_12m, promoted_12m, ramp_up_days; a measure's or a survey construct's name")
    label: str | None = Field(None, description="its name on pages and in the report")
    unit: str | None = Field(None, description="share, days, points (1-5) ...")
    kind: str | None = Field(None, description="number, share, yes_no, duration (days until something) or measure (kept of everybody)", json_schema_extra={"enum": ["number", "share", "yes_no", "duration", "measure"]})
    is_primary: bool | None = Field(None, description="true: the one primary outcome")
    horizon_months: Text | None = Field(None, description="months after the start, 1 to 60")
    covariates: list[str] | None = Field(None, description="of a lottery's regression")
    subgroups: list[str] | None = Field(None, description="segments by which it is looked at too, five at most")
    pooled: bool | None = Field(None, description="true: one estimate over all waves beside one per wave")
    include_baseline_wave: bool | None = Field(None, description="true: the wave before the start stays in the pooled estimate")
    complete_cases: bool | None = Field(None, description="true: who lacks a baseline is left out")


class Impact(Words):
    """How the programme will be judged, declared before results exist."""

    declared_on: Text | None = Field(None, description="the day on which this was written")
    note: str | None = Field(None, description="what a reader should know of it")
    draw_share: Text | None = Field(None, description="the share of a lottery's units that were to get a place")
    comparison: Comparison | None = Field(None, description="for cohorts that weren't randomised")
    looks: list[Look | Text] | None = Field(None, description="days on which outcomes are judged; the chance of a false claim is shared among them")
    outcomes: list[Outcome] | None = Field(None, description="what is judged")


class ProgrammeFile(Words):
    """A programme's file."""

    model_config = ConfigDict(json_schema_extra={"required": ["programme_id", "name", "mission", "kind", "objective", "population", "start_date", "cohorts"]})
    programme_id: Text | None = Field(None, description="its id, unique")
    name: Text | None = Field(None, description="its name")
    mission: Text | None = Field(None, description="what it is for, in one sentence")
    strategy_link: Text | None = Field(None, description="the part of the organisation's strategy that it serves")
    kind: Text | None = Field(None, description="1:1, group, reverse, peer ...", json_schema_extra=_one_of("programmes", "kind"))
    objective: Text | None = Field(None, description="what kind of aim it has", json_schema_extra=_one_of("programmes", "objective"))
    data_origin: Text | None = Field(None, description="demo, real, or reference for a published trial", json_schema_extra=_one_of("programmes", "data_origin"))
    population: Population | None = Field(None, description="who could take part")
    start_date: Text | None = Field(None, description="its first day")
    end_date: Text | None = Field(None, description="its last day")
    planned_sessions: Text | None = Field(None, description="meetings that a pair agrees on")
    cadence_days: Text | None = Field(None, description="days between two meetings, as agreed")
    currency: Text | None = Field(None, description="of its costs, for example EUR")
    loaded_hourly_rate: Text | None = Field(None, description="what an hour of a participant costs")
    segments: list[Segment] | None = Field(None, description="ways to part people that were approved")
    goals: list[Goal] | None = Field(None, description="SMART goals")
    cohorts: list[dict[str, Any]] | None = Field(None, description="its rounds: cohort_id, name, dates, capacities, assignment_rule, status")
    matching: dict[str, Any] | None = Field(None, description="hard rules, weights and aims of matching (docs/guides/matching.md)")
    impact: Impact | None = Field(None, description="how it will be judged")
    templates: dict[str, Text] | None = Field(None, description="texts of the handbook: agreement, goal_setting, check_in, closing")
    messages: dict[str, Any] | None = Field(None, description="which messages are sent (docs/guides/messages.md)")
