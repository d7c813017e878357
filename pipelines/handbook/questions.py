"""What the handbook's forms ask: each question with its code, its words, its answers and what it measures. Forms are written from it, and exports known again by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from pipelines.handbook.guide import TEXTS

WHO = "WHO"
"""Code of the question by which the respondent is known."""
GOAL_PARTS = {"category": "KIND", "months": "MONTHS", "progress": "NOW", "attainment": "STEP"}
"""What is asked of a goal, and how the code of the question ends."""
STEP_CODES = {-2: "m2", -1: "m1", 0: "s0", 1: "p1", 2: "p2"}
"""Codes of steps, for tools whose codes are letters and digits."""


@dataclass(frozen=True)
class Answer:
    """One answer to choose. code: in tools that have codes; value: what it is worth, None where it is a name."""

    code: str
    label: str
    value: float | None = None


@dataclass(frozen=True)
class Item:
    """One question. code: its name in the tool; stable_code, kind, construct: as the catalogue of surveys has them. answers: to choose from; empty where the scale says it."""

    code: str
    text: str
    stable_code: str
    kind: str
    construct: str | None
    low: float | None = 1
    high: float | None = 5
    answers: tuple[Answer, ...] = ()

    @property
    def measures(self) -> dict[str, Any]:
        """Its entry in a catalogue of surveys, whichever tool exports it."""
        told: dict[str, Any] = {"stable_code": self.stable_code, "question_kind": self.kind}
        if self.construct:
            told["construct"] = self.construct
        if self.kind != "choice":
            told |= {"scale_min": self.low, "scale_max": self.high, "unit": "points"}
        worth = [(name, one) for one in self.answers for name in (one.code, one.label)]
        values = {name: one.value for name, one in worth if one.value is not None}
        codes = {name: one.code for name, one in worth if one.value is None}
        return {**told, **({"values": values} if values else {}), **({"codes": codes} if codes else {})}


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The questions' words."""
    return dict(yaml.safe_load((TEXTS / "forms.yaml").read_text(encoding="utf-8")))


def items_of(form: str, role: str) -> tuple[Item, ...]:
    """What a form asks somebody of a role: goals are asked of mentees."""
    asks = [
        part for part in words()["forms"][form]["asks"] if role == "mentee" or part not in (*GOAL_PARTS, "agreement")
    ]
    plain = [item for part in asks if part not in GOAL_PARTS for item in _asked(part)]
    parts = [part for part in asks if part in GOAL_PARTS]
    return (*plain, *(_goal(number, part) for number in range(1, words()["goals"] + 1) for part in parts))


def every_item() -> tuple[Item, ...]:
    """All that any form asks, once."""
    found = {item.code: item for form in words()["forms"] for item in items_of(form, "mentee")}
    return tuple(found.values())


def _asked(part: str) -> tuple[Item, ...]:
    told = words()
    if part == "agreement":
        answers = tuple(Answer(code, label) for code, label in told["agreed"].items())
        return (Item("AGREED", told["agreement"], "milestone.agreement_signed", "choice", None, None, None, answers),)
    if part == "satisfaction":
        return (Item("SATISFIED", f"{told[part]} (1: not at all, 5: fully)", "csat.overall", "csat", "csat"),)
    if part == "recommendation":
        text = f"{told[part]} (0: not at all likely, 10: extremely likely)"
        return (Item("RECOMMEND", text, "recommendation.programme", "recommendation", "recommendation", 0, 10),)
    return tuple(
        Item(code.upper(), f"{text} (1: not at all, 5: fully)", f"handbook_relationship.{code}", "scale_item", "relationship_quality")
        for code, text in told["relationship"].items()
    )  # fmt: skip


def _goal(number: int, part: str) -> Item:
    told: Mapping[str, Any] = words()["goal"][part]
    code, text = f"G{number}{GOAL_PARTS[part]}", f"Goal {number}: {told['text']}"
    stable = f"goal_{number}.{part}"
    if part == "category":
        answers = tuple(Answer(str(name), label) for name, label in told["options"].items())
        return Item(code, text, stable, "choice", None, None, None, answers)
    steps = {float(value): label for value, label in told["options"].items()}
    answers = tuple(
        Answer(STEP_CODES[int(value)] if part == "attainment" else f"{value:g}", label, value)
        for value, label in steps.items()
    )
    return Item(code, text, stable, "number", None, min(steps), max(steps), answers)
