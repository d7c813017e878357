"""The words of a mapping file: which column of an export fills which canonical column, and how it is read."""

from typing import Literal

from pydantic import Field

from pipelines.contracts.files.counted_times import WITHOUT_PATTERN
from pipelines.contracts.files.words import Text, Texts, Words

Pattern = str | list[str]
_COUNTED = ", ".join(f"`{name}`" for name in WITHOUT_PATTERN[:-1]) + f" or `{WITHOUT_PATTERN[-1]}`"
# fmt: off

class Format(Words):
    """How files are written. A file's own `format:` overrides the mapping's."""

    kind: Literal["csv", "xlsx", "parquet"] | None = Field(None, description="csv (the default), xlsx or parquet; a file that ends in .xlsx or .parquet is read as such anyway")
    encoding: str | None = Field(None, description="for example utf-8, cp1252 or utf-16; found by the bytes where it is left out")
    delimiter: str | None = Field(None, description="what parts fields; left out, a comma or whichever of `;`, tab and `|` alone parts the required names")
    decimal: str | None = Field(None, description="the decimal sign of numbers, `.` or `,`")
    thousands: str | None = Field(None, description="the sign between thousands, taken off before a number is read")
    null: Texts | None = Field(None, description="texts that stand for nothing, in every column")
    zone: str | None = Field(None, description="the IANA or Windows zone of local times whose column names none")
    sheet: Text | None = Field(None, description="name of a workbook's sheet; left out, the first that holds the required names")
    struck: Text | None = Field(None, description="name of a column that is added to a workbook's sheet: `yes` in rows that are struck through; `where: {struck through: {not: [yes]}}` leaves them out")


class Column(Words):
    """How one canonical column is filled: by one of `from`, `const` and `template`, then word by word in the order of this table."""

    from_: Texts | None = Field(None, alias="from", description="the header, or a list of headers of which the first that is present is read")
    const: Text | None = Field(None, description="one value for all rows")
    template: str | None = Field(None, description="text with headers in braces: `pair-{id}`")
    null: Texts | None = Field(None, description="texts that stand for nothing in this column")
    same: dict[Text, Text] | None = Field(None, description="spellings of one value: `{J. Doe: Jane Doe}`; others stay as they are")
    filled: Text | None = Field(None, description="the value wherever the column holds anything")
    lower: bool | None = Field(None, description="true: in small letters")
    map: dict[Text, Text | None] | None = Field(None, description="each value of the file to the canonical one; a value that isn't named is rejected, unless `default` is given")
    reference: str | list[str] | None = Field(None, description="the kind of identifier that names a person: `email`, `employee_number`, a source's id; of a list, a value with an @ is an address")
    id: bool | None = Field(None, description="true: taken as it is, `na` and `-` too")
    number: bool | None = Field(None, description="true: a number by the format's decimal sign")
    decimal: str | None = Field(None, description="the decimal sign of this column")
    thousands: str | None = Field(None, description="the sign between thousands in this column")
    scale: float | None = Field(None, description="what the number is multiplied by: `0.01` of per cent")
    duration: Literal["minutes", "hours", "seconds"] | None = Field(None, description="minutes out of `1h30`, `90 min`, `1:30`, `PT1H30M`; the word is the unit of numbers alone")
    date: Pattern | None = Field(None, description=f"pattern of a day (`%d.%m.%Y`), a list of them, {_COUNTED}")
    instant: Pattern | None = Field(None, description=f"pattern of a day with its time, a list of them, {_COUNTED}")
    at: str | None = Field(None, description="the time of day where an instant's column holds days alone: `09:30`")
    zone: str | None = Field(None, description="the zone of this column's local times")
    plus_days: int | None = Field(None, description="days added to a date: 1 makes an inclusive end half-open")
    after: str | None = Field(None, description="the canonical column of the start: an end by the clock alone that lies before it is of the next day")
    level_rank: bool | None = Field(None, description="true: the rank of this level in the workspace's level map")
    bool_: dict[str | bool, Texts] | None = Field(None, alias="bool", description="words for yes and no: `{true: [ja], false: [nein]}`")
    default: Text | None = Field(None, description="the value where the column is missing or empty, or a value isn't in `map`")
    otherwise: "Column | None" = Field(None, description="how the rows are filled for which this entry gives nothing")


