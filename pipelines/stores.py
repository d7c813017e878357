"""Tables that outlive a run, in SQLite by default and in PostgreSQL by URL: how they are opened and created."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

BUSY_SECONDS = 15


def open_engine(url: str) -> tuple[sa.Engine, Path | None]:
    """An engine that keeps no connection between questions, and the file behind it where it is SQLite. `postgresql://` uses pg8000."""
    address = sa.make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+pg8000")
    file = Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None
    options: dict[str, Any] = {"timeout": BUSY_SECONDS} if file else {}
    return sa.create_engine(address, poolclass=NullPool, connect_args=options), file


def create_tables(engine: sa.Engine, file: Path | None, *tables: sa.Table) -> None:
    """Create what doesn't exist yet, the file's folder included. Raises SQLAlchemyError."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    for attempt in (1, 2):
        try:
            with engine.begin() as connection:
                for table in tables:
                    connection.execute(CreateTable(table, if_not_exists=True))
            return
        except sa.exc.SQLAlchemyError:
            # PostgreSQL lets two sessions create a table at once, and one of them fails on the catalogue's key.
            if attempt == 2:
                raise
