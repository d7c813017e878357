"""`impact match`: proposals for a cohort of the workspace, or from two spreadsheets, in the terminal and as a file.

The solver is imported when it is asked for, so that no other command waits for it.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.commands.words import stop, workspace

if TYPE_CHECKING:
    from pipelines.matching_inputs.spreadsheet_problem import Asked

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
"""Read when the libraries are imported. Starting threads takes a fifth of what ten rows cost; the solver works in one thread whatever the size."""


def match(
    mentees: Annotated[
        Path | None,
        typer.Argument(
            help="Spreadsheet of mentees (CSV, XLSX, Parquet), or one file of both: a workbook with a sheet of each side, or a table with a column Role."
        ),
    ] = None,
    mentors: Annotated[Path | None, typer.Argument(help="Spreadsheet of mentors.")] = None,
    programme: Annotated[
        str | None, typer.Option(help="Programme file (.yaml), or the id of a programme of this workspace.")
    ] = None,
    cohort: Annotated[str | None, typer.Option(help="Cohort being formed, where the programme has several.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write pairs here: .csv, .xlsx or .parquet.")] = None,
    groups: Annotated[
        Path | None, typer.Option(help="With spreadsheets: person, attribute, value, for the audit of groups only.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="With spreadsheets: a rule that doesn't hold, such as level_gap.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(
            "--synonyms", help="With spreadsheets: lists of words that mean the same (.yaml), beside the shipped ones."
        ),
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option(
            help="With spreadsheets: scores of your own (columns mentee, mentor, score), in the place of those worked out."
        ),
    ] = None,
    sum_first: Annotated[
        bool,
        typer.Option(
            "--sum-first", help="With spreadsheets: the greatest sum of scores, although more people could be matched."
        ),
    ] = False,
    places: Annotated[
        str | None,
        typer.Option(
            help="With spreadsheets: who gets a mentor where seats are short: score (the greatest sum, the default) or lot (drawn, so that no list of wishes decides it)."
        ),
    ] = None,
    floor: Annotated[
        str | None,
        typer.Option(
            help="With spreadsheets: raise the worst score (raise, the default), the worst and then the next worst and so on (leximin), a least score such as 0.3, or none."
        ),
    ] = None,
    floor_on: Annotated[
        str | None,
        typer.Option(
            help="With spreadsheets: whether the floor is under each pair (pair) or under a mentee's sum of scores (sum)."
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            help="With spreadsheets: the words for levels, lowest first, such as 'Analyst, Associate, Partner'."
        ),
    ] = None,
    means: Annotated[
        list[str] | None,
        typer.Option(
            help="With spreadsheets: what a column or a sheet means where its heading doesn't say, such as 'Family=excluded'; `ignore` leaves it aside."
        ),
    ] = None,
    explain: Annotated[str | None, typer.Option(help="Everything about one mentee.")] = None,
    why_not: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Why this mentee and this mentor aren't a pair.", metavar="MENTEE MENTOR"),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(help="What would change: seats:MENTOR=+2, weight:skills=5, lock:A=B, forbid:A=B, without:RULE."),
    ] = None,
) -> None:
    """Match mentees and mentors: from two spreadsheets, or a cohort of this workspace. Proposes; decides nothing."""
    with _libraries():
        from rich.console import Console
        from rich.markup import escape

        from pipelines.commands import match_answers as answers
        from pipelines.commands.match_changes import changes
        from pipelines.commands.match_people import SIDES, application_of, with_applications
        from pipelines.matching import InfeasibleRequest, SolverRefused

    console = Console()
    try:
        asked = _asked_to_match(
            mentees,
            mentors,
            programme,
            cohort,
            groups=groups,
            without=without or [],
            words=words,
            scores=scores,
            aims=_aims(sum_first=sum_first, places=places, floor=floor, floor_on=floor_on),
            levels=levels,
            means=means or [],
        )
        result = answers.solved(asked, lambda line: typer.echo(line, err=True))
        for line in answers.warnings(result):
            console.print(f"[bold red]{escape(line)}[/]")
        console.print(answers.summary(result))
        told = [*answers.short_seats(result), *answers.price_of_limits(result)]
        for line in told:
            console.print(escape(line))
        if explain:
            answers.show_mentee(console, result, application_of(asked, "mentees", explain))
        if why_not:
            pair = [application_of(asked, side, one) for side, one in zip(SIDES, why_not, strict=True)]
            console.print(result.why_not(*pair).words)
        if what_if:
            answers.show_change(console, result.what_if(**with_applications(asked, changes(what_if))))
        if not (explain or why_not or what_if):
            answers.shown(
                console, "Proposed pairs", answers.on_screen(answers.pairs_table(asked, result, in_full=False))
            )
            if result.unmatched.height:
                answers.shown(console, "Without a partner", answers.unmatched_table(asked, result))
        if groups:
            answers.show_groups(console, result)
        for path in answers.written(asked, result, out, told) if out else []:
            typer.echo(path)
    except (ValueError, InfeasibleRequest, SolverRefused) as problem:
        stop(str(problem))


@contextmanager
def _libraries() -> Iterator[None]:
    """Imports without what costs more than ten rows do: threads, and looking through what was imported for what could be freed."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _aims(*, sum_first: bool, places: str | None, floor: str | None, floor_on: str | None) -> dict[str, Any]:
    """The aims that were given on the command line, checked by the grammar of a programme's file."""
    from pipelines.contracts.matching_policy import AIMS

    floors: dict[str, bool | str] = {"raise": True, "none": False, "leximin": "leximin"}
    given: dict[str, Any] = {"order": "sum" if sum_first else None, "places": places, "floor_on": floor_on}
    if floor is not None:
        given["floor"] = floors[floor] if floor in floors else _number(floor)
    aims = {name: value for name, value in given.items() if value is not None}
    for name, value in aims.items():
        wrong = AIMS.known[name](value)
        if wrong:
            known = "raise, none, leximin or a number from 0 to 1" if name == "floor" else wrong.split("use ")[-1]
            stop(f"--{name.replace('_', '-')} {given[name]} isn't known. Next step: give {known}.")
    return aims


