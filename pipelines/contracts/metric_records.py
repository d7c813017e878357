"""The record at the top of each metric's model: what the metric is, how it is shown, what it needs, and the family that it belongs to.

A metric's model begins with `{% call metric() %}`, a record in YAML and `{% endcall %}`. Models, the dictionary, goals, pages, report and BI export take everything from it.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from pipelines.contracts.files.words import Words, faults, lines_of, told

_RECORD = re.compile(r"\{% call metric\(\) %\}\n(?P<record>.*?)\{% endcall %\}", re.DOTALL)


class RecordError(ValueError):
    """A metric's record can't be read; the message names the file, the word and what is wrong."""


class Answers(Words):
    """Family: answers to one kind of question, of one role."""

    role: Literal["mentee", "mentor"] = Field(description="Who answered.")
    about: Literal["satisfaction", "recommendation", "relationship"] = Field(description="What was asked.")


class Change(Words):
    """Family: change of a construct from the first wave before to the last wave after, people with both."""

    of: str = Field(description="Construct that both waves asked about.")
    standardised: bool = Field(default=False, description="In standard deviations (Hedges' g) instead of points of the scale.")  # fmt: skip


class Followed(Words):
    """Family: people followed from their index day to a horizon, the end of observation allowed for."""

    until: Literal["left", "promoted"] = Field(description="Event that ends it: the share that is still there, or the share promoted.")  # fmt: skip
    months: int = Field(description="Horizon of the organisation's own rows.")
    days: int = Field(description="Horizon in days.")


class Separations(Words):
    """Family: people who left per person-year employed."""

    of_kind: Literal["any", "voluntary", "involuntary"] = Field(description="Which separations count.")


class MetricRecord(Words):
    """One metric. Without a family, the model's own SQL says what its units are."""

    label: str = Field(description="Name on pages.")
    definition: str = Field(description="What it is, in one or two sentences.")
    formula: str = Field(description="How the value is worked out.")
    numerator: str = Field(description="What is counted.")
    denominator: str = Field(description="Over what.")
    population: str = Field(description="Whom it speaks of.")
    index_date: str = Field(description="The day that places somebody in a period.")
    belongs_on: str | None = Field(default=None, description="The day as of which departments and grades count; none where it isn't divided by them.")  # fmt: skip
    window: str = Field(description="Which time it covers.")
    exclusions: str = Field(description="What is left out.")
    minimum_n: int = Field(ge=1, description="People below which nothing is shown.")
    direction: Literal["increase", "decrease", "neutral"] = Field(description="The better direction, if either is.")
    unit: str = Field(description="Unit of value and limits.")
    interval_method: str = Field(description="How the 95 % interval is made.")
    owner: str = Field(description="Who answers for the definition.")
    version: int = Field(ge=1, description="Raised with every change of meaning.")
    headline: bool = Field(description="Whether it stands on the overview.")
    now: Literal["to_date", "last_month", "last_wave"] = Field(description="What a goal reads as the value now.")
    own_months: bool = Field(default=False, description="Each month stands for itself, so that one may differ from those before by more than months do anyway.")  # fmt: skip
    needs: tuple[str, ...] = Field(default=(), description="Facts without which it isn't measured (`metric_needs`), in the order in which they are told.")  # fmt: skip
    answers: Answers | None = Field(default=None, description="Family: answers.")
    change: Change | None = Field(default=None, description="Family: change.")
    followed: Followed | None = Field(default=None, description="Family: survival.")
    separations: Separations | None = Field(default=None, description="Family: events per time.")


@cache
def read_records(metrics_folder: Path) -> Mapping[str, MetricRecord]:
    """Metric (the name of its model) to its record, for every model under `metrics_folder` that has one, in alphabetical order. Raises RecordError."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in metrics_folder.glob("**/*.sql")}
    return {metric: read_record(metric, text) for metric, text in sorted(texts.items()) if _RECORD.match(text)}


def read_record(metric: str, text: str) -> MetricRecord:
    """The record at the top of a model's text. Raises RecordError where there is none or it isn't complete."""
    found = _RECORD.match(text)
    if not found:
        raise RecordError(f"{metric}.sql doesn't begin with a record: {{% call metric() %}} ... {{% endcall %}}.")
    content: Any = yaml.safe_load(found["record"])
    wrong = faults(MetricRecord, content)
    if wrong:
        raise RecordError(
            f"{metric}.sql: {told(wrong, {place: line + 1 for place, line in lines_of(found['record']).items()})}"
        )
    return MetricRecord.model_validate(content)
