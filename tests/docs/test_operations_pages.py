"""What the guides on operations and messages show is what the code reads."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from pipelines.access.provider import NAMES as PROVIDER
from pipelines.contracts.programme_messages import programme_messages
from pipelines.environment import SETTINGS, TOLD_BETWEEN_PROGRAMS
from pipelines.operations.health import health, metrics
from pipelines.settings import read_workspace
from tests.published import publish_test_snapshot

PROJECT = Path(__file__).parents[2]
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("pipelines", "dashboards")
    for path in (PROJECT / folder).rglob("*.py")
)


def blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (PROJECT / "docs/guides" / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", [blocks("messages.md")[0], *blocks("operations.md")])
def test_a_block_of_the_workspace_file_is_read_as_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "impact.yaml").write_text(f"workspace: mine\nsources: []\n{text}")
    found = read_workspace(tmp_path / "impact.yaml", data=tmp_path, key=None)
    assert found.alerts.to


def test_the_block_of_a_programme_file_is_read_as_shown() -> None:
    found = programme_messages(yaml.safe_load(blocks("messages.md")[1])["messages"])
    assert [survey.survey for survey in found.surveys] == ["halfway", "closing"]


def test_every_gauge_of_the_page_is_served(tmp_path: Path) -> None:
    publish_test_snapshot(tmp_path / "serving")
    now = datetime.now(UTC)
    served = metrics(health(tmp_path, tmp_path / "serving", now), now, {}).decode()
    named = set(re.findall(r"`(impact_[a-z_]+)`", (PROJECT / "docs/guides/operations.md").read_text(encoding="utf-8")))
    assert len(named) > 8
    assert [name for name in sorted(named) if f"# TYPE {name} gauge" not in served] == []


def test_the_example_of_the_environment_names_what_is_read_and_nothing_else() -> None:
    shown = set(re.findall(r"^(?:# )?(IMPACT_[A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    read = set(re.findall(r'environ(?:\.get\(|\[)"(IMPACT_[A-Z_]+)"', CODE))
    assert shown == (read | set(PROVIDER)) - TOLD_BETWEEN_PROGRAMS
    assert shown == set(SETTINGS), "each has a check of its value, if only that anything may stand there"
