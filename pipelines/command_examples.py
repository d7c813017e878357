"""What somebody types: one or more lines for each command, shown below its help and in the site's reference. A test reads each of them as the command line would."""

from typing import Any

EXAMPLES: dict[str, tuple[str, ...]] = {
    "start": ("impact start", "impact start people.xlsx pairs.csv", "impact start --sample school"),
    "template": ("impact template pairs --out pairs_2027.xlsx",),
    "init": ("impact init mentoring --with bamboohr --with ics_files",),
    "sources": ("impact sources",),
    "check": ("impact check", "impact check hris_hq --no-show"),
    "map": (
        "impact map exports/people.csv --table persons --source-id people --out people.yaml",
        "impact map feedback.xlsx --role mentee --zone Europe/Berlin",
    ),
    "schema": ("impact schema .schemas",),
    "fetch": ("impact fetch", "impact fetch hris_hq"),
    "audit": ("impact audit",),
    "export": ("impact export /srv/bi", "impact export --to postgresql://writer@db.example.org/bi --schema mentoring"),
    "backup": ("impact backup /mnt/backups/mentoring",),
    "restore": ("impact restore /mnt/backups/mentoring --replace",),
    "retain": ("impact retain --dry-run",),
    "erase": ("impact erase ada@example.org --dry-run", "impact erase E0042 --yes"),
    "match": (
        "impact match mentees.csv mentors.csv --out pairs.xlsx",
        "impact match applications.xlsx --levels 'Analyst, Associate, Partner' --places lot",
        "impact match --programme leadership --cohort spring-2027 --what-if seats:M-17=+2",
    ),
    "draw": (
        "impact draw applicants.csv --seats 40 --seed '12 17 23 31 40 44' --strata department --out drawn.csv",
        "impact draw applicants.csv --verify drawn.receipt.json",
    ),
    "register": ("impact register leadership --out receipt.json", "impact register --verify receipt.json"),
    "health": ("impact health", "impact health --alert", "impact health --metrics"),
    "handbook": ("impact handbook leadership --out handbook",),
    "forms": ("impact forms leadership --tool google_forms --identify email --out forms",),
    "quarantine list": ("impact quarantine list --source hris_hq",),
    "quarantine export": ("impact quarantine export to_correct.csv --source hris_hq",),
    "quarantine reload": ("impact quarantine reload to_correct.csv",),
    "log": ("impact log --last 50", "impact log --action erased"),
    "log verify": ("impact log verify",),
    "access": ("impact access", "impact access ada@example.org"),
    "report": ("impact report", "impact report send --dry-run"),
    "report list": ("impact report list",),
    "report reproduce": ("impact report reproduce 12",),
    "report send": ("impact report send",),
    "report hold": ("impact report hold 2026-10-31_1 --by 'programme office'",),
    "messages list": ("impact messages list --programme leadership --kind check_in",),
    "messages preview": ("impact messages preview 52a37c46",),
    "messages approve": ("impact messages approve 52a37c46", "impact messages approve --all --kind introduction"),
    "messages hold": ("impact messages hold 52a37c46", "impact messages hold --all", "impact messages hold --resume"),
    "messages send": ("impact messages send --dry-run", "impact messages send --most 50"),
    "messages opt-out": ("impact messages opt-out ada@example.org --category nudges",),
    "demo": ("impact demo", "impact demo --scale 0.2"),
    "run": (
        "impact run",
        "impact run --months 2025-01..2025-12",
        "impact run --accept 3f1c9a7e",
        "impact run --target postgres",
    ),
    "dictionary": ("impact dictionary --out metrics.md",),
    "dashboard": ("impact dashboard", "impact dashboard --port 8600 --host 0.0.0.0"),
    "dagster": ("impact dagster", "impact dagster --port 3100 --read-only"),
}


def with_examples(name: str, command: Any) -> Any:
    """A command with its examples below its help, and so each command of a group."""
    lines = EXAMPLES.get(name, ())
    if lines:
        command.epilog = "\n\n".join([f"Example{'s' if len(lines) > 1 else ''}:", *lines])
    for below, one in getattr(command, "commands", {}).items():
        with_examples(f"{name} {below}", one)
    return command
