"""What a release tells of itself: its content's hash, day, code, lock and dictionary, and the audit log's head."""

import hashlib
import tomllib
from importlib.metadata import version
from pathlib import Path

import polars as pl

from pipelines.audit_log import head
from pipelines.checkout import PROJECT
from pipelines.serving.catalogue import read_definitions
from pipelines.serving.disclosure_rule import floor_of
from pipelines.settings import Settings


def stamp(workspace: Settings, digest: str, as_of: str, run_id: str) -> pl.DataFrame:
    """The stamp of the release with the content hash `digest`, one row."""
    dictionary = read_definitions(PROJECT / "dbt_project" / "models" / "metrics").select("metric_id", "version")
    return pl.DataFrame(
        [
            {
                "release_id": digest[:12],
                "content_hash": digest,
                "as_of_date": as_of,
                "workspace": workspace.workspace,
                "run_id": run_id,
                "code_version": code_version(),
                "lock_hash": _file_hash(PROJECT / "uv.lock"),
                "dictionary_version": hashlib.sha256(dictionary.write_ndjson().encode()).hexdigest()[:12],
                "min_group_size": floor_of(workspace.min_group_size),
                "is_demo": workspace.is_demo,
                "audit_head": (head(workspace.audit_log) or "")[:16],
            }
        ]
    ).with_columns(pl.col("as_of_date").str.to_date())


def code_version() -> str:
    """The package's version and, in a git checkout, the commit that HEAD names (read from .git, no git needed)."""
    head = PROJECT / ".git" / "HEAD"
    if not head.exists():
        return version("mentorship-impact")
    text = head.read_text(encoding="utf-8").strip()
    if text.startswith("ref: "):
        branch = PROJECT / ".git" / text.removeprefix("ref: ")
        text = branch.read_text(encoding="utf-8").strip() if branch.exists() else _packed(text.removeprefix("ref: "))
    return f"{_declared_version()}+{text[:12]}"


def _packed(reference: str) -> str:
    packed = PROJECT / ".git" / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.exists() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {reference}")), "unknown")


def _declared_version() -> str:
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "no lock file"
