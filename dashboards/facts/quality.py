"""Is the data fresh, what is missing, what can be mended, and how was it made? Frames of what the run recorded."""

from dataclasses import dataclass

import polars as pl

from dashboards.facts.freshness import freshness
from dashboards.facts.measured import NOT_MEASURED
from dashboards.facts.programmes import Published
from dashboards.facts.words import plural, sentence, spelled

PARTS = ("rows_in", "loaded", "quarantined", "duplicates", "filtered")
MISSING = """
    select suppression_reason as reason, coalesce(programmes.name, 'Whole organisation') as programme, count(distinct metric_id) as metrics,
        string_agg(distinct label, ', ' order by label) as labels
    from metric_values left join programmes on metric_values.programme_id = programmes.programme_id
    where suppression_reason like 'not measured%' and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
    group by all order by metrics desc, programme, reason
"""
UPSTREAM = """
    with recursive upstream as (
        select from_node, to_node, 1 as depth from lineage_edges where to_node = $1
        union
        select lineage_edges.from_node, lineage_edges.to_node, depth + 1
        from lineage_edges inner join upstream on lineage_edges.to_node = upstream.from_node where depth < 12
    )
    select from_node, to_node, min(depth) as depth from upstream group by all order by 3, 1, 2
"""
STAGES = ("marts", "metrics", "impact", "analytics", "serving")


@dataclass(frozen=True)
class Counts:
    """Records that came in and what became of them, in all and by table."""

    total: dict[str, int]
    by_table: pl.DataFrame

    @property
    def is_balanced(self) -> bool:
        """Whether every record is accounted for."""
        return self.total["rows_in"] == sum(self.total[part] for part in PARTS[1:])

    @property
    def sentence(self) -> str:
        """The sum in words."""
        one = self.total
        told = f"{one['rows_in']:,} records in = {one['loaded']:,} loaded + {one['quarantined']:,} quarantined + {one['duplicates']:,} duplicates + {one['filtered']:,} filtered."
        return f"{told} {'Nothing is lost.' if self.is_balanced else 'The sum does not agree; the run should have stopped.'}"


def counts(snapshot: Published) -> Counts:
    """What became of every record."""
    rows = snapshot.frame("from reconciliation order by source_id, table_name")
    return Counts({part: int(rows[part].sum() or 0) for part in PARTS}, rows)


def title(snapshot: Published) -> str:
    """Whether sources are fresh, and how much waits to be mended."""
    fresh, held = freshness(snapshot), counts(snapshot).total["quarantined"]
    stale = len(fresh.stale)
    told = (
        f"{spelled(stale).capitalize()} {'source is' if stale == 1 else 'sources are'} {fresh.older.lower()}"
        if stale
        else fresh.words.rstrip(".")
    )
    waits = (
        f"{plural(held, 'row')} {'waits' if held == 1 else 'wait'} to be mended"
        if held
        else "no row waits to be mended"
    )
    return f"{told}; {waits}"


def sources(snapshot: Published) -> pl.DataFrame:
    """Each source with its state in words, those older than agreed first."""
    rows = snapshot.frame("from sources order by is_stale desc, source_id")
    agreed = pl.col("freshness_is_agreed") if "freshness_is_agreed" in rows.columns else pl.lit(value=True)
    state = (
        pl.when(pl.col("freshness_days").is_null())
        .then(pl.lit("no age agreed"))
        .when("is_stale")
        .then(pl.when(agreed).then(pl.lit("older than agreed")).otherwise(pl.lit("older than usual")))
        .otherwise(pl.lit("fresh"))
    )
    return rows.with_columns(
        state.alias("state"),
        pl.col("extracted_at").dt.strftime("%d %b %Y, %H:%M"),
        pl.col("newest_record_on").dt.strftime("%d %b %Y"),
        pl.col("freshness_days").cast(pl.String).fill_null("-"),
        pl.col("bytes").map_elements(lambda size: f"{-(-size // 1000):,} kB", return_dtype=pl.String).alias("size"),
    )


def missing(snapshot: Published) -> pl.DataFrame:
    """What isn't measured and why: reason, programme, metrics (how many) and their labels."""
    rows = snapshot.frame(MISSING)
    reasons = pl.col("reason").str.strip_prefix(NOT_MEASURED).map_elements(sentence, return_dtype=pl.String)
    return rows.with_columns(reasons)


