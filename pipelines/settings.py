"""The only reader of the environment and of the workspace file."""

import hashlib
import os
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from cronsim import CronSim, CronSimError

from pipelines.contracts import SOURCE_FACTS
from pipelines.dotenv_file import read_dotenv
from pipelines.kept_key import KeyRefused, kept_key
from pipelines.outreach_settings import AlertSettings, MessageSettings, OutreachRefused, ReportSettings, read_block

PROJECT = Path(__file__).resolve().parent.parent
DEMO_WORKSPACE = PROJECT / "data/examples/demo_company/workspace.yaml"
IS_CHECKOUT = (PROJECT / "Makefile").exists()
"""Whether this is a checkout of the repository; otherwise it is installed, and its own folder is nobody's to write to."""
DEMO_BESIDE = PROJECT if IS_CHECKOUT else None
"""Where the demo's data folder lies; None: where the command is run."""
OWN_WORKSPACE = PROJECT / "impact.yaml"
STARTED_WORKSPACE = Path("workspace/impact.yaml")
"""Where `impact start` makes a workspace, below the folder in which it is called."""
LEAST_GROUP = 3
"""No workspace may show groups below this size."""

RETAINED = ("landing", "quarantine", "reports", "logs")
"""Kinds of data for which `retention:` may say how many days they are kept."""

DEMO_KEY = b"published-demo-key: protects nobody, the demo company is made up"


class SettingsError(RuntimeError):
    """The environment or the workspace file can't be used; the message names the next move."""


@dataclass(frozen=True)
class SourceSettings:
    """One configured source. `source_id` is the source_instance of every row; freshness_days None never gets stale.

    holds: kinds of facts of which it holds all, so that their absence means that none occurred. path: folder of its files; for a system that is asked over the network, of the pages that were fetched (default data/fetched/<id>).
    """

    source_id: str
    connector: str
    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    mapping: Path | None = None
    freshness_days: int | None = 35
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """When runs begin by themselves, as five cron fields in a time zone: `load` everything, `report` the leadership report. On in a workspace of one's own while `impact dagster` runs."""

    load: str = "15 3 * * *"
    report: str = "0 7 2 * *"
    zone: str = "UTC"


@dataclass(frozen=True)
class Settings:
    """The workspace and where its data live. Passed on as values; nothing else reads the environment."""

    workspace: str
    workspace_file: Path
    data: Path
    is_demo: bool
    as_of: date | None
    min_group_size: int
    levels: Mapping[str, Mapping[str, Any]]
    programme_folders: tuple[Path, ...]
    sources: tuple[SourceSettings, ...]
    key: bytes | None = field(repr=False)
    schedule: Schedule = field(default_factory=Schedule)
    decisions_at: str | None = field(default=None, repr=False)
    zone: str | None = None
    messages: MessageSettings = field(default_factory=MessageSettings)
    report_mail: ReportSettings | None = None
    alerts: AlertSettings = field(default_factory=AlertSettings)
    outbox_at: str | None = field(default=None, repr=False)
    serving_at: Path | None = None
    smtp: str | None = field(default=None, repr=False)
    alert_urls: str = field(default="", repr=False)
    retention: Mapping[str, int] = field(default_factory=dict)

    @property
    def hash_key(self) -> bytes:
        """What people are hashed under. Raises SettingsError where there is none: reading what is published needs none, loading does."""
        if self.key is None:
            raise SettingsError(
                f"IMPACT_HASH_KEY isn't set. {self.workspace_file.name} holds real people, and persons are stored under a keyed hash only. "
                "`impact start` makes one and keeps it beside the data; or make a key with `openssl rand -hex 32`, keep it safe (another key makes other hashes) and export it."
            )
        return self.key

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def vault(self) -> Path:
        return self.data / "vault" / "vault.duckdb"

    @property
    def history(self) -> Path:
        return self.data / "history" / "history.duckdb"

    @property
    def audit_log(self) -> Path:
        return self.data / "audit" / "log.jsonl"

    @property
    def tombstones(self) -> Path:
        return self.data / "erasures" / "tombstones.json"

    @property
    def serving(self) -> Path:
        """Where releases are published: IMPACT_SERVING, or a folder of the data folder."""
        return self.serving_at or self.data / "serving"

    @property
    def decisions(self) -> str:
        """URL of the decision store: IMPACT_DECISIONS, or a SQLite file in the data folder."""
        return self.decisions_at or f"sqlite:///{self.data / 'decisions' / 'decisions.sqlite'}"

    @property
    def outbox(self) -> str:
        """URL of the outbox: IMPACT_OUTBOX, or a SQLite file in the data folder."""
        return self.outbox_at or f"sqlite:///{self.data / 'messages' / 'outbox.sqlite'}"

    @property
    def reports(self) -> Path:
        return self.data / "reports"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"

    def source(self, source_id: str) -> SourceSettings:
        for source in self.sources:
            if source.source_id == source_id:
                return source
        raise SettingsError(f"{self.workspace_file.name} names no source {source_id!r}.")


