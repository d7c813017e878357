"""What an administrator has to know of an installation: what needs doing, how runs ended, what the audit log holds, what is kept and for how long."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipelines.access.settings import AccessSettings
from pipelines.access.words import reach_in_words
from pipelines.audit_log import Verdict
from pipelines.counted import counted
from pipelines.operations.health import NAMES, Health

BACKUP_DUE_DAYS = 35
"""A month, and time to get round to it."""
BACKED_UP, RETAINED, ERASED = "backed up", "retained", "erased"
KEPT = {
    "landing": "Exports that newer ones replaced",
    "quarantine": "The text of records in quarantine",
    "reports": "Issued reports",
    "logs": "Logs of runs",
}
"""What `retention:` of the workspace file can be about, in words."""
HASH, HASH_SHOWN = re.compile(r"[0-9a-f]{40,}"), 12
AT = "%d %b %Y, %H:%M UTC"

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """title: the page's answer. to_do: sentences, each with its next step; empty where nothing waits."""

    title: str
    to_do: tuple[str, ...]


def standing(found: Health, log: Verdict, entries: Sequence[Entry], now: datetime, *, is_demo: bool) -> Standing:
    """Of one installation. is_demo: whether the data are made up, so that nothing is lost with them."""
    to_do = [f"{problem.words} {_next(problem.key)}".strip() for problem in found.problems]
    if log.problem:
        to_do.append(f"The audit log doesn't hold: {log.problem}.")
    if not is_demo and (late := _backup(entries, now)):
        to_do.append(late)
    count = len(to_do)
    return Standing(f"{counted(count, 'thing')} {'needs' if count == 1 else 'need'} you" if to_do else "Nothing needs you", tuple(to_do))  # fmt: skip


def _next(key: str) -> str:
    """Where to look, by the kind of a problem."""
    if key.startswith("run ") or key == "late":
        return "Next step: `impact dagster` shows the run; `impact run` says in words what stopped it."
    return "Next step: ask for a newer export, or change `freshness_days` of the source." if key.startswith("stale ") else ""  # fmt: skip


def _backup(entries: Sequence[Entry], now: datetime) -> str | None:
    """That there is no backup, or none of late."""
    made = last(entries, BACKED_UP)
    step = "Next step: `impact backup FOLDER`, with a folder on another disk."
    if made is None:
        return f"No backup was ever made; exports, decisions and the audit log would be lost with this disk. {step}"
    age = now - at(made)
    return None if age <= timedelta(days=BACKUP_DUE_DAYS) else f"The last backup is {counted(age.days, 'day')} old. {step}"  # fmt: skip


def runs(found: Health) -> pl.DataFrame:
    """A row per job: what ran, how its last run ended, when, and when it last ended well."""
    return pl.DataFrame(
        [
            {
                "job": NAMES.get(job, job.replace("_", " ")).capitalize(),
                "ended": run.ended.strftime(AT),
                "outcome": "succeeded" if run.is_good else f"failed at: {run.where}",
                "succeeded": run.last_success.strftime(AT) if run.last_success else "never",
            }
            for job, run in sorted(found.runs.items())
        ],
        schema=dict.fromkeys(("job", "ended", "outcome", "succeeded"), pl.String),
    )


def grants(access: AccessSettings) -> pl.DataFrame:
    """A row per line of `access: people`."""
    return pl.DataFrame(
        [
            {"who": one.email or f"group {one.group}", "role": one.role, "reach": reach_in_words(one)}
            for one in access.people
        ],
        schema=dict.fromkeys(("who", "role", "reach"), pl.String),
    )


def logged(entries: Sequence[Entry]) -> pl.DataFrame:
    """Entries of the audit log as a table, newest first."""
    return pl.DataFrame(
        [
            {
                "number": entry["number"],
                "at": at(entry).strftime(AT),
                "actor": entry["actor"],
                "action": entry["action"],
                "details": told(entry["details"]),
            }
            for entry in reversed(entries)
        ],
        schema={"number": pl.Int64} | dict.fromkeys(("at", "actor", "action", "details"), pl.String),
    )


def kept(retention: Mapping[str, int]) -> pl.DataFrame:
    """How long each kind is kept."""
    return pl.DataFrame(
        [
            {"kind": words, "days": counted(retention[kind], "day") if kind in retention else "for ever"}
            for kind, words in KEPT.items()
        ],
        schema=dict.fromkeys(("kind", "days"), pl.String),
    )


def last(entries: Sequence[Entry], action: str) -> Entry | None:
    """The newest entry of an action."""
    return next((entry for entry in reversed(entries) if entry["action"] == action), None)


def at(entry: Entry) -> datetime:
    """When an entry was written, in UTC."""
    return datetime.fromisoformat(entry["at"]).astimezone(UTC)


def told(details: Mapping[str, Any]) -> str:
    """Details as "page: To do; people: 12"; of mappings their size, of hashes their beginning."""
    return "; ".join(f"{name.replace('_', ' ')}: {_short(value)}" for name, value in details.items())


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return f"{len(value):,}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:HASH_SHOWN] if HASH.fullmatch(text) else text