def quarantine(snapshot: Published) -> pl.DataFrame:
    """Records kept out, by rule, with what to do."""
    return snapshot.frame("from quarantine_counts order by rows desc, source_id, table_name")


SHARED = {
    "two persons of one source": "one source lists two people with one address or number",
    "held at different times": "an address or number passed from one person to another",
    "another person fits better": "another record of that source shares more with this person",
    "fits two persons of one source": "one record fits two people of another source",
    "a chain of links joins two persons of one source": "other sources would join two people of one source",
}
"""Why two records that share an identifier weren't taken for one person, by the word of `int_identity_conflicts`."""


def shared_identifiers(snapshot: Published) -> list[tuple[str, str, int]]:
    """Reason, sources and number of pairs of records that share an identifier and stayed two people; empty in releases from before it was published."""
    is_there = "select 1 from duckdb_tables() where table_name = 'identity_conflicts'"
    if snapshot.frame(is_there).is_empty():
        return []
    rows = snapshot.frame("from identity_conflicts order by pairs desc, reason, source_id, other_source_id").to_dicts()
    return [(SHARED[row["reason"]], _between(row["source_id"], row["other_source_id"]), row["pairs"]) for row in rows]


def _between(source: str, other: str) -> str:
    return source if source == other else f"{source} and {other}"


def records(managers: Published) -> pl.DataFrame:
    """The records themselves, masked; from the managers' file."""
    rows = managers.frame("from quarantine order by source_id, source_file, source_line")
    return rows.with_columns(pl.concat_str("source_id", "rule", separator=".").alias("choice"))


def choices_of(rows: pl.DataFrame) -> dict[str, str]:
    """Rows of `records` to choose from: by source and rule, each with its number."""
    counted = rows.group_by("choice", "source_id", "rule").len().sort("source_id", "rule").to_dicts()
    return {
        "all": f"all ({rows.height})",
        **{row["choice"]: f"{row['source_id']}: {row['rule']} ({row['len']})" for row in counted},
    }


def filtered(snapshot: Published) -> pl.DataFrame:
    """Records left out on purpose, by reason."""
    return snapshot.frame("from filtered_counts order by rows desc, source_id, table_name")


def checks(snapshot: Published) -> tuple[str, pl.DataFrame]:
    """How many expectations hold, and all of them, those that don't first."""
    rows = snapshot.frame("from check_results order by passed, table_name, check_name, column_name")
    failed = rows.filter(~pl.col("passed")).height
    return (f"{rows.height - failed} of {rows.height} expectations hold." if rows.height else "No check has run."), rows


def findings(snapshot: Published) -> pl.DataFrame:
    """What was noticed and stopped nothing, by kind."""
    return snapshot.frame(
        "select source_id, kind, table_name, subject, detail, count(*) as times from findings group by all order by times desc, source_id"
    )


def hidden(snapshot: Published) -> pl.DataFrame:
    """Cells published and hidden, by rule."""
    return snapshot.frame("select rule, sum(cells) as cells from suppression group by rule order by cells desc")


def audited(snapshot: Published) -> str:
    """What the audit of small groups found before this release was published."""
    row = snapshot.frame("from disclosure_audit").row(0, named=True)
    found = "none can be worked out" if not row["worked_out"] else f"**{row['worked_out']:,} can be worked out**"
    return (
        f"Small groups were audited before this release was published: {plural(row['counts_protected'], 'number')} must not be known, {plural(row['sums_tried'], 'sum was', 'sums were')} tried, {found} "
        f"(groups of fewer than {row['min_group_size']} people)."
    )


def tables(snapshot: Published) -> dict[str, str]:
    """Tables whose lineage can be shown, with their descriptions."""
    rows = snapshot.frame("select node_id, stage, description from lineage_nodes order by node_id")
    return {
        name: about.partition("#### Raw SQL")[0].strip() for name, stage, about in rows.iter_rows() if stage in STAGES
    }


def upstream(snapshot: Published, table: str) -> pl.DataFrame:
    """Edges from_node, to_node, depth of everything from which a table is made."""
    return snapshot.frame(UPSTREAM, [table])
