"""The handbook's check-in and closing as forms: question files for forms tools, and the catalogue by which their exports are read as surveys."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from pipelines.handbook.facts import Facts
from pipelines.handbook.guide import TEXTS

WHO = "WHO"
"""Code of the question by which the respondent is known."""
COLUMNS = ("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other", "default", "same_default")  # fmt: skip
ENDS = {5: ("not at all", "fully"), 10: ("not at all likely", "extremely likely")}


@dataclass(frozen=True)
class Item:
    """One question with a scale. code: its name in the tool; stable_code, kind, construct: as the catalogue of surveys has them."""

    code: str
    text: str
    stable_code: str
    kind: str
    construct: str
    low: int = 1
    high: int = 5


@dataclass(frozen=True)
class Form:
    """One form of a programme for one role. who: the question that names the respondent; promise: what is said of the answers."""

    name: str
    role: str
    title: str
    promise: str
    who: str
    items: tuple[Item, ...]
    survey: Mapping[str, Any]


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The questions' words."""
    return dict(yaml.safe_load((TEXTS / "forms.yaml").read_text(encoding="utf-8")))


def forms_of(facts: Facts, roles: tuple[str, ...], min_group_size: int, id_type: str) -> list[Form]:
    """Check-in and closing for each role."""
    return [_form(facts, name, role, min_group_size, id_type) for name in words()["forms"] for role in roles]


def _form(facts: Facts, name: str, role: str, min_group_size: int, id_type: str) -> Form:
    told = words()["forms"][name]
    survey = {
        "survey_id": f"{facts.programme_id}-{name.replace('_', '-')}-{role}",
        "programme_id": facts.programme_id,
        "name": f"{facts.name}: {told['title']}, {role}s",
        "instrument": f"handbook_{role}",
        "wave": told["wave"],
        "wave_no": told["wave_no"],
        "respondent_role": role,
        "anonymity": "identified",
        "min_group_size": min_group_size,
    }
    promise = f"Your answers are read with {words()['identify'][id_type].lower().replace('your', 'your own', 1)}, so that both sides of a pair can be counted. Whoever runs this form can read them; everywhere else they are shown for groups of {min_group_size} or more only."
    return Form(name, role, survey["name"], promise, words()["identify"][id_type], _items(), survey)


def _items() -> tuple[Item, ...]:
    pair = [
        Item(code.upper(), f"{text} (1: not at all, 5: fully)", f"handbook_relationship.{code}", "scale_item", "relationship_quality")
        for code, text in words()["relationship"].items()
    ]  # fmt: skip
    satisfied = Item("SATISFIED", f"{words()['satisfaction']} (1: not at all, 5: fully)", "csat.overall", "csat", "csat")  # fmt: skip
    recommend = Item("RECOMMEND", f"{words()['recommendation']} (0: not at all likely, 10: extremely likely)", "recommendation.programme", "recommendation", "recommendation", 0, 10)  # fmt: skip
    return (*pair, satisfied, recommend)


def limesurvey(form: Form) -> bytes:
    """LimeSurvey's survey structure as tab-separated values (UTF-8 with its mark); its export of answer codes is what `catalogue` reads."""
    rows = [
        {"class": "S", "name": "language", "text": "en"},
        {"class": "SL", "name": "surveyls_title", "text": form.title, "language": "en"},
        {"class": "SL", "name": "surveyls_welcometext", "text": form.promise, "language": "en"},
        {"class": "G", "name": form.title, "relevance": "1", "language": "en"},
        {"class": "Q", "type/scale": "S", "name": WHO, "relevance": "1", "text": form.who, "language": "en", "mandatory": "Y"},
    ]  # fmt: skip
    for item in form.items:
        kind = "5" if (item.low, item.high) == (1, 5) else "L"
        rows.append({"class": "Q", "type/scale": kind, "name": item.code, "relevance": "1", "text": item.text, "language": "en", "mandatory": "N", "other": "N"})  # fmt: skip
        answers = range(item.low, item.high + 1) if kind == "L" else ()
        rows += [{"class": "A", "type/scale": "0", "name": f"{step}", "text": f"{step}", "language": "en"} for step in answers]  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def google_forms(form: Form) -> bytes:
    """A script for script.google.com that makes the form in the account of whoever runs it."""
    lines = [
        f"// Paste into a new project at script.google.com and run `make`: it makes the form “{form.title}” in your account.",
        "function make() {",
        f"  const form = FormApp.create({json.dumps(form.title)}).setDescription({json.dumps(form.promise)})",
        f"  form.addTextItem().setTitle({json.dumps(form.who)}).setRequired(true)",
    ]
    for item in form.items:
        low, high = (json.dumps(end) for end in ENDS[item.high])
        lines.append(f"  form.addScaleItem().setTitle({json.dumps(item.text)}).setBounds({item.low}, {item.high}).setLabels({low}, {high})")  # fmt: skip
    return "\n".join([*lines, "  Logger.log(form.getPublishedUrl())", "}", ""]).encode()


@dataclass(frozen=True)
class Tool:
    """A forms tool: the file that makes a form, and how its exports are laid out."""

    suffix: str
    write: Callable[[Form], bytes]
    layout: Mapping[str, Any]
    uses_codes: bool


TOOLS = {
    "limesurvey": Tool("limesurvey.txt", limesurvey, {"tool": "limesurvey"}, uses_codes=True),
    "google_forms": Tool("google.gs", google_forms, {"tool": "google_forms", "times": ["%Y/%m/%d %I:%M:%S %p GMT%z", "%m/%d/%Y %H:%M:%S"]}, uses_codes=False),
}  # fmt: skip


def catalogue(forms: list[Form], tool: Tool, id_type: str, zone: str) -> dict[str, Any]:
    """What `mapping:` of a `survey_files` source names: exports are called as the form, `check_in_mentee.csv`."""
    return {
        "layout": dict(tool.layout),
        "zone": zone,
        "respondent": {"column": WHO if tool.uses_codes else forms[0].who, "id_type": id_type},
        "surveys": [
            {"file": f"{form.name}_{form.role}*.csv", **form.survey, "questions": {item.code if tool.uses_codes else item.text: _measures(item) for item in form.items}}
            for form in forms
        ],
    }  # fmt: skip


def _measures(item: Item) -> dict[str, Any]:
    return {"stable_code": item.stable_code, "question_kind": item.kind, "construct": item.construct, "scale_min": item.low, "scale_max": item.high, "unit": "points"}  # fmt: skip