def _number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def _asked_to_match(
    mentees: Path | None,
    mentors: Path | None,
    programme: str | None,
    cohort: str | None,
    **more: Any,
) -> "Asked":
    """Two spreadsheets, or a cohort being formed in the warehouse. more: what `from_spreadsheets` takes."""
    from pipelines.matching_inputs.spreadsheet_problem import from_spreadsheets

    if mentees is not None and mentors is None and mentees.is_file():
        mentors = mentees  # one workbook with a sheet of each side, or one table with a column of roles
    if mentees is not None and mentors is not None:
        file = Path(programme) if programme else None
        if file is not None and not file.is_file():
            stop(
                f"{programme} isn't a file. Next step: with spreadsheets, give --programme the path of a programme file (.yaml)."
            )
        return _with_answers(
            lambda means: from_spreadsheets(mentees, mentors, file, as_of=date.today(), **more | {"means": means}),
            more["means"],
        )
    if mentees is not None:
        stop(
            f"{mentees} isn't a file. Next step: give both, impact match mentees.csv mentors.csv, or one file with both sides."
        )
    return _forming_cohort(programme, cohort)


def _with_answers(asked: Callable[[list[str]], "Asked"], means: list[str]) -> "Asked":
    """What is asked, with questions about columns put to whoever sits at the terminal; elsewhere they are the refusal."""
    from pipelines.matching_inputs.told_meanings import OF_PEOPLE, ColumnsAsked

    while True:
        try:
            return asked(means)
        except ColumnsAsked as open_ones:
            if not sys.stdin.isatty():
                raise
            for heading, question in open_ones.asked.items():
                typer.echo(question, err=True)
                means = [*means, f"{heading}={_chosen(OF_PEOPLE)}"]


def _chosen(ways: Mapping[str, str]) -> str:
    """The way that is typed, asked again until it is one of them. ways: each with what it means."""
    offered = ", ".join(f"{name} ({words})" for name, words in ways.items())
    while True:
        answer = typer.prompt(f"  What are they: {offered}", err=True).strip().lower()
        if answer in ways:
            return str(answer)
        typer.echo(f"  {answer!r} is none of these.", err=True)


def _forming_cohort(programme: str | None, cohort: str | None) -> "Asked":
    from pipelines.matching_inputs.forming import cohort_problem, forming_cohorts
    from pipelines.matching_inputs.spreadsheet_problem import Asked
    from pipelines.warehouse import connect

    warehouse = workspace().warehouse
    if not warehouse.exists():
        stop(
            "There is no warehouse yet. Next step: run `impact run`, or give two spreadsheets: impact match mentees.csv mentors.csv"
        )
    with connect(warehouse, read_only=True) as connection:
        forming = [
            row
            for row in forming_cohorts(connection)
            if programme in (None, row["programme_id"]) and cohort in (None, row["cohort_id"])
        ]
        if len(forming) != 1:
            names = ", ".join(f"{row['programme_id']} {row['cohort_id']}" for row in forming) or "none"
            stop(
                f"One cohort with `status: forming` is needed; found {names}. Next step: name it with --programme and --cohort, or set the status in the programme's file."
            )
        found = cohort_problem(connection, forming[0])
    return Asked(found.problem, found.policy, forming[0]["cohort_id"], [])
