"""What MySQL and MariaDB keep in a form of their own, asked for so that every driver gives the same: numbers of bits, times beyond a day, instants in UTC, ids in bytes.

Zero days (`0000-00-00`) come as that text, or as nothing, by the driver; either is read as no day.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

NAMES = ("mysql", "mariadb")
UTC = "set time_zone = '+00:00'"
"""A session's clock: by it TIMESTAMP, which is an instant, is written out."""
_ISO = "%Y-%m-%dT%H:%i:%s.%f+00:00"


class Clock(mysql.TIMESTAMP):
    """An instant, which MySQL keeps in UTC; a DATETIME is a time without a zone."""


def own_type(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """A column's type as this module tells it from others."""
    return Clock() if isinstance(kind, mysql.TIMESTAMP | sa.TIMESTAMP) else kind


def asked(column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """The column as a statement asks for it."""
    if isinstance(kind, mysql.BIT):
        return sa.cast(column, mysql.INTEGER(unsigned=True))
    if isinstance(kind, mysql.YEAR):
        return sa.func.nullif(column, 0)
    if isinstance(kind, Clock):
        return sa.func.date_format(column, _ISO)
    if isinstance(kind, sa.BINARY):
        return sa.func.hex(column)
    if isinstance(kind, mysql.TIME) or getattr(kind, "zerofill", False):
        return sa.cast(column, sa.CHAR)
    return column


def ordered(column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """A column of a key as its values are compared: MySQL sorts ENUM and SET by number and compares them with a text as texts, so that pages by one and the other would lose rows."""
    return sa.cast(column, sa.CHAR) if isinstance(kind, mysql.ENUM | mysql.SET) else column
