"""The only reader of the environment and of the workspace file."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.access.settings import AccessRefused, AccessSettings, access_of
from pipelines.audit_log import log_of
from pipelines.checkout import IS_CHECKOUT, PROJECT, SettingsError
from pipelines.data_version import TooNew, noted_version
from pipelines.environment import EnvironmentRefused, check_environment, read_environment
from pipelines.kept_key import KeyRefused, kept_key
from pipelines.outreach_settings import AlertSettings, MessageSettings, OutreachRefused, ReportSettings, read_block
from pipelines.workspace_entries import (
    WORKSPACE_WORDS,
    Schedule,
    SourceSettings,
    check_words,
    needed,
    read_group_size,
    read_levels,
    read_retention,
    read_schedule,
    read_source,
    read_yaml,
    read_zone,
)

DEMO_WORKSPACE = PROJECT / "data/examples/demo_company/workspace.yaml"
DEMO_BESIDE = PROJECT if IS_CHECKOUT else None
"""Where the demo's data folder lies; None: where the command is run."""
OWN_WORKSPACE = PROJECT / "impact.yaml"
STARTED_WORKSPACE = Path("workspace/impact.yaml")
"""Where `impact start` makes a workspace, below the folder in which it is called."""
LEAST_KEY = 16
DEMO_KEY = b"published-demo-key: protects nobody, the demo company is made up"


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
    time_stamps_at: str | None = field(default=None, repr=False)
    retention: Mapping[str, int] = field(default_factory=dict)
    access: AccessSettings | None = None

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
    def registrations(self) -> Path:
        return self.history.parent / "registrations"

    @property
    def audit_log(self) -> Path:
        return log_of(self.data)

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
    def can_send(self) -> bool:
        """Whether there is a server and an address that messages come from."""
        return bool(self.smtp) and not self.messages.answers_to.endswith("@localhost")

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
    the workspace file), IMPACT_HASH_KEY (default: the key kept in the data folder), IMPACT_DECISIONS, IMPACT_OUTBOX, IMPACT_SERVING, IMPACT_SMTP,
    IMPACT_ALERTS and IMPACT_TIME_STAMPS.
    """
    workspace_file, data = where()
    try:
        check_environment(os.environ)
        noted_version(data)
        key = os.environ.get("IMPACT_HASH_KEY") or kept_key(data)
    except (EnvironmentRefused, KeyRefused, TooNew) as refused:
        raise SettingsError(str(refused)) from refused
    found = read_workspace(workspace_file, data=data, key=key)
    return replace(
        found,
        decisions_at=os.environ.get("IMPACT_DECISIONS") or None,
        outbox_at=os.environ.get("IMPACT_OUTBOX") or None,
        serving_at=Path(os.environ["IMPACT_SERVING"]).resolve() if os.environ.get("IMPACT_SERVING") else None,
        smtp=os.environ.get("IMPACT_SMTP") or None,
        alert_urls=os.environ.get("IMPACT_ALERTS", ""),
        time_stamps_at=time_stamp_authority(),
    )


def time_stamp_authority() -> str | None:
    """IMPACT_TIME_STAMPS: the web address of an authority that gives time stamps (RFC 3161), None where none is set. A `.env` here or beside the Makefile is read first."""
    _read_environment(Path.cwd())
    return os.environ.get("IMPACT_TIME_STAMPS") or None


def _read_environment(here: Path) -> None:
    try:
        read_environment(here, PROJECT)
    except EnvironmentRefused as refused:
        raise SettingsError(str(refused)) from refused


def where() -> tuple[Path, Path]:
    """The workspace file in force, which may not exist yet, and its data folder. A `.env` here or beside the Makefile is read first."""
    here = Path.cwd()
    _read_environment(here)
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
    name = str(needed(content, "workspace", workspace_file))
    check_words(content, WORKSPACE_WORDS, "The workspace file", workspace_file)
    is_demo = _is_demo(content.get("demo", False), workspace_file)
    here = workspace_file.parent

    def located(path: str) -> Path:
        return data / path.removeprefix("data/") if path.startswith("data/") else (here / path).resolve()

    entries = content.get("sources") or []
    if not isinstance(entries, list):
        raise SettingsError(f"{workspace_file}: `sources` is not a list. Next step: begin every source with `- id:`.")
    sources = tuple(read_source(entry, located, workspace_file) for entry in entries)
    ids = [source.source_id for source in sources]
    if len(ids) != len(set(ids)):
        raise SettingsError(f"{workspace_file}: a source id occurs twice in `sources`; every id must be unique.")
    levels: dict[str, Mapping[str, Any]] = {}
    if content.get("levels"):
        levels = read_levels(located(str(content["levels"])))
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
        min_group_size=read_group_size(content.get("min_group_size", 5), workspace_file),
        levels=levels,
        programme_folders=tuple(located(folder) for folder in ([folders] if isinstance(folders, str) else folders)),
        sources=sources,
        key=_key(key, is_demo=is_demo),
        retention=read_retention(content.get("retention") or {}, workspace_file),
        schedule=read_schedule(content.get("schedule") or {}, workspace_file),
        zone=read_zone(content["zone"], "zone", workspace_file) if content.get("zone") else None,
        access=_access(content, workspace_file),
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


def _access(content: Mapping[str, Any], workspace_file: Path) -> AccessSettings | None:
    try:
        return access_of(content, workspace_file)
    except AccessRefused as refused:
        raise SettingsError(str(refused)) from refused


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


def _key(key: str | None, *, is_demo: bool) -> bytes | None:
    if not key:
        return DEMO_KEY if is_demo else None
    if len(key.strip()) < LEAST_KEY:
        raise SettingsError(
            f"IMPACT_HASH_KEY is shorter than {LEAST_KEY} characters. Make one with: openssl rand -hex 32"
        )
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
