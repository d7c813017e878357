"""The sources of this workspace: those that its file names, and the registry made of its programme files."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.checkout import PROJECT, SettingsError
from pipelines.contracts.files.mapping_file import MappingFile
from pipelines.contracts.files.survey_catalogue import SurveyCatalogue
from pipelines.contracts.files.words import faults, lines_of, told
from pipelines.loading.corrections import corrections_of
from pipelines.loading.pseudonyms import key_fingerprint
from pipelines.settings import content_hash, settings
from pipelines.sources.mapped_files.mapping import with_null_word
from pipelines.workspace_entries import SourceSettings, read_yaml
from pipelines.zones import only_zone, zone_of_people

REGISTRY = "registry"
DECISIONS = "decisions"
OWN = {REGISTRY: "the programme files are", DECISIONS: "the workbench's decisions are"}


def configured_sources() -> list[SourceSettings]:
    """Every source to load, the programme registry first (others refer to its programmes and cohorts), the workbench's decisions last.

    Raises SettingsError where the workspace names a connector that doesn't exist or calls a source "registry" or "decisions".
    """
    from pipelines.sources.connectors import CONNECTORS

    workspace = settings()
    for source in workspace.sources:
        if source.source_id in OWN:
            raise SettingsError(
                f"{workspace.workspace_file}: a source may not be called {source.source_id!r}, {OWN[source.source_id]}."
            )
        if source.connector not in CONNECTORS:
            known = ", ".join(sorted(CONNECTORS))
            raise SettingsError(
                f"{workspace.workspace_file}: source {source.source_id} names the connector {source.connector!r}; known are {known}."
            )
    registry = SourceSettings(
        source_id=REGISTRY,
        connector="programme_files",
        path=workspace.programme_folders[0],
        options={"folders": workspace.programme_folders},
        freshness_days=None,
    )
    decisions = SourceSettings(
        source_id=DECISIONS,
        connector="match_decisions",
        path=workspace.data / "decisions" / "export",
        freshness_days=None,
    )
    return [registry, *workspace.sources, decisions]


def connector_options(source: SourceSettings) -> dict[str, Any]:
    """What a connector is told: the source's options, its mapping file, the level map and the source's own id."""
    workspace = settings()
    options: dict[str, Any] = {**source.options, "source_id": source.source_id, "levels": workspace.levels}
    options.pop("folders", None)
    if source.mapping is not None:
        if not source.mapping.exists():
            raise SettingsError(
                f"Source {source.source_id}: its mapping file {source.mapping} doesn't exist. Next step: correct `mapping:`, or make it with `impact map FILE --out {source.mapping}`."
            )
        options["mapping"] = read_yaml(source.mapping)
        if not isinstance(options["mapping"], dict):
            raise SettingsError(
                f"Source {source.source_id}: {source.mapping} holds no mapping. Next step: begin it with `files:`, or make it with `impact map FILE`."
            )
        _check_words(source.mapping, options["mapping"])
    if source.connector == "programme_files":
        options |= {
            "workspace": workspace.workspace,
            "min_group_size": workspace.min_group_size,
            "as_of": workspace.as_of,
            "workspace_zone": workspace_zone(),
            "holds": {source.source_id: list(source.holds) for source in workspace.sources if source.holds},
        }
    return options


def _check_words(path: Path, content: Mapping[str, Any]) -> None:
    """Raise SettingsError, with file and line, where a mapping file or a catalogue has a word that nobody reads."""
    model = MappingFile if "files" in content else SurveyCatalogue
    wrong = faults(model, with_null_word(content))
    if wrong:
        lines = lines_of(path.read_text(encoding="utf-8"))
        raise SettingsError(
            f"{path}, {told(wrong, lines)}. Next step: correct it (docs/reference/, mapping files and survey catalogues)."
        )


def workspace_zone() -> str:
    """The workspace's `zone:`; without it the only one that its sources name, or that of its schedule."""
    workspace = settings()
    named = only_zone(zone for source in workspace.sources for zone in _zones_named(source))
    return zone_of_people(workspace.zone, named, workspace.schedule.zone) or "UTC"


def zone_of(source: SourceSettings) -> str:
    """The zone in which a source's instants are days where the record names none."""
    return zone_of_people(*_zones_named(source)) or workspace_zone()


def _zones_named(source: SourceSettings) -> list[Any]:
    """What the source's options and its mapping say about their times, the option first."""
    mapping = read_yaml(source.mapping) if source.mapping is not None and source.mapping.exists() else None
    mapping = mapping if isinstance(mapping, dict) else {}
    return [source.options.get("zone"), mapping.get("zone"), (mapping.get("format") or {}).get("zone")]


def recipe_of(source: SourceSettings) -> dict[str, Any]:
    """What besides the bytes decides which rows a source gives; part of the load's identity.

    A new mapping, another key or newer reading code makes another load of the same files, so they are read again.
    """
    corrections = corrections_of(settings().data / "corrections", source.source_id)
    return {
        "connector": source.connector,
        **connector_options(source),
        "zone": zone_of(source),
        **({"corrections": [asdict(correction) for correction in corrections]} if corrections else {}),
        "key": key_fingerprint(settings().hash_key),
        "code": _reading_code(),
    }


def asking_recipe(source: SourceSettings) -> str:
    """Hash of what decides which pages a remote system gives; secrets are in it by name only."""
    options = {
        name: value for name, value in connector_options(source).items() if name not in ("levels", "retry", "max_pages")
    }
    return content_hash(json.dumps({"connector": source.connector, **options}, sort_keys=True, default=str).encode())


@lru_cache(maxsize=1)
def _reading_code() -> str:
    """Hash of the modules that turn bytes into raw rows."""
    package = PROJECT / "pipelines"
    files = [
        *sorted((package / "contracts").glob("*.py")),
        *sorted((package / "loading").glob("*.py")),
        *sorted((package / "sources").rglob("*.py")),
    ]
    return content_hash(*(path.read_bytes() for path in files))