def settings() -> Settings:
    """Read IMPACT_WORKSPACE (default: impact.yaml here or beside the Makefile, or what `impact start` made there, else the demo), IMPACT_DATA (default: data/ beside
    the workspace file), IMPACT_HASH_KEY (default: the key kept in the data folder), IMPACT_DECISIONS, IMPACT_OUTBOX, IMPACT_SERVING, IMPACT_SMTP and IMPACT_ALERTS.
    """
    workspace_file, data = where()
    try:
        key = os.environ.get("IMPACT_HASH_KEY") or kept_key(data)
    except KeyRefused as refused:
        raise SettingsError(str(refused)) from refused
    found = read_workspace(workspace_file, data=data, key=key)
    return replace(
        found,
        decisions_at=os.environ.get("IMPACT_DECISIONS") or None,
        outbox_at=os.environ.get("IMPACT_OUTBOX") or None,
        serving_at=Path(os.environ["IMPACT_SERVING"]).resolve() if os.environ.get("IMPACT_SERVING") else None,
        smtp=os.environ.get("IMPACT_SMTP") or None,
        alert_urls=os.environ.get("IMPACT_ALERTS", ""),
    )


def where() -> tuple[Path, Path]:
    """The workspace file in force, which may not exist yet, and its data folder. A `.env` here or beside the Makefile is read first."""
    here = Path.cwd()
    read_dotenv(here, PROJECT)
    own = (here / OWN_WORKSPACE.name, OWN_WORKSPACE, here / STARTED_WORKSPACE, PROJECT / STARTED_WORKSPACE)
    default = next((path for path in own if path.exists()), DEMO_WORKSPACE)
    workspace_file = Path(os.environ.get("IMPACT_WORKSPACE") or default).resolve()
    beside = DEMO_BESIDE or here if workspace_file == DEMO_WORKSPACE.resolve() else workspace_file.parent
    return workspace_file, Path(os.environ.get("IMPACT_DATA") or beside / "data").resolve()


def read_workspace(workspace_file: Path, *, data: Path, key: str | None) -> Settings:
    """Read one workspace file. Paths in it are relative to it; `data/` in front stands for the data folder.

    Raises SettingsError where the file is missing, isn't YAML, has an unknown or wrong entry, or names a source twice.
    """
    content = read_yaml(workspace_file)
    name = str(_needed(content, "workspace", workspace_file))
    _only_known(content, WORKSPACE_WORDS, "The workspace file", workspace_file)
    is_demo = _is_demo(content.get("demo", False), workspace_file)
    here = workspace_file.parent

    def located(path: str) -> Path:
        return data / path.removeprefix("data/") if path.startswith("data/") else (here / path).resolve()

    entries = content.get("sources") or []
    if not isinstance(entries, list):
        raise SettingsError(f"{workspace_file}: `sources` is not a list. Next step: begin every source with `- id:`.")
    sources = tuple(_source(entry, located, workspace_file) for entry in entries)
    ids = [source.source_id for source in sources]
    if len(ids) != len(set(ids)):
        raise SettingsError(f"{workspace_file}: a source id occurs twice in `sources`; every id must be unique.")
    levels: dict[str, Mapping[str, Any]] = {}
    if content.get("levels"):
        levels = _levels(located(str(content["levels"])))
    as_of = content.get("as_of")
    if as_of is not None and not isinstance(as_of, date):
        raise SettingsError(
            f"{workspace_file}: `as_of` is {as_of!r}. Next step: write a day as 2026-10-31, without quotes."
        )
    folders = content.get("programmes", "programmes")
    return Settings(
        workspace=name,
        workspace_file=workspace_file,
        data=data,
        is_demo=is_demo,
        as_of=as_of,
        min_group_size=_group_size(content.get("min_group_size", 5), workspace_file),
        levels=levels,
        programme_folders=tuple(located(folder) for folder in ([folders] if isinstance(folders, str) else folders)),
        sources=sources,
        key=_key(key, is_demo=is_demo),
        retention=_retention(content.get("retention") or {}, workspace_file),
        schedule=_schedule(content.get("schedule") or {}, workspace_file),
        zone=_zone(content["zone"], "zone", workspace_file) if content.get("zone") else None,
        **_outreach(content, workspace_file),
    )


