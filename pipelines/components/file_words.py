"""The words of files that people write, as JSON Schemas for editors and as tables of docs/reference: `python -m pipelines.components.file_words` writes the tables, a test holds them equal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from pipelines.access.settings import AccessSettings
from pipelines.contracts import BY_NAME
from pipelines.contracts.files.mapping_file import MappingFile
from pipelines.contracts.files.programme_file import ProgrammeFile
from pipelines.contracts.files.survey_catalogue import SurveyCatalogue
from pipelines.contracts.files.words import Words
from pipelines.contracts.files.workspace_file import WorkspaceFile
from pipelines.contracts.programme_messages import ProgrammeMessages
from pipelines.outreach_settings import AlertSettings, MessageSettings, ReportSettings

FOLDER = Path(__file__).parents[2] / "docs/reference"
BEGIN, END = "<!-- made by python -m pipelines.components.file_words -->\n", "<!-- made until here -->\n"
FILES: dict[str, type[Words]] = {
    "workspace-file": WorkspaceFile,
    "mapping-file": MappingFile,
    "programme-file": ProgrammeFile,
    "survey-catalogue": SurveyCatalogue,
}
PAGES = {
    "workspace-file.md": "workspace-file",
    "mapping-files.md": "mapping-file",
    "programme-files.md": "programme-file",
    "survey-catalogues.md": "survey-catalogue",
}
BLOCKS: dict[type[Words], dict[str, type[BaseModel]]] = {
    WorkspaceFile: {"access": AccessSettings, "messages": MessageSettings, "report": ReportSettings, "alerts": AlertSettings},
    ProgrammeFile: {"messages": ProgrammeMessages},
}  # fmt: skip
"""Blocks that a model of their own reads."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of file. name: a key of FILES."""
    model = FILES[name]
    found = model.model_json_schema()
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{name}.schema.json", **found}
    for word, block in BLOCKS.get(model, {}).items():
        inner = block.model_json_schema(ref_template="#/$defs/" + word + "_{model}")
        definitions = inner.pop("$defs", {})
        found.setdefault("$defs", {}).update({f"{word}_{key}": value for key, value in definitions.items()})
        found["$defs"][f"{word}_block"] = inner
        found["properties"][word] = {"$ref": f"#/$defs/{word}_block", "description": found["properties"][word]["description"]}  # fmt: skip
    if model is ProgrammeFile:
        found["$defs"]["cohort"] = _cohort()
        found["properties"]["cohorts"] = {"type": "array", "items": {"$ref": "#/$defs/cohort"}, "description": found["properties"]["cohorts"]["description"]}  # fmt: skip
    return found


def _cohort() -> dict[str, Any]:
    """A round of a programme, by the contract of its table."""
    columns = [column for column in BY_NAME["cohorts"].columns if column.name != "programme_id"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: {"enum": sorted(one.values)} if one.values else {} for one in columns},
        "required": [one.name for one in columns if one.required],
    }


def write_schemas(folder: Path) -> list[Path]:
    """One `<kind>.schema.json` per kind of file, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in FILES:
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema(name), indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
        written.append(path)
    return written


def tables(model: type[Words]) -> str:
    """Every block of a file as a table of its words, the file itself first."""
    return "\n".join(_table(one) for one in dict.fromkeys(_blocks(model)))


def _blocks(model: type[Words]) -> Iterator[type[Words]]:
    yield model
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            if inner is not model:  # a block may hold another of its kind
                yield from _blocks(inner)


def _models_in(annotation: Any) -> Iterator[type[Words]]:
    if isinstance(annotation, type) and issubclass(annotation, Words):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _table(model: type[Words]) -> str:
    title = "".join(
        f" {letter.lower()}" if letter.isupper() else letter for letter in model.__name__.removesuffix("Words")
    ).strip()
    rows = [f"| `{field.alias or name}` | {field.description} |" for name, field in model.model_fields.items()]
    return "\n".join(
        [
            f"### {title.capitalize()}",
            "",
            (model.__doc__ or "").strip(),
            "",
            "| word | meaning |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def written(page: str) -> str:
    """The page with its made part made anew."""
    before, _, rest = (FOLDER / page).read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + tables(FILES[PAGES[page]]) + END + rest.partition(END)[2]


if __name__ == "__main__":
    for page in PAGES:
        (FOLDER / page).write_text(written(page), encoding="utf-8")
