"""`impact draw`: places by lot from a list of applicants, with a receipt by which anybody can draw them again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.register import is_day_told, time_stamped
from pipelines.commands.words import stop
from pipelines.settings import time_stamp_authority

if TYPE_CHECKING:
    import polars as pl

    from pipelines.impact.draw import DrawReceipt

IDS = ("application_id", "person_id", "employee_id", "staff_number", "student_id", "id", "email", "e-mail", "name")
OF_A_PERSON = ("person_id", "employee_id", "staff_number", "student_id", "email", "e-mail")
"""Columns of which a value can't be two people's: whoever stands twice in one of them would have two lots."""
RECEIPT_ENDING = ".receipt.json"


def draw(
    applicants: Annotated[Path, typer.Argument(help="Everybody who asked for a place: CSV, XLSX or Parquet, one row per person.")],
    seats: Annotated[int | None, typer.Option(help="Places. With --unit: units (sites, classes) that get places.")] = None,
    seed: Annotated[str | None, typer.Option(help="A text that nobody could choose to their liking, such as the lottery numbers of a day named beforehand.")] = None,
    strata: Annotated[list[str] | None, typer.Option(help="Column within which places are drawn, so that each group gets its share; may be given several times.")] = None,
    starts: Annotated[list[str] | None, typer.Option("--start", help="Instead of --seats, for a staggered rollout in which everybody starts and the lot says when: COHORT=UNITS, once for each start in their order, such as spring-2027=40.")] = None,
    unit: Annotated[str | None, typer.Option(help="Column of what is drawn as a whole (site, class). Without it people are drawn.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the list with arms here (.csv or .xlsx); the receipt stands beside it.")] = None,
    receipt: Annotated[Path | None, typer.Option("--verify", help="Receipt of an earlier draw: draw again from the list and say whether it agrees.")] = None,
    authority: Annotated[Path | None, typer.Option(help="With --verify: certificates (PEM) of the authority whose time stamp lies beside the receipt.")] = None,
) -> None:  # fmt: skip
    """Draw places by lot, seeded and stratified, and write a receipt; or verify an earlier draw with --verify."""
    from pipelines.impact.draw import DrawRefused
    from pipelines.matching_inputs.sheet_terms import SheetRefused

    try:
        people = _people(applicants, [*(strata or []), *([unit] if unit else [])])
        if receipt:
            _verified(people, receipt, authority)
            return
        if seed is None or (seats is None) == (not starts):
            stop(
                "A draw needs --seed, and --seats or, for a staggered rollout, --start for each start. Agree on the seed before anybody can know it, and write down where it comes from."
            )
        _drawn(people, applicants, seats or _starts(starts or []), seed, tuple(strata or ()), unit, out)
    except (DrawRefused, SheetRefused) as problem:
        stop(str(problem))


def _people(path: Path, wanted: list[str]) -> "pl.DataFrame":
    """The list as it stands; its header is the row that holds what was asked for, or an identifier."""
    from pipelines.matching_inputs.sheet_files import read_table
    from pipelines.matching_inputs.sheet_terms import ROW

    names = {name.casefold() for name in (*wanted, *IDS)}
    return read_table(path, lambda cells: sum(cell.strip().casefold() in names for cell in cells)).drop(ROW)


def _identifier(people: "pl.DataFrame") -> str:
    """The column that names each person once. Ends the command where there is none."""
    by_name = {column.strip().casefold().replace(" ", "_"): column for column in people.columns}
    named = [by_name[name] for name in IDS if name in by_name]
    whole = [
        column for column in named if people[column].n_unique() == people.height and people[column].null_count() == 0
    ]
    if not whole:
        stop(
            f"No column names each person once (looked for {', '.join(IDS)}). Add one, or take double rows out: {', '.join(named) or 'none was found'}."
        )
    return whole[0]


def _refuse_two_lots(people: "pl.DataFrame") -> None:
    """Ends the command where somebody stands on the list twice, also under two applications, or in other letters."""
    import polars as pl

    for column in people.columns:
        if column.strip().casefold().replace(" ", "_") not in OF_A_PERSON:
            continue
        plain = people[column].cast(pl.String).str.strip_chars().str.to_lowercase()
        twice = plain.filter(plain.is_duplicated() & plain.is_not_null() & (plain != "")).unique().sort().to_list()
        if twice:
            more = f" and {len(twice) - 1} more" if len(twice) > 1 else ""
            stop(
                f"{twice[0]}{more} stand{'' if more else 's'} twice in the column {column} and would have two lots. Next step: leave each person once."
            )


def _drawn(
    people: "pl.DataFrame", path: Path, places: int | list[tuple[str, int]], seed: str, strata: tuple[str, ...], unit: str | None, out: Path | None
) -> None:  # fmt: skip
    from pipelines.impact.draw import draw as draw_places
    from pipelines.impact.draw import draw_starts
    from pipelines.matching_inputs.sheet_writing import write_table

    _refuse_two_lots(people)
    by = unit or _identifier(people)
    if isinstance(places, int):
        rows, made = draw_places(people, places, seed, unit=by, strata=strata)
    else:
        rows, made = draw_starts(people, places, seed, unit=by, strata=strata)
    target = out or path.with_name(f"{path.stem}_drawn.csv")
    kept = target.with_name(f"{target.name}{RECEIPT_ENDING}")
    if kept.exists():
        stop(
            f"{kept} holds an earlier draw, and a draw that is repeated until it pleases is none. Next step: use it, or name another --out and keep both receipts."
        )
    names = {"arm": "assigned_arm", "unit_id": "assignment_unit", "stratum": "assignment_stratum", "start": "cohort_id"}
    new = {name: told for name, told in names.items() if name in rows.columns}
    # what the list said before the draw, in columns of the same names, is what the draw replaces
    write_table(rows.drop(set(new.values()) & set(rows.columns)).rename(new), target)
    kept.write_text(
        json.dumps(
            {"drawn_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **made.as_json()}, indent=2, ensure_ascii=False
        ),
        encoding="utf-8",
    )
    _say(made)
    typer.echo(
        f"\nList:    {target}\nReceipt: {kept}\nKeep the list as it was drawn from: `impact draw {path} --verify {kept}` draws again."
    )
    if time_stamp_authority():
        time_stamped(kept)


def _starts(told: list[str]) -> list[tuple[str, int]]:
    """Cohort and units of each start. Ends the command where one can't be read."""
    found = []
    for one in told:
        name, _, units = one.rpartition("=")
        if not name.strip() or not units.strip().isdecimal():
            stop(f"--start {one!r} can't be read. Next step: write the cohort and how many start in it, such as spring-2027=40.")  # fmt: skip
        found.append((name.strip(), int(units)))
    return found


def _say(made: "DrawReceipt") -> None:
    from rich.console import Console
    from rich.table import Table

    if made.starts:
        starts = Table("Start", "Units")
        for name, size in made.starts:
            starts.add_row(name, f"{size:,}")
        Console().print(starts)
        return
    table = Table("Stratum", "Units", "With a place")
    for name, (of, drawn) in sorted(made.places.items()):
        table.add_row(name or "all", f"{of:,}", f"{drawn:,}")
    Console().print(table)


def _verified(people: "pl.DataFrame", path: Path, authority: Path | None) -> None:
    from pipelines.impact.draw import DrawRefused, read_receipt, verify

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DrawRefused(f"{path} can't be read as a receipt. Next step: check the name.") from problem
    if not isinstance(content, dict):
        raise DrawRefused(f"{path} is no receipt of a draw.")
    content.pop("drawn_at", None)
    told = verify(people, read_receipt(content))
    if told:
        stop(f"Not verified: {'; '.join(told)}.")
    typer.echo("Verified: this list and seed give exactly the places of the receipt.")
    is_day_told(path, authority)
