"""From an API to the raw tables: what a later load may change, and what it may not."""

from pathlib import Path

import pytest

from pipelines.loading.stop_rules import LoadStopped
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame
from pipelines.workspace_loads import bring, load_sources
from tests.demo_run import PROJECT
from tests.servers.bamboohr import KEY, BambooHR, company
from tests.servers.http import serving

WORKSPACE = """
workspace: remote
as_of: 2026-10-31
programmes: {programmes}
sources:
  - id: hris
    connector: bamboohr_api
    options: {{base_url: "{url}", api_key: "${{BAMBOO_KEY}}", level_field: customJobLevel, full_every_days: 0}}
"""


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A tenant behind a local server, and a workspace that names it."""
    behaviour = company(40)
    with serving(behaviour) as server:
        workspace = tmp_path / "workspace.yaml"
        programmes = PROJECT / "data/examples/demo_company/programmes"
        workspace.write_text(WORKSPACE.format(url=server.url, programmes=programmes))
        monkeypatch.setenv("IMPACT_WORKSPACE", str(workspace))
        monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
        monkeypatch.setenv("BAMBOO_KEY", KEY)
        yield behaviour


def load() -> None:
    workspace, sources = settings(), configured_sources()
    for source in sources:
        bring(source, lambda words: None)
    with connect(workspace.warehouse) as warehouse:
        load_sources(warehouse, sources, lambda words: None)


def ask(query: str) -> list[tuple]:
    with connect(settings().warehouse, read_only=True) as warehouse:
        return read_frame(warehouse, query).rows()


def test_a_field_that_the_key_may_no_longer_see_stops_the_load(tenant: BambooHR) -> None:
    load()
    before = ask("select count(original_hire_date) from raw_people.persons")
    tenant.hidden_fields = {"hireDate"}
    with pytest.raises(LoadStopped, match="permissions of the account"):
        load()
    assert ask("select count(original_hire_date) from raw_people.persons") == before == [(40,)]


def test_someone_whom_the_system_no_longer_lists_is_marked_and_many_stop_the_load(tenant: BambooHR) -> None:
    load()
    del tenant.people["9"]
    load()
    assert ask("select count(*), count(*) filter (is_deleted) from raw_people.persons") == [(40, 1)]
    for person in ("11", "12", "13"):
        del tenant.people[person]
    with pytest.raises(LoadStopped, match="no longer in"):
        load()


def test_no_name_no_address_and_no_key_reaches_the_raw_tables(tenant: BambooHR) -> None:
    load()
    rows = str(ask("select * from raw_people.persons") + ask("select * from raw_people.person_identifiers"))
    assert "Family7" not in rows
    assert "person7@" not in rows
    data = settings().data
    assert not [path for path in data.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_the_landing_asset_asks_the_system_and_tells_what_came(tenant: BambooHR) -> None:
    import dagster as dg

    from pipelines.defs.landing.assets import _landing_asset

    (source,) = [entry for entry in configured_sources() if entry.source_id == "hris"]
    result = dg.materialize([_landing_asset(source)])
    (event,) = result.asset_materializations_for_node("landing__hris")
    assert event.metadata["files"].value == 3
    assert event.metadata["is_new"].value is True
