"""`impact start`: the front door. Opens Add data in the browser; makes a workspace and its key where there is none."""

import os
import subprocess
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from pipelines.access.provider import FILE
from pipelines.checkout import PROJECT
from pipelines.commands.words import stop
from pipelines.first_hour.intake import Intake
from pipelines.first_hour.opening import ALLOWED
from pipelines.first_hour.samples import SAMPLES, sample_files
from pipelines.first_hour.writing import new_workspace
from pipelines.kept_key import KEEP_IT, KeyRefused, kept_key, make_key
from pipelines.operations.dashboards import dashboards_command
from pipelines.settings import DEMO_WORKSPACE, STARTED_WORKSPACE, where
from pipelines.sources.records import SourceRefused

WAIT_SECONDS = 60


def start(
    files: Annotated[list[Path] | None, typer.Argument(help="Files to begin with: CSV or XLSX.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder of the workspace; default: the one that is there, else `workspace`.")
    ] = None,
    sample: Annotated[str | None, typer.Option(help=f"A made-up workspace to try: {', '.join(SAMPLES)}.")] = None,
    port: Annotated[int, typer.Option(help="Port on localhost.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Open Add data in the browser: drop files, answer what only you can know, see the dashboard. No other file to write, no key to make."""
    workspace_file, data = _workspace(folder)
    try:
        _open_workspace(workspace_file, data)
        intake = Intake.of(data)
        for path in files or []:
            _add(intake, path)
        if sample is not None:
            _add_sample(intake, sample)
    except (KeyRefused, SourceRefused) as refused:
        stop(str(refused))
    raise typer.Exit(_serve(workspace_file, data, port, open_browser=browser))


def _workspace(folder: Path | None) -> tuple[Path, Path]:
    """The workspace file and the data folder: what was named, else what is in force, else a new one here. Never the demo's."""
    if folder is not None:
        return (folder / "impact.yaml").resolve(), (folder / "data").resolve()
    workspace_file, data = where()
    if workspace_file == DEMO_WORKSPACE.resolve():
        workspace_file = (Path.cwd() / STARTED_WORKSPACE).resolve()
        data = Path(os.environ.get("IMPACT_DATA") or workspace_file.parent / "data").resolve()
    return workspace_file, data


def _open_workspace(workspace_file: Path, data: Path) -> None:
    """Make what isn't there: the workspace, and the key. Raises KeyRefused."""
    if not workspace_file.exists():
        new_workspace(workspace_file, "my_organisation")
        typer.echo(f"Made a workspace: {workspace_file}")
    if not os.environ.get("IMPACT_HASH_KEY") and kept_key(data) is None:
        typer.echo(f"Made the key under which people are pseudonymised: {make_key(data)}. {KEEP_IT}")


def _add(intake: Intake, path: Path) -> None:
    if not path.is_file():
        stop(f"{path} {'is a folder' if path.is_dir() else 'does not exist'}. Next step: name CSV or XLSX files.")
    intake.add(path.name, path.read_bytes())
    typer.echo(f"Added {path.name}")


def _add_sample(intake: Intake, name: str) -> None:
    if name not in SAMPLES:
        stop(f"There is no sample {name!r}. Next step: use one of {', '.join(SAMPLES)}.")
    files, answers = sample_files(name)
    for file, data in files.items():
        intake.add(file, data)
    intake.answers |= answers
    intake.save()
    typer.echo(f"Added {', '.join(files)} (made up)")


def _serve(workspace_file: Path, data: Path, port: int, *, open_browser: bool) -> int:
    environment = {
        **os.environ,
        ALLOWED: str(workspace_file),
        "IMPACT_DATA": str(data),
        "IMPACT_SERVING": str(data / "serving"),
        # its own computer only, by no other name: whoever can start this holds the data anyway
        FILE: "",
        "IMPACT_ALLOWED_HOSTS": "",
        "IMPACT_DECISIONS": os.environ.get("IMPACT_DECISIONS")
        or f"sqlite:///{data / 'decisions' / 'decisions.sqlite'}",
    }
    address = f"http://127.0.0.1:{port}/add_data"
    server = subprocess.Popen(dashboards_command(port), cwd=PROJECT, env=environment)
    try:
        if _answers(f"http://127.0.0.1:{port}/_stcore/health", server):
            typer.secho(f"Add data: {address}  (Ctrl+C ends it; what you answered is kept)", bold=True)
            if open_browser:
                webbrowser.open(address)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        return server.wait()


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server came up."""
    for _ in range(WAIT_SECONDS * 5):
        if server.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.2)
    return False
