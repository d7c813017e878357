"""The handbook's text: one guide, what differs by objective, and the programme's own words."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.handbook.facts import Facts

TEXTS = Path(__file__).parent / "texts"
ROLES = ("mentee", "mentor")


def guide(facts: Facts, role: str) -> str:
    """The handbook for a role as Markdown. Raises KeyError for an objective that no text speaks of."""
    return _template().render(facts=facts, role=role, objective=objectives()[facts.objective], check_in=check_in())


@lru_cache(maxsize=1)
def objectives() -> dict[str, dict[str, Any]]:
    """What differs by objective: aim, example goals, questions."""
    return dict(yaml.safe_load((TEXTS / "objectives.yaml").read_text(encoding="utf-8")))


def check_in() -> list[str]:
    """The check-in's statements, which the forms ask too."""
    told = yaml.safe_load((TEXTS / "forms.yaml").read_text(encoding="utf-8"))
    return list(told["relationship"].values())


@lru_cache(maxsize=1)
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEXTS),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown: what it is rendered to escapes
    )
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template("guide.md.j2")
