"""What a forms tool exports of a form, made from the very question file that the tool was given."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from pipelines.handbook.forms import Form, google_forms, limesurvey

Asked = dict[str, dict[str, str]]
"""Header of each question to its answers: what the respondent sees to what the tool exports; empty where numbers are chosen on a scale."""
Answers = Mapping[str, object]
"""A part of a question's words to what is answered, as the respondent sees it."""


def asked_by_limesurvey(form: Form) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(limesurvey(form).decode("utf-8-sig")), delimiter="\t"))


def _of_limesurvey(form: Form) -> tuple[Asked, dict[str, str]]:
    asked: Asked = {}
    words: dict[str, str] = {}
    for row in asked_by_limesurvey(form):
        if row["class"] == "Q":
            asked[row["name"]], words[row["name"]] = {}, row["text"]
        elif row["class"] == "A":
            list(asked.values())[-1][row["text"]] = row["name"]
    return asked, words


def _of_google(form: Form) -> tuple[Asked, dict[str, str]]:
    asked: Asked = {}
    for line in google_forms(form).decode().splitlines():
        if found := re.search(r'setTitle\((".*?[^\\]")\)', line):
            choices = re.search(r"setChoiceValues\((\[.*?\])\)", line)
            labels = json.loads(choices.group(1)) if choices else []
            asked[json.loads(found.group(1))] = {label: label for label in labels}
    return asked, {name: name for name in asked}


def exported(tool: str, form: Form, responses: Sequence[tuple[datetime, str, Answers]]) -> bytes:
    """responses: when, who (number or address), and the answers. A question that no answer names is left empty."""
    asked, words = _of_limesurvey(form) if tool == "limesurvey" else _of_google(form)
    who, *questions = asked
    head = ["id", "submitdate"] if tool == "limesurvey" else ["Timestamp"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*head, who, *questions])
    for number, (at, person, answers) in enumerate(responses, 1):
        stamp = (
            [number, f"{at:%Y-%m-%d %H:%M:%S}"] if tool == "limesurvey" else [f"{at:%Y/%m/%d} {at:%I:%M:%S %p} GMT+2"]
        )
        cells = [_cell(words[name], asked[name], answers) for name in questions]
        writer.writerow([*stamp, person, *cells])
    return text.getvalue().encode()


def _cell(words: str, choices: Mapping[str, str], answers: Answers) -> str:
    said = next((str(answer) for part, answer in answers.items() if part in words), "")
    return choices.get(said, said)