class Condition(Words):
    """Which values of a column a row is kept for, other than a list of them."""

    not_empty: bool | None = Field(None, description="true: rows where it holds anything")
    not_: Texts | None = Field(None, alias="not", description="rows where it holds none of these")


class Unpivot(Words):
    """Columns that become rows: one row per named column; an empty value makes none and is counted as `no value`."""

    columns: dict[Text, Text] = Field(description="header to the value that `name` gets")
    name: str = Field(description="the canonical column that says which of the columns it was")
    value: str = Field(description="the canonical column that gets the value")
    value_spec: Column | None = Field(None, description="how the value is read")


class Table(Words):
    """A canonical table that the file's rows fill."""

    table: str = Field(description="its name, for example persons, pairs or sessions; an unknown one is told with those that there are")
    columns: dict[str, Column] = Field(default_factory=dict, description="canonical column to how it is filled")
    key: Texts | None = Field(None, description="columns that make this table's record id, where they aren't the file's")
    where: dict[Text, Condition | Texts] | None = Field(None, description="header to the values of rows that are kept; others are filtered and counted")
    where_reason: str | None = Field(None, description="why they are, as the quality page says it")
    not_null: Texts | None = Field(None, description="rows where one of these columns is empty are filtered and counted")
    unpivot: Unpivot | None = Field(None, description="columns that become rows")
    last_wins: bool | None = Field(None, description="true: of several rows of one key the last one holds, earlier ones are filtered and counted")
    derive: str | list[str] | None = Field(None, description="`job_history` (states out of changes), `employment_spells` (join and number spells), `persons` (of a list with a line per employment the latest)")


class File(Words):
    """Files of one kind, and the tables that they fill."""

    match: Text = Field(description="name of the files, with `*`; of a database the table; of a system behind an API the list")
    list_: str | None = Field(None, alias="list", description="entries of one list, the newest first, are exports of several days though their columns differ")
    key: Texts | None = Field(None, description="columns that make the record's id")
    required: Texts | None = Field(None, description="headers without which the file is refused; the header row is searched by them")
    optional: bool | None = Field(None, description="true: the file may be absent")
    may_be_empty: bool | None = Field(None, description="true: a header without rows is fine")
    header_rows: int | None = Field(None, ge=1, le=5, description="how many rows the header has")
    ignore: Texts | None = Field(None, description="columns that are known and not used: no finding is made of them")
    ids: Texts | None = Field(None, description="columns whose values are taken as they are, `na` and `-` too")
    join: dict[Text, list[Text]] | None = Field(None, description="columns that become one text: `{Mentor: [First name, Last name]}`")
    gather: dict[Text, list[Text]] | None = Field(None, description="columns that become one: `{Mentee: [Mentee 1, Mentee 2]}`")
    split: dict[Text, list[str]] | None = Field(None, description="cells that name several people, and what parts them; each becomes a row")
    repeats: dict[Text, list[Text]] | None = Field(None, description="a column for `key` and templates: the first column's text, numbered where a line repeats all of these and is a meeting of its own: `{each: [Date, Mentor, Mentee]}`")
    records: str | None = Field(None, description="the list within a page of an API")
    explode: str | None = Field(None, description="a list within a record of an API: each of its items becomes a row")
    format: Format | None = Field(None, description="how these files are written, where they differ")
    tables: list[Table] = Field(default_factory=list, description="tables that each row fills")


class Constants(Words):
    """Rows that stand in no file, a survey and its questions for example."""

    table: str = Field(description="the canonical table")
    rows: list[dict[str, object]] = Field(description="rows by canonical column")


class MappingFile(Words):
    """A mapping file."""

    format: Format | None = Field(None, description="how the files are written")
    files: list[File] = Field(min_length=1, description="one entry per kind of file")
    constants: list[Constants] | None = Field(None, description="rows that stand in no file")
    system: str | None = Field(None, description="the system's name, where a connector ships its mapping")
    zone: str | None = Field(None, description="the zone of the source's local times")
    columns: dict[str, dict[str, Column]] | None = Field(None, description="columns that replace those of a shipped mapping, by table")
