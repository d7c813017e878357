"""The workspace that a plan comes to, written as the files that engineers edit: impact.yaml, a mapping a source, a file a programme, and the sources' files."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipelines.first_hour.goal_files import goals_in, programme_paths
from pipelines.first_hour.plan import Plan, programme_files
from pipelines.first_hour.plan_sources import Source, sources_of
from pipelines.first_hour.programme import goals_are_kept
from pipelines.mapping_text import as_yaml
from pipelines.whole_files import write_whole

HEAD = "# Written by Add data (`impact start`); yours to edit. What the words mean: docs/reference/workspace-file.md.\n"
PRIVATE = "# People's data: never in a repository.\ndata/\nsources/\n"


def new_workspace(workspace_file: Path, name: str) -> None:
    """An empty workspace with its folder of programmes; what people's data are in is kept out of git."""
    (workspace_file.parent / "programmes").mkdir(parents=True, exist_ok=True)
    ignore = workspace_file.parent / ".gitignore"
    if not ignore.exists():
        write_whole(ignore, PRIVATE)
    content = {"workspace": name, "min_group_size": 5, "programmes": "programmes", "sources": []}
    write_whole(workspace_file, HEAD + as_yaml(content))


def write_workspace(plan: Plan, workspace_file: Path) -> list[Path]:
    """Bring the plan into the workspace; other sources and programmes stay as they are. The written YAML files, the workspace's own last."""
    content = yaml.safe_load(workspace_file.read_text(encoding="utf-8"))
    folder = workspace_file.parent
    programmes = content.get("programmes", "programmes")
    first = programmes if isinstance(programmes, str) else programmes[0]
    written = _write(plan, folder, folder / first, content, programme_paths(workspace_file))
    before = workspace_file.read_text(encoding="utf-8")
    after = HEAD + as_yaml(content)
    if yaml.safe_load(before) != content:
        if not before.startswith(HEAD):
            write_whole(workspace_file.with_name(f"{workspace_file.name}.before"), before)
        write_whole(workspace_file, after)
    return [*written, workspace_file]


def write_trial(plan: Plan, workspace_file: Path, folder: Path) -> Path:
    """The same workspace as a copy in `folder`, to try it before anything of the real one changes. Its workspace file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    content = yaml.safe_load(workspace_file.read_text(encoding="utf-8"))
    content = _absolute(content, workspace_file.parent)
    _copy_programmes(content["programmes"], folder / "programmes", programme_files(plan))
    content["programmes"] = [str(folder / "programmes")]
    _write(plan, folder, folder / "programmes", content, programme_paths(workspace_file))
    write_whole(folder / "impact.yaml", as_yaml(content))
    return folder / "impact.yaml"


def _copy_programmes(folders: Sequence[str], target: Path, written: Mapping[str, Any]) -> None:
    """The workspace's programme files in `target`, but for those that are written anew."""
    target.mkdir(exist_ok=True)
    for place, folder in enumerate(folders):
        for path in sorted(Path(folder).glob("*.y*ml")):
            text = path.read_text(encoding="utf-8")
            if not (text.startswith(HEAD) and path.stem in written):
                write_whole(target / f"{place}_{path.name}", text)


def _absolute(content: Mapping[str, Any], here: Path) -> dict[str, Any]:
    """The workspace's content with paths that hold from anywhere."""

    def located(path: str) -> str:
        return path if path.startswith("data/") else str((here / path).resolve())

    found = dict(content)
    programmes = found.get("programmes", "programmes")
    found["programmes"] = [located(path) for path in ([programmes] if isinstance(programmes, str) else programmes)]
    if found.get("levels"):
        found["levels"] = located(str(found["levels"]))
    found["sources"] = [
        {name: located(str(value)) if name in ("path", "mapping") else value for name, value in source.items()}
        for source in found.get("sources") or []
    ]
    return found


def _write(
    plan: Plan, folder: Path, programmes: Path, content: dict[str, Any], declared: Mapping[str, Path]
) -> list[Path]:
    """Write sources, mappings and programmes below `folder`, and enter the sources into `content`. declared: the workspace's programme files, whose goals may have to be kept."""
    written = []
    entries = {entry["id"]: entry for entry in content.get("sources") or []}
    for name, source in sources_of(plan).items():
        source_id = _free_id(name, entries)
        _put_files(folder / "sources" / source_id, source)
        mapping = folder / "mappings" / f"{source_id}.yaml"
        write_whole(mapping, as_yaml(source.mapping), mode=0o600)
        written.append(mapping)
        entries[source_id] = {
            "id": source_id,
            "connector": source.connector,
            "path": f"sources/{source_id}",
            "mapping": f"mappings/{source_id}.yaml",
            **({"holds": list(source.holds)} if source.holds else {}),
        }
    content["sources"] = list(entries.values())
    content.setdefault("zone", plan.zone)
    if plan.as_of != plan.today:
        content["as_of"] = plan.as_of
    else:
        content.pop("as_of", None)
    for programme, file in programme_files(plan).items():
        path = programmes / f"{programme}.yaml"
        if goals_are_kept(programme, plan.answers) and programme in declared:
            file["goals"] = list(goals_in(declared[programme]).values())
        write_whole(path, HEAD + as_yaml(file))
        written.append(path)
    return written


def _free_id(name: str, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """The source's id; another where the workspace has a source of that name that wasn't made here."""
    there = entries.get(name)
    if there is None or str(there.get("mapping", "")).endswith(f"mappings/{name}.yaml"):
        return name
    return f"added_{name}"


def _put_files(folder: Path, source: Source) -> None:
    """Exactly the source's files, for their owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = {file.name for file in source.files}
    for path in folder.iterdir():
        if path.is_file() and path.name not in wanted:
            path.unlink()
    for file in source.files:
        path = folder / file.name
        if path.exists() and path.read_bytes() == file.data:
            continue
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.data)