def _outreach(content: Mapping[str, Any], workspace_file: Path) -> dict[str, Any]:
    """Who gets mail: the blocks that are there, by the names of their settings."""
    found: dict[str, Any] = {}
    try:
        if content.get("messages"):
            found["messages"] = read_block(MessageSettings, "messages", content["messages"])
        if content.get("report"):
            found["report_mail"] = read_block(ReportSettings, "report", content["report"])
        if content.get("alerts"):
            found["alerts"] = read_block(AlertSettings, "alerts", content["alerts"])
    except OutreachRefused as refused:
        raise SettingsError(f"{workspace_file}: {refused}") from refused
    return found


WORKSPACE_WORDS = frozenset(
    "workspace demo zone as_of min_group_size levels programmes schedule sources messages report alerts retention".split()
)
SOURCE_WORDS = frozenset("id connector path options mapping freshness_days holds".split())
CRON_FIELD = re.compile(r"(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?(,(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?)*")


def _schedule(entry: Mapping[str, Any], workspace_file: Path) -> Schedule:
    if not isinstance(entry, Mapping):
        raise SettingsError(
            f'{workspace_file}: `schedule` is {_shape(entry)}. Next step: write `schedule: {{load: "15 3 * * *"}}`.'
        )
    unknown = sorted(set(entry) - {"load", "report", "zone"})
    if unknown:
        raise SettingsError(f"{workspace_file}: `schedule` knows load, report and zone, not {', '.join(unknown)}.")
    found = Schedule(**{name: str(value) for name, value in entry.items()})
    for name, cron in (("load", found.load), ("report", found.report)):
        if not _is_cron(cron):
            raise SettingsError(
                f'{workspace_file}: `schedule: {name}` is {cron!r}; write five cron fields (minute hour day month weekday), for example "15 3 * * *".'
            )
    _zone(found.zone, "schedule: zone", workspace_file)
    return found


def _is_cron(text: str) -> bool:
    """Five fields that name a time at which something can begin: 31 February isn't one."""
    if len(text.split()) != 5 or not all(CRON_FIELD.fullmatch(part) for part in text.split()):
        return False
    try:
        return bool(next(CronSim(text, datetime(2027, 1, 1))))
    except (CronSimError, StopIteration):
        return False


def _retention(entry: Any, workspace_file: Path) -> dict[str, int]:
    """Kind of data to days that it is kept; a kind that isn't named is kept."""
    if not isinstance(entry, Mapping) or set(entry) - set(RETAINED):
        raise SettingsError(
            f"{workspace_file}: `retention` is {_shape(entry)}. Next step: write kinds and days, for example `retention: {{landing: 730, quarantine: 90}}`; kinds are {', '.join(RETAINED)}."
        )
    found = {str(kind): _whole(days, f"retention: {kind}", workspace_file) for kind, days in entry.items()}
    if any(days < 1 for days in found.values()):
        raise SettingsError(
            f"{workspace_file}: `retention` has fewer than one day. Next step: write 1 or more, or leave the kind out to keep it."
        )
    return found


def _zone(name: Any, entry: str, workspace_file: Path) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise SettingsError(
            f"{workspace_file}: `{entry}` is {name!r}; write an IANA zone, for example Europe/Berlin."
        ) from problem


def _source(entry: Mapping[str, Any], located: Any, workspace_file: Path) -> SourceSettings:
    source_id = str(_needed(entry, "id", workspace_file))
    _only_known(entry, SOURCE_WORDS, f"Source {source_id}", workspace_file)
    if not isinstance(entry.get("options") or {}, Mapping):
        raise SettingsError(
            f"{workspace_file}: `options` of source {source_id} is {_shape(entry['options'])}. Next step: write names and values, for example `options: {{zone: Europe/Berlin}}`."
        )
    days = entry.get("freshness_days", 35)
    return SourceSettings(
        source_id=source_id,
        connector=str(_needed(entry, "connector", workspace_file)),
        path=located(str(entry.get("path") or f"data/fetched/{source_id}")),
        options=entry.get("options") or {},
        mapping=located(str(entry["mapping"])) if entry.get("mapping") else None,
        freshness_days=None
        if days == "never"
        else _whole(days, f"freshness_days of source {source_id}", workspace_file),
        holds=_facts(entry.get("holds") or [], source_id, workspace_file),
    )


def _facts(given: Any, source_id: str, workspace_file: Path) -> tuple[str, ...]:
    """Kinds of facts that a source is declared to hold completely."""
    facts = [given] if isinstance(given, str) else list(given)
    unknown = sorted(str(fact) for fact in facts if fact not in SOURCE_FACTS)
    if unknown:
        raise SettingsError(
            f"{workspace_file}: `holds` of source {source_id} doesn't know {', '.join(map(repr, unknown))}. Next step: use {', '.join(SOURCE_FACTS)}."
        )
    return tuple(facts)


