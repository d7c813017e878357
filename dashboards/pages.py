"""The pages, each named once: navigation, tests, links and dbt's exposures read this list.

A page answers one question. Its file is a module of `app_pages`; `old` are addresses that it had before and that still lead to it.
"""

from dataclasses import dataclass
from pathlib import Path

from pipelines.access.principal import Role

FOLDER = Path(__file__).parent / "app_pages"
GROUPS = ("Programmes", "Evidence", "Work", "About the data")
PROGRAMME, COHORT, PERIOD = "programme", "cohort", "period"


class UnknownPage(KeyError):
    """Nobody declares a page of this address; the message names those there are."""


@dataclass(frozen=True)
class PageSpec:
    """One page. reads: published tables that it can't do without; models: the dbt models behind them; choices: what a reader chooses at its head; needs_release: False where it works before anything is published; audience: the least role that may open it."""

    path: str
    title: str
    icon: str
    group: str
    question: str
    module: str
    reads: tuple[str, ...]
    models: tuple[str, ...]
    choices: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    needs_release: bool = True
    audience: Role = Role.VIEWER

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.module}.py"


PAGES = (
    PageSpec(
        "programmes", "All programmes", "home", "Programmes", "Which programme needs me, and why?", "all_programmes",
        reads=("programmes", "metric_values", "goals", "impact_estimates"), models=("programmes", "metric_values", "goal_status"), old=("overview",),
    ),
    PageSpec(
        "programme", "Programme", "groups", "Programmes", "Is it run as agreed, does it reach its goals, what is known of its effect?", "programme",
        reads=("programmes", "cohorts", "metric_values"), models=("programmes", "cohorts", "metric_values", "goal_status"),
        choices=(PROGRAMME, COHORT, PERIOD), old=("health",),
    ),
    PageSpec(
        "goals", "Goals", "flag", "Programmes", "Where is each goal, and where should it be by now?", "goals",
        reads=("goals",), models=("goal_status", "programme_goals"), old=(),
    ),
    PageSpec(
        "representation", "Representation", "diversity_3", "Programmes", "Are participants, mentors and leaders as mixed as those eligible?", "representation",
        reads=("metric_values", "goals"), models=("metric_values", "goal_status", "programmes"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "learning", "Learning", "school", "Programmes", "Do people set goals, keep them up, and learn from each other?", "learning",
        reads=("metric_values", "programmes"), models=("metric_values", "participant_goals"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "money", "Money", "payments", "Programmes", "What does it cost, of what, and how many people must stay for it to pay?", "money",
        reads=("programme_costs",), models=("programme_costs", "metric_values"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "impact", "Impact", "balance", "Evidence", "What may be said of its effects, and on which design?", "impact",
        reads=("impact_estimates", "programmes", "cohorts"), models=("trial_observations", "trial_covariates", "trial_spans"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "how_sure", "How sure are we?", "help_center", "Evidence", "How far may each answer be trusted, and why not further?", "how_sure",
        reads=("impact_estimates", "programmes", "cohorts"), models=("trial_observations", "trial_covariates", "trial_spans"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "retention", "Retention", "trending_flat", "Evidence", "Do mentees stay more often than comparable colleagues?", "retention",
        reads=("impact_estimates", "programmes", "cohorts"), models=("trial_spans",), choices=(PROGRAMME,),
    ),
    PageSpec(
        "promotion", "Promotion", "trending_up", "Evidence", "Do mentees rise more often than comparable colleagues?", "promotion",
        reads=("impact_estimates", "metric_values"), models=("trial_spans", "metric_values"), choices=(PROGRAMME,),
    ),
    PageSpec(
        "planner", "Planner", "tune", "Evidence", "What will a programme of this size be able to see?", "planner",
        reads=(), models=(), old=("power",),
    ),
    PageSpec(
        "check_us", "Check us", "fact_check", "Evidence", "Does the product find what a published trial has in print?", "check_us",
        reads=("programmes", "impact_estimates"), models=("trial_observations", "trial_covariates"),
    ),
    PageSpec(
        "todo", "To do", "checklist", "Work", "What waits, whose is it, how old is it, and what is the next step?", "todo",
        reads=("metric_values", "goals", "match_runs", "quarantine_counts"), models=("pairs", "milestones", "applications", "survey_invitations", "goal_status"),
        audience=Role.MANAGER,
    ),
    PageSpec(
        "matching", "Matching", "group_add", "Work", "Who should meet whom, and what has been decided?", "matching",
        reads=("match_runs",), models=("applications", "application_preferences", "persons", "job_states", "pairs", "cohorts"), old=("workbench",), audience=Role.MANAGER,
    ),
    PageSpec(
        "messages", "Messages", "outgoing_mail", "Work", "What waits to be sent, who approves it, and what became of the rest?", "messages",
        reads=("programmes",), models=("pairs", "milestones", "survey_invitations", "sessions"), audience=Role.MANAGER,
    ),
    PageSpec(
        "add_data", "Add data", "note_add", "Work", "How do my own files become a dashboard?", "add_data",
        reads=(), models=(), needs_release=False, audience=Role.ADMINISTRATOR,
    ),
    PageSpec(
        "reports", "Reports", "description", "About the data", "What was leadership told, and does it still hold?", "reports",
        reads=(), models=(),
    ),
    PageSpec(
        "quality", "Quality", "verified", "About the data", "Is it fresh, what is missing, and what can be mended?", "quality",
        reads=("sources", "reconciliation"), models=("metric_values",),
    ),
    PageSpec(
        "metrics", "Metrics", "menu_book", "About the data", "What does each number mean, and where is it used?", "metrics",
        reads=("metric_definitions",), models=("metric_values",), old=("dictionary",),
    ),
    PageSpec(
        "administration", "Administration", "admin_panel_settings", "About the data", "Does it run, who may see what, and what has been done?", "administration",
        reads=(), models=(), needs_release=False, audience=Role.ADMINISTRATOR,
    ),
)  # fmt: skip

_BY_PATH = {page.path: page for page in PAGES}


def page_at(path: str) -> PageSpec:
    """The page of an address. Raises UnknownPage."""
    try:
        return _BY_PATH[path]
    except KeyError:
        raise UnknownPage(f"no page {path}; there are {', '.join(_BY_PATH)}") from None


def address(path: str, **choices: str) -> str:
    """A link to a page with its choices, for texts. Raises UnknownPage."""
    from urllib.parse import urlencode

    return f"/{page_at(path).path}" + (f"?{urlencode(choices)}" if choices else "")
