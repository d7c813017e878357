"""The handbook's goals, check-in and closing as forms: question files for forms tools, and the catalogue by which their exports are read as surveys."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.handbook.facts import Facts
from pipelines.handbook.questions import WHO, Answer, Item, items_of, words

COLUMNS = ("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other", "default", "same_default")  # fmt: skip
ENDS = {5: ("not at all", "fully"), 10: ("not at all likely", "extremely likely")}


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


def forms_of(facts: Facts, roles: tuple[str, ...], min_group_size: int, id_type: str) -> list[Form]:
    """Every form for each role that answers it."""
    told = words()["forms"]
    return [_form(facts, name, role, min_group_size, id_type) for name in told for role in roles if role in told[name]["roles"]]  # fmt: skip


def _form(facts: Facts, name: str, role: str, min_group_size: int, id_type: str) -> Form:
    told = words()["forms"][name]
    survey = {
        "programme_id": facts.programme_id,
        "name": f"{facts.name}: {told['title']}, {role}s",
        "anonymity": "identified",
        "min_group_size": min_group_size,
        **said_of(name, role, facts.programme_id),
    }
    promise = f"Your answers are read with {words()['identify'][id_type].lower().replace('your', 'your own', 1)}, so that both sides of a pair can be counted. Whoever runs this form can read them; everywhere else they are shown for groups of {min_group_size} or more only."
    return Form(name, role, survey["name"], promise, words()["identify"][id_type], items_of(name, role), survey)


def said_of(name: str, role: str, programme_id: str) -> dict[str, Any]:
    """What a form is in a catalogue of surveys: its id, its wave and what the pair has reached once it is answered."""
    told = words()["forms"][name]
    milestone = {"milestone": told["milestone"]} if told.get("milestone") else {}
    return {
        "survey_id": f"{programme_id}-{name.replace('_', '-')}-{role}",
        "instrument": f"handbook_{role}" if told["wave_no"] else f"handbook_{name}",
        "wave": told["wave"],
        "wave_no": told["wave_no"],
        "respondent_role": role,
        **milestone,
    }


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
        kind = "5" if (item.low, item.high) == (1, 5) and not item.answers else "L"
        rows.append({"class": "Q", "type/scale": kind, "name": item.code, "relevance": "1", "text": item.text, "language": "en", "mandatory": "N", "other": "N"})  # fmt: skip
        rows += [{"class": "A", "type/scale": "0", "name": one.code, "text": one.label, "language": "en"} for one in (_steps(item) if kind == "L" else ())]  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _steps(item: Item) -> tuple[Answer, ...]:
    """The answers of a question, each step of a scale for one that has no others."""
    return item.answers or tuple(Answer(f"{step}", f"{step}") for step in range(int(item.low or 0), int(item.high or 0) + 1))  # fmt: skip


def google_forms(form: Form) -> bytes:
    """A script for script.google.com that makes the form in the account of whoever runs it."""
    lines = [
        f"// Paste into a new project at script.google.com and run `make`: it makes the form “{form.title}” in your account.",
        "function make() {",
        f"  const form = FormApp.create({json.dumps(form.title)}).setDescription({json.dumps(form.promise)})",
        f"  form.addTextItem().setTitle({json.dumps(form.who)}).setRequired(true)",
    ]
    for item in form.items:
        if item.answers:
            labels = json.dumps([one.label for one in item.answers])
            lines.append(f"  form.addListItem().setTitle({json.dumps(item.text)}).setChoiceValues({labels})")
            continue
        low, high = (json.dumps(end) for end in ENDS[int(item.high or 0)])
        lines.append(f"  form.addScaleItem().setTitle({json.dumps(item.text)}).setBounds({item.low:g}, {item.high:g}).setLabels({low}, {high})")  # fmt: skip
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
            {"file": f"{form.name}_{form.role}*.csv", **form.survey, "may_be_empty": True, "questions": {item.code if tool.uses_codes else item.text: item.measures for item in form.items}}
            for form in forms
        ],
    }  # fmt: skip