def _only_known(entry: Mapping[str, Any], known: frozenset[str], whose: str, workspace_file: Path) -> None:
    unknown = sorted(str(name) for name in set(entry) - known)
    if unknown:
        raise SettingsError(
            f"{workspace_file}: {whose} doesn't know {', '.join(map(repr, unknown))}. Next step: use {', '.join(sorted(known))}; what a connector is told stands under `options:`."
        )


def _is_demo(value: Any, workspace_file: Path) -> bool:
    """Whether the published key may make the pseudonyms: for the people that were made up for the demo, and nobody else."""
    if not value:
        return False
    if workspace_file.resolve() != DEMO_WORKSPACE.resolve():
        raise SettingsError(
            f"{workspace_file}: `demo: true` would hash people under a key that is published with the product. Next step: remove the line and set IMPACT_HASH_KEY "
            "(`openssl rand -hex 32` makes one)."
        )
    return True


def _group_size(value: Any, workspace_file: Path) -> int:
    size = _whole(value, "min_group_size", workspace_file)
    if size < LEAST_GROUP:
        raise SettingsError(
            f"{workspace_file}: `min_group_size` is {size}. In a group of fewer than {LEAST_GROUP} each member can work out what the others said. "
            f"Next step: write {LEAST_GROUP} or more; 5 is usual, 10 where figures leave the organisation."
        )
    return size


def _whole(value: Any, name: str, workspace_file: Path) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{workspace_file}: `{name}` is {value!r}. Next step: write a whole number.") from None


def _levels(path: Path) -> dict[str, Mapping[str, Any]]:
    """The level map: level, rank and whether it counts as leadership."""
    entries = read_yaml(path)
    if not isinstance(entries, list):
        raise SettingsError(
            f"{path} is not a list of levels. Next step: write lines such as `- {{level: L1, rank: 1, leadership: false}}`."
        )
    for entry in entries:
        if not isinstance(entry, Mapping) or "level" not in entry or not isinstance(entry.get("rank"), int):
            raise SettingsError(
                f"{path}: {entry!r} has no level or no whole number as rank. Next step: write it as `{{level: L1, rank: 1, leadership: false}}`."
            )
    return {str(entry["level"]): entry for entry in entries}


@lru_cache(maxsize=128)
def _parsed(text: str) -> Any:
    """The same few files are read for every source: parsing them anew was a tenth of a load."""
    return yaml.safe_load(text)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises SettingsError where it is missing or broken; the message names the line."""
    if not path.exists():
        raise SettingsError(
            f"{path} doesn't exist. Next step: correct its name, or set IMPACT_WORKSPACE to your workspace file (unset it for the demo)."
        )
    try:
        return deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}," if mark else ""
        words = " ".join(str(getattr(problem, "problem", problem)).split())
        raise SettingsError(
            f"{path}{where} isn't valid YAML ({words}). Next step: look at the brackets, quotes and indents there; save it as UTF-8."
        ) from problem


def _needed(entry: Mapping[str, Any], name: str, workspace_file: Path) -> Any:
    if not isinstance(entry, Mapping) or entry.get(name) in (None, ""):
        raise SettingsError(f"{workspace_file}: `{name}` is missing in {_shape(entry)}. Next step: add it.")
    return entry[name]


def _shape(entry: Any) -> str:
    """What an entry is, without its values: they may be secrets that were written into the wrong place."""
    if isinstance(entry, Mapping):
        return f"an entry with {', '.join(sorted(map(str, entry))) or 'nothing in it'}"
    return "a list" if isinstance(entry, list) else "a single value" if entry is not None else "an empty entry"


def _key(key: str | None, *, is_demo: bool) -> bytes | None:
    if not key:
        return DEMO_KEY if is_demo else None
    if len(key) < 16:
        raise SettingsError("IMPACT_HASH_KEY is shorter than 16 characters. Make one with: openssl rand -hex 32")
    return key.encode()


def secrets_of(source: SourceSettings) -> dict[str, str]:
    """Values of the environment that a source's options refer to by `${NAME}` or `env:NAME`; what isn't set is left out."""
    from pipelines.sources.remote.secrets import references

    return {name: os.environ[name] for name in references(source.options) if os.environ.get(name)}


def content_hash(*parts: bytes) -> str:
    """First 16 hex digits of SHA-256 over the parts, each preceded by its length."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:16]
