"""`impact forms`: the handbook's goals, check-in and closing as question files for a forms tool, with the catalogue that reads the answers."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from pipelines.commands.handbook import programmes
from pipelines.commands.words import stop, workspace
from pipelines.handbook.forms import TOOLS, catalogue, forms_of
from pipelines.handbook.guide import ROLES
from pipelines.handbook.questions import words
from pipelines.whole_files import write_whole, write_whole_bytes


def forms(
    programme: Annotated[str, typer.Argument(help="Id of a programme.")],
    tool: Annotated[str, typer.Option(help=f"One of {', '.join(TOOLS)}.")] = "limesurvey",
    identify: Annotated[str, typer.Option(help="By what respondents are known: employee_number or email.")] = "employee_number",
    out: Annotated[Path | None, typer.Option(help="Folder to write into; default: forms/ in the data folder.")] = None,
) -> None:  # fmt: skip
    """Write goals, monthly look at goals, check-in and closing as question files, and how their answers are read. Answers feed milestones, participants' goals, satisfaction, recommendation and the quality of the relationship."""
    here = workspace()
    if tool not in TOOLS or identify not in words()["identify"]:
        stop(f"Next step: use --tool {' or '.join(TOOLS)}, and --identify {' or '.join(words()['identify'])}.")
    facts = next((one for one in programmes(here) if one.programme_id == programme), None)
    if facts is None:
        stop(f"There is no programme {programme!r} with a known objective. Next step: use one of {', '.join(one.programme_id for one in programmes(here)) or 'none yet'}.")  # fmt: skip
    folder, made = (out or here.data / "forms") / programme, TOOLS[tool]
    found = forms_of(facts, ROLES, here.min_group_size, identify)
    folder.mkdir(parents=True, exist_ok=True)
    for form in found:
        path = folder / f"{form.name}_{form.role}.{made.suffix}"
        write_whole_bytes(path, made.write(form))
        typer.echo(path)
    reads = folder / f"surveys.{tool}.yaml"
    content = catalogue(found, made, identify, here.zone or here.schedule.zone)
    write_whole(reads, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    typer.echo(reads)
    typer.echo(f"Next step: make the forms in the tool, put their exports (named as the forms, with answer codes) into a folder, and add to the workspace file:\n  - {{id: forms, connector: survey_files, path: forms_answers, mapping: {reads}}}")  # fmt: skip
