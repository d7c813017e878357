"""`impact match`: proposals for a cohort of the workspace, or from two spreadsheets, in the terminal and as a file.

The solver is imported when it is asked for, so that no other command waits for it.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.commands.words import stop, workspace

if TYPE_CHECKING:
    from pipelines.matching_inputs.spreadsheet_problem import Asked


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
            help="With spreadsheets: who gets a mentor where seats are short: lot (whatever is wished) or score (the greatest sum)."
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            help="With spreadsheets: the words for levels, lowest first, such as 'Analyst, Associate, Partner'."
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
    from rich.console import Console
    from rich.markup import escape

    from pipelines.commands import match_answers as answers
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
            order="sum" if sum_first else None,
            places=_one_of("--places", places, ("lot", "score")),
            levels=levels,
        )
        result = answers.solved(asked, lambda line: typer.echo(line, err=True))
        for line in answers.warnings(result):
            console.print(f"[bold red]{escape(line)}[/]")
        console.print(answers.summary(result))
        for line in answers.lot(result):
            console.print(escape(line))
        if explain:
            answers.show_mentee(console, result, application_of(asked, "mentees", explain))
        if why_not:
            pair = [application_of(asked, side, one) for side, one in zip(SIDES, why_not, strict=True)]
            console.print(result.why_not(*pair).words)
        if what_if:
            answers.show_change(console, result.what_if(**with_applications(asked, answers.changes(what_if))))
        if not (explain or why_not or what_if):
            answers.shown(
                console, "Proposed pairs", answers.on_screen(answers.pairs_table(asked, result, addresses=False))
            )
            if result.unmatched.height:
                answers.shown(console, "Without a partner", answers.unmatched_table(asked, result))
        if groups:
            answers.show_groups(console, result)
        for path in answers.written(asked, result, out) if out else []:
            typer.echo(path)
    except (ValueError, InfeasibleRequest, SolverRefused) as problem:
        stop(str(problem))


def _one_of(option: str, word: str | None, known: tuple[str, ...]) -> str | None:
    if word is not None and word not in known:
        stop(f"{option} {word} isn't known. Next step: give {option} {' or '.join(known)}.")
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
        return from_spreadsheets(mentees, mentors, file, as_of=date.today(), **more)
    if mentees is not None:
        stop(
            f"{mentees} isn't a file. Next step: give both, impact match mentees.csv mentors.csv, or one file with both sides."
        )
    return _forming_cohort(programme, cohort)


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
