"""The vault is a file of its own, and whatever kills a load, it fits the warehouse."""

import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.loading import vault as vaults
from pipelines.loading.load import KEY
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.state import read_state
from pipelines.loading.upgrades import upgrade
from pipelines.loading.vault import PERSONS, changing_vault, reading_vault
from pipelines.warehouse import connect

pytestmark = pytest.mark.slow

Workspace = tuple[Path, Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A warehouse with one current load, and the vault with one name."""
    warehouse, vault = tmp_path / "warehouse/warehouse.duckdb", tmp_path / "vault/vault.duckdb"
    load(warehouse, vault, "Adelheid-Before")
    return warehouse, vault


def load(warehouse: Path, vault: Path, name: str) -> None:
    """Put one person's name in the place of all others, with the load's row in the warehouse."""
    with connect(warehouse) as connection:
        prepare_schemas(connection)
        with changing_vault(connection, vault):
            connection.execute("delete from quality.loads")
            connection.execute(
                "insert into quality.loads (load_id, source_id, is_current) values (?, 'hr', true)", [name]
            )
            connection.execute(f"delete from {PERSONS}")
            connection.execute(
                f"insert into {PERSONS} (source_instance, person_id, family_name) values ('hr', 'p', ?)", [name]
            )


def held(workspace: Workspace) -> list[tuple[str, str, bool]]:
    """The load, the name and whether the load counts."""
    with reading_vault(*workspace) as connection:
        return connection.execute(
            "select load_id, family_name, is_current from quality.loads, vault.persons"
        ).fetchall()


def test_where_there_is_no_vault_nobody_is_known_and_nothing_breaks(workspace: Workspace) -> None:
    workspace[1].unlink()
    with reading_vault(*workspace) as connection:
        assert connection.execute("from vault.persons").fetchall() == []
        assert connection.execute("from vault.quarantined_rows").fetchall() == []


def test_the_file_and_its_folder_are_their_owners_own(workspace: Workspace) -> None:
    _, vault = workspace
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.parent.stat().st_mode) == 0o700


def test_no_name_is_in_the_warehouse_and_no_former_name_in_the_vault(workspace: Workspace) -> None:
    warehouse, vault = workspace
    load(*workspace, "Zenobia-After")
    assert b"Zenobia-After" in vault.read_bytes()
    assert b"Adelheid-Before" not in vault.read_bytes()
    with connect(warehouse, read_only=True) as connection:
        assert not connection.execute("select 1 from duckdb_schemas() where schema_name = 'vault'").fetchall()


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(params=["before the commit", "after the commit"])
def killed(request: pytest.FixtureRequest, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The load of another name ends at a moment between the two files."""

    def die(*_: object) -> None:
        raise Killed

    where = "write_state" if request.param == "before the commit" else "_move_into_place"
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(vaults, where, die)
        load(*workspace, "Zenobia-After")
    assert list(workspace[1].parent.glob(".*.draft"))
    yield request.param


@pytest.mark.parametrize("next_move", ["somebody reads", "a load comes"])
def test_a_load_killed_between_the_files_is_the_old_one_or_the_new(
    workspace: Workspace, killed: str, next_move: str
) -> None:
    expected = "Adelheid-Before" if killed == "before the commit" else "Zenobia-After"
    if next_move == "a load comes":
        with connect(workspace[0]) as connection, changing_vault(connection, workspace[1]):
            pass
    assert held(workspace) == [(expected, expected, True)]
    assert [path.name for path in workspace[1].parent.iterdir()] == ["vault.duckdb"]


def test_an_error_in_a_load_leaves_both_as_they_were(workspace: Workspace) -> None:
    with connect(workspace[0]) as connection, pytest.raises(duckdb.Error), changing_vault(connection, workspace[1]):
        connection.execute(f"delete from {PERSONS}")
        connection.execute("select * from nowhere")
    assert held(workspace) == [("Adelheid-Before", "Adelheid-Before", True)]


def test_a_load_that_changes_no_name_leaves_the_file_alone(workspace: Workspace) -> None:
    before = workspace[1].read_bytes()
    with connect(workspace[0]) as connection, changing_vault(connection, workspace[1]):
        connection.execute("update quality.loads set files = 1")
    assert workspace[1].read_bytes() == before


@pytest.mark.parametrize("state", ["gone", "of another warehouse"])
def test_where_the_vault_isnt_the_warehouses_every_source_is_read_again(
    workspace: Workspace, tmp_path: Path, state: str
) -> None:
    warehouse, vault = workspace
    vault.unlink()
    if state == "of another warehouse":
        load(tmp_path / "other.duckdb", vault, "Somebody-Else")
    with connect(warehouse) as connection, changing_vault(connection, vault):
        assert connection.execute("select count(*) from quality.loads where is_current").fetchall() == [(0,)]


def test_the_vault_of_version_0_1_moves_out_and_leaves_no_byte(tmp_path: Path) -> None:
    warehouse, vault = tmp_path / "warehouse/warehouse.duckdb", tmp_path / "vault/vault.duckdb"
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as old:
        old.execute("create schema vault")
        for name, columns in vaults.TABLES.items():
            old.execute(f"create table vault.{name} ({columns})")
        old.execute("create table vault.key_in_use as select 'abc' as fingerprint")
        old.execute("insert into vault.persons values ('hr', 'p', 'Ada', 'Adelheid-Before', 'ada@x.example', null)")
        old.execute("create view of_it as select 1 as one")
    with reading_vault(warehouse, vault) as connection:
        assert connection.execute("select family_name from vault.persons").fetchall() == [("Adelheid-Before",)]
    upgrade(warehouse, vault, tmp_path / "history.duckdb")
    upgrade(warehouse, vault, tmp_path / "history.duckdb")
    with reading_vault(warehouse, vault) as connection:
        assert connection.execute("select family_name from vault.persons").fetchall() == [("Adelheid-Before",)]
        assert connection.execute("from of_it").fetchall() == [(1,)]
        assert read_state(connection, KEY) == "abc"
    assert b"Adelheid-Before" not in warehouse.read_bytes()
