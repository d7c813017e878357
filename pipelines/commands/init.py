"""`impact init`: a commented workspace file, a level map and a programme file to fill in. Nothing that exists is overwritten."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.words import stop
from pipelines.components.file_words import write_schemas
from pipelines.whole_files import write_whole

if TYPE_CHECKING:
    from pipelines.sources.connector import Documentation

WORKSPACE = """# yaml-language-server: $schema=.schemas/workspace-file.schema.json
# The workspace: which systems are read, and the day up to which everything is counted.
# Check it at any time with `impact check`; nothing is loaded by that. Run it with `impact run`.
workspace: {name}

# The last day for which all systems are complete. Without it the newest extract's day counts.
# as_of: 2026-10-31

# Groups of fewer people are never shown.
min_group_size: 5

# Your levels and their order. Ranks are never guessed from titles; without them there are no promotions.
levels: levels.yaml

# One file per programme: its aim, goals and cohorts.
programmes: programmes

# When runs begin by themselves while `impact dagster` runs (five cron fields).
# schedule: {{load: "15 3 * * *", report: "0 7 2 * *", zone: Europe/Berlin}}

# Secrets stand in the environment: write ${{NAME}} here and `export NAME=...` before the run.
# Also needed: export IMPACT_HASH_KEY=$(openssl rand -hex 32). Keep it; another key makes other pseudonyms.
sources:{sources}
"""
LEVELS = """# Your levels, lowest first. Two levels of the same rank are equal. leadership: does the organisation count it as leadership?
- {level: L1, rank: 1, leadership: false}
- {level: L2, rank: 2, leadership: false}
- {level: M1, rank: 3, leadership: true}
"""
PROGRAMME = """# yaml-language-server: $schema=../.schemas/programme-file.schema.json
# One programme. Correct every line; what is optional is commented out.
programme_id: my_programme
name: My programme
mission: Who should be better off by it, in one sentence.
kind: "1:1"                       # 1:1, group, flash, reverse, peer, student_alumni
objective: career_development     # career_development, onboarding, diversity_inclusion, leadership_readiness, retention_engagement, knowledge_transfer, skill_building
data_origin: real
population:
  person_kind: employee
  words: Who may take part.
start_date: 2026-01-01
planned_sessions: 6
cadence_days: 30
cohorts:
  - cohort_id: first
    name: First cohort
    roster_date: 2025-12-31                # the day as of which its people are compared with others
    application_opens_date: 2025-11-01
    application_closes_date: 2025-12-15
    start_date: 2026-01-01
    end_date: 2026-12-31
    capacity_mentees: 40
    capacity_mentors: 40
    assignment_rule: admin                 # algorithm, admin, self, lottery, staggered
    status: running                        # forming, running, closed
"""


def init(
    folder: Annotated[Path, typer.Argument(help="Where the workspace is made; default: here.")] = Path(),
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="A connector to begin with; may be given several times.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the workspace.")] = "my_company",
) -> None:
    """Write a commented workspace file (impact.yaml), a level map and a programme file."""
    chosen = list(with_ or [])
    unknown = sorted(set(chosen) - set(_examples()))
    if unknown:
        stop(f"There is no connector {', '.join(unknown)}. `impact sources` lists them.")
    files = {
        folder / "levels.yaml": LEVELS,
        folder / "programmes/my_programme.yaml": PROGRAMME,
        folder / "impact.yaml": WORKSPACE.format(
            name=name, sources=source_blocks(chosen)
        ),  # last: its presence says that all is there
    }
    if (folder / "impact.yaml").exists():
        stop(f"{folder / 'impact.yaml'} exists already and is left as it is. Move it away to begin anew.")
    for path, text in files.items():
        if not path.exists():
            write_whole(path, text)
            typer.echo(f"wrote {path}")
    write_schemas(folder / ".schemas")
    typer.echo(
        "Next step: fill in impact.yaml; editors complete its words by .schemas (docs/sources says what to ask your administrator for; `impact map FILE` begins a mapping). Then, in that folder:\n"
        "  export IMPACT_HASH_KEY=$(openssl rand -hex 32)    # once; keep it safe, another key makes other pseudonyms\n"
        "  impact check\n"
        f"From elsewhere: export IMPACT_WORKSPACE={(folder / 'impact.yaml').resolve()}"
    )


def source_blocks(chosen: list[str]) -> str:
    """The chosen connectors as entries, the others as comments; an empty list where none is chosen."""
    entries = [
        _block(connector, (chosen.count(connector) > 1 and str(place)) or "")
        for place, connector in enumerate(chosen, start=1)
    ]
    others = [connector for connector in _examples() if connector not in chosen]
    comments = ["\n".join(f"  # {line[2:]}" for line in _block(connector).splitlines()) for connector in others]
    head = (
        "\n" + "\n".join(entries)
        if entries
        else " []\n  # Take the brackets away and the comment signs off the systems that you have:"
    )
    return "\n".join([head, *comments])


def _examples() -> "dict[str, Documentation]":
    """The documentation of every connector that a workspace file may begin with."""
    from pipelines.sources.connectors import CONNECTORS

    return {name: spec.documentation for name, spec in CONNECTORS.items() if spec.documentation.example}


def _block(connector: str, suffix: str = "") -> str:
    told = _examples()[connector]
    lines = told.example.splitlines()
    return "\n".join([f"  - id: {connector}{suffix}    # {told.title}", *(f"    {line}" for line in lines)])
