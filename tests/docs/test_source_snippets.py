"""What the pages of the sources tell people to type is what the code takes: configuration, catalogues, options and commands."""

import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from pipelines.cli import app
from pipelines.settings import read_workspace
from pipelines.sources.connectors import CONNECTORS, remote_names
from pipelines.sources.remote.fetching import Context
from pipelines.sources.remote.retries import RetryBudget, RetryPolicy
from pipelines.sources.remote.secrets import Secrets, references
from pipelines.sources.shared.surveys.catalogue import read_catalogue
from pipelines.workspace_entries import SourceSettings

PROJECT = Path(__file__).parents[2]
PAGES = sorted((PROJECT / "docs/sources").glob("*.md"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?<![\w/.-])impact ([a-z]+)((?: [^`\n|]*)?)")
TABLES = {
    "files": [
        {
            "match": name,
            "key": "id",
            "tables": [{"table": "persons", "columns": {"person_id": {"from": "id", "reference": "x"}}}],
        }
        for name in ("employees", "jobs")
    ]
}
ANSWERS = {
    "surveys": [
        {
            "survey_id": "s", "source_survey_id": "SV_1", "programme_id": "p", "name": "n", "instrument": "i", "wave": "post", "wave_no": 1, "respondent_role": "mentee",
            "anonymity": "anonymous", "min_group_size": 5, "questions": {"q": {"stable_code": "c", "question_kind": "csat"}},
        }
    ]
}  # fmt: skip


def blocks() -> Iterator[tuple[str, Any]]:
    for page in PAGES:
        for text in BLOCK.findall(page.read_text()):
            yield page.name, yaml.safe_load(text)
    for name, spec in CONNECTORS.items():
        if spec.documentation.example:
            yield f"impact init --with {name}", [{"id": name, **yaml.safe_load(spec.documentation.example)}]


def configured(entries: Any, folder: Path) -> list[SourceSettings]:
    """The sources of a block as the workspace's own reader gives them."""
    file = folder / "impact.yaml"
    file.write_text(yaml.safe_dump({"workspace": "w", "sources": entries}))
    return list(read_workspace(file, data=folder, key="a-key-of-sixteen-letters").sources)


SOURCES = [(where, block) for where, block in blocks() if isinstance(block, list)]
CATALOGUES = [(where, block) for where, block in blocks() if isinstance(block, dict) and "surveys" in block]


def test_every_block_is_a_list_of_sources_or_a_catalogue() -> None:
    assert len(SOURCES) + len(CATALOGUES) == len(list(blocks()))
    assert {source["connector"] for _, block in SOURCES for source in block} >= remote_names()


@pytest.mark.parametrize(("where", "block"), SOURCES, ids=[where for where, _ in SOURCES])
def test_a_source_that_a_page_shows_is_taken_and_can_be_asked(where: str, block: list[dict], tmp_path: Path) -> None:
    """Remote ones are opened as far as it goes without a call."""
    for source in configured(block, tmp_path):
        system = CONNECTORS[source.connector].remote
        if system is None:
            continue
        secrets = Secrets(
            {name: "sqlite://" if name == "HRIS_URL" else "a-secret-value" for name in references(source.options)}
        )
        budget = RetryBudget(
            RetryPolicy(), lambda seconds: None, lambda: datetime(2026, 11, 2, tzinfo=UTC), random.Random(1)
        )
        mapping = TABLES if source.connector in ("sql", "together") else ANSWERS if source.mapping else {}
        context = Context(
            source.source_id, secrets.resolved(source.source_id, source.options), secrets, budget, mapping
        )
        with ExitStack() as opened:
            opened.enter_context(system.open(context))
            assert system.streams(context)


@pytest.mark.parametrize(("where", "block"), SOURCES, ids=[where for where, _ in SOURCES])
def test_every_option_that_a_page_shows_is_read_by_some_connector(where: str, block: list[dict]) -> None:
    for source in block:
        assert CONNECTORS[source["connector"]].unknown_options(source.get("options") or {}) == [], where


def test_every_option_that_a_connector_is_said_to_read_is_read() -> None:
    code = "".join(path.read_text() for path in (PROJECT / "pipelines/sources").rglob("*.py"))
    for option in {option.name for spec in CONNECTORS.values() for option in spec.options}:
        assert re.search(f"""['"]{option}['"]""", code), f"nothing reads the option {option!r}"


def test_the_demo_workspace_names_no_option_that_nothing_reads() -> None:
    demo = yaml.safe_load((PROJECT / "data/examples/demo_company/workspace.yaml").read_text())
    for source in demo["sources"]:
        assert CONNECTORS[source["connector"]].unknown_options(source.get("options") or {}) == [], source["id"]


@pytest.mark.parametrize(("where", "block"), CATALOGUES, ids=[where for where, _ in CATALOGUES])
def test_a_catalogue_that_a_page_shows_is_read(where: str, block: dict) -> None:
    assert read_catalogue(block)


def commands() -> Iterator[tuple[str, str, str]]:
    for page in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")):
        for spoken in re.findall(r"```bash\n(.*?)```|`([^`\n]+)`", page.read_text(), flags=re.DOTALL):
            for name, rest in COMMAND.findall(" ".join(spoken).replace("\\\n", " ")):
                yield page.name, name, rest


def test_every_command_of_a_page_exists_with_its_options() -> None:
    known = typer.main.get_command(app).commands
    found = list(commands())
    assert {name for _, name, _ in found} >= {"init", "check", "map", "sources", "quarantine", "run", "match"}
    for page, name, rest in found:
        assert name in known, f"{page}: impact {name}"
        command = known[name]
        words = rest.split()
        if hasattr(command, "commands") and words:
            assert words[0] in command.commands, f"{page}: impact {name} {words[0]}"
            command = command.commands[words[0]]
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0].rstrip(".,)") in options, f"{page}: impact {name} {word}"
