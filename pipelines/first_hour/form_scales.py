"""What the questions of a form measure: on which scale each was answered, what only its owner knows of it, and its entry in the catalogue."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.first_hour.ids import slug
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.scales import Rated, construct_of, is_recommendation, is_satisfaction
from pipelines.first_hour.sheets import Sheet


def as_the_others(columns: Mapping[str, Rated]) -> dict[str, Rated]:
    """Words that may be of several scales are of the one on which other questions of the same form are beyond doubt."""
    certain = {scale.steps for scale in columns.values() if scale.steps and not scale.others}
    found = {}
    for name, scale in columns.items():
        same = [one for one in (scale, *scale.others) if one.steps in certain]
        found[name] = replace(same[0], others=()) if scale.others and len(same) == 1 else scale
    return found


def _group(scale: Rated) -> str:
    if scale.others:
        return " or ".join(_steps(one) for one in (scale, *scale.others))
    return f"{scale.low}-{scale.high or scale.top_seen}"


def scale_questions(sheet: Sheet, columns: Mapping[str, Rated]) -> list[Question]:
    """One question for all columns of the same scale; words and recommendations say by themselves which end is which."""
    groups: dict[str, list[str]] = {}
    for name, scale in columns.items():
        if _is_asked(name, scale):
            groups.setdefault(_group(scale), []).append(name)
    return [_scale_question(sheet, names, columns[names[0]]) for names in groups.values()]


def _is_asked(name: str, scale: Rated) -> bool:
    return not scale.is_clear and not _is_net_promoter(name, scale)


def _steps(scale: Rated) -> str:
    return ", ".join(scale.steps)


def _scale_question(sheet: Sheet, names: list[str], scale: Rated) -> Question:
    if scale.others:
        return _steps_question(sheet, names, scale)
    low = scale.low
    tops = scale.tops
    options = tuple(
        option
        for top in tops
        for option in (
            Option(f"up {top}", f"{low} is the worst, {top} the best"),
            Option(f"down {top}", f"{low} is the best, {top} the worst"),
        )
    )
    what = _in_questions(names)
    why = "" if scale.high else f"The highest answer is {scale.top_seen}, so the scale may go further."
    return Question(f"{sheet.key}|scale|{_group(scale)}", f"{what}, what do {low} and {tops[-1]} mean?", options, why)


def _in_questions(names: list[str]) -> str:
    more = len(names) - 1
    return f"In “{names[0]}”" + (f" and {more} more {'question' if more == 1 else 'questions'}" if more else "")


def _steps_question(sheet: Sheet, names: list[str], scale: Rated) -> Question:
    options = tuple(
        Option(_steps(one), f"{len(one.steps)} steps: {' – '.join(one.steps)}") for one in (scale, *scale.others)
    )
    words = f"{_in_questions(names)}, which answers could people choose from?"
    return Question(f"{sheet.key}|scale|{_group(scale)}", words, options, "The answers fit several scales.")


def _is_net_promoter(name: str, scale: Rated) -> bool:
    return is_recommendation(name) and (scale.low, scale.high) == (0, 10)


def is_open(sheet: Sheet, columns: Mapping[str, Rated], answers: Answers) -> bool:
    """Whether a scale waits for an answer."""
    return any(question.answer(answers) is None for question in scale_questions(sheet, columns))


def measured_questions(sheet: Sheet, columns: Mapping[str, Rated], answers: Answers) -> dict[str, dict[str, Any]]:
    """Question to its entry. One satisfaction item stands for the survey; others of the kind are items of their own."""
    said = {question.key: question.answer(answers) or "" for question in scale_questions(sheet, columns)}
    found: dict[str, dict[str, Any]] = {}
    has_csat = False
    for name, shown in columns.items():
        answer = said.get(f"{sheet.key}|scale|{_group(shown)}", "") if _is_asked(name, shown) else ""
        scale, direction, high = _as_answered(shown, answer)
        entry = _measure(name, scale.low, high, has_csat=has_csat)
        has_csat = has_csat or entry["question_kind"] == "csat"
        entry |= {"scale_min": scale.low, "scale_max": high}
        if direction == "down":
            entry["reverse_scored"] = True
        if scale.values:
            entry["values"] = dict(scale.values)
        found[name] = entry
    return found


def _as_answered(scale: Rated, answer: str) -> tuple[Rated, str, int]:
    """The scale of a column, its direction and its end, by what was said of it."""
    if scale.others:
        chosen = next((one for one in scale.others if _steps(one) == answer), scale)
        return chosen, chosen.direction or "up", chosen.high or len(chosen.steps)
    direction, _, top = answer.partition(" ")
    direction, high = direction or scale.direction or "up", int(top) if top else scale.high or 5
    return scale.turned() if direction == "down" else scale, direction, high


def _measure(name: str, low: int, high: int, *, has_csat: bool) -> dict[str, Any]:
    if is_recommendation(name) and (low, high) == (0, 10):
        return {"stable_code": "recommendation", "question_kind": "recommendation"}
    code = f"{slug(name)}_{low}_{high}"
    construct = construct_of(name)
    if construct:
        return {"stable_code": code, "question_kind": "scale_item", "construct": construct}
    if is_satisfaction(name) and (low, high) == (1, 5) and not has_csat:
        return {"stable_code": "csat.overall", "question_kind": "csat"}
    return {"stable_code": code, "question_kind": "scale_item"}


def measures(name: str, scale: Rated) -> str:
    """What a question is used for, in a few words."""
    if _is_net_promoter(name, scale):
        return "recommendation score"
    construct = construct_of(name)
    if construct:
        return construct.replace("_", " ")
    high = scale.high or 5
    if is_satisfaction(name) and (scale.low, high) == (1, 5):
        return "satisfaction"
    return f"answers from {scale.low} to {high}"
