"""What the warehouse says about itself, by name: which vault belongs to it, under which key its people are hashed, the version of its tables."""

import duckdb

STATE = "quality.state"


def read_state(warehouse: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The value under `name`; None where nothing was ever written."""
    is_there = "select 1 from duckdb_tables() where database_name = current_database() and schema_name || '.' || table_name = ?"
    if not warehouse.execute(is_there, [STATE]).fetchall():
        return None
    found = warehouse.execute(f"select value from {STATE} where name = ?", [name]).fetchall()
    return found[0][0] if found else None


def write_state(warehouse: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Put `value` in the place of what stood under `name`."""
    if read_state(warehouse, name) == value:
        return
    warehouse.execute(f"delete from {STATE} where name = ?", [name])
    warehouse.execute(f"insert into {STATE} values (?, ?)", [name, value])
