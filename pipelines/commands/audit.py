"""`impact audit`: can small groups be worked out of what is published?"""

import typer

from pipelines.commands.words import stop, workspace
from pipelines.serving.audit import audit as audited
from pipelines.serving.disclosure_rule import floor_of
from pipelines.serving.published_cells import published_cells
from pipelines.serving.releases import as_hidden
from pipelines.serving.snapshot import current
from pipelines.warehouse import connect, read_frame

CELLS = "select * from metrics.metric_values"


def audit() -> None:
    """Work out what a reader could of the published metrics, and compare with the warehouse. Exit code 1 where a small group can be told."""
    here = workspace()
    published = current(here.serving)
    if published is None or not here.warehouse.exists():
        stop("Nothing is published yet. Next step: `impact run`.")
    with connect(published, read_only=True) as file:
        shown = as_hidden(read_frame(file, "select * from metric_values"))
    with connect(here.warehouse, read_only=True) as warehouse:
        truth = published_cells(read_frame(warehouse, CELLS))
    if shown.height != truth.height:
        stop("The warehouse holds other cells than were published. Next step: `impact run`, then audit again.")
    found = audited(shown, truth, floor_of(here.min_group_size))
    typer.echo(
        f"{published.name}: {found.secrets} counts must not be known; {found.equations} sums tried; {found.told.height} can be worked out or placed too narrowly."
    )
    for cell in found.told.head(20).iter_rows(named=True):
        typer.echo(
            f"  {cell['metric_id']} of {cell['programme_id']}, cohort {cell['cohort_id']}, {cell['segment_kind']} {cell['segment_value']}: {cell['kind']} {cell['how']}"
        )
    if not found.is_passed:
        raise typer.Exit(1)
