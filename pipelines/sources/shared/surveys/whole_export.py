"""What holds of an export as a whole, and no part of it shows alone: how it marks what was seen and left empty, and whether a scale has changed."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.sources.cleaning import LINE
from pipelines.sources.records import Finding, SourceRefused
from pipelines.sources.shared.surveys.catalogue import Question, Survey
from pipelines.sources.shared.surveys.export import ResponseExport
from pipelines.sources.shared.surveys.steps import Step, direction_of, step_of
from pipelines.sources.shared.surveys.written_answers import written_answers
from pipelines.sources.truth_words import truth

SEEN_UNANSWERED = "-99"
STRAYS = 0.01  # share of answers outside a scale from which another scale was asked
MANY_STEPS = 4
"""Steps of a scale from which on two values alone are no usual answers to it ..."""
FEWEST = 4
"""... where at least so many were given."""
MANY_TEXTS = 50
"""Different texts of a part that are looked at for the words beside its numbers."""


@dataclass
class _Answers:
    """How many answers a question has, how many of them lie outside its scale, the line of the first that does, and some of their values and texts."""

    answered: int = 0
    outside: int = 0
    line: int | None = None
    values: frozenset[float] = frozenset()
    texts: frozenset[str] = frozenset()


def _counts() -> list[pl.Expr]:
    """What is counted of a question's answers, each over all rows; an open end of a scale has no bound."""
    answer, value = pl.col("__text"), pl.col("__number")
    seen = (answer == SEEN_UNANSWERED).fill_null(value=False)
    outside = (
        (value < pl.col("__low")).fill_null(value=False) | (value > pl.col("__high")).fill_null(value=False)
    ) & ~seen
    texts = answer.filter(answer.str.contains(r"\p{L}")).unique().sort().head(MANY_TEXTS)
    return [
        seen.any().alias("recodes"),
        (answer.is_not_null() & ~seen).sum().alias("answered"),
        outside.sum().alias("outside"),
        pl.col(LINE).filter(outside).first().alias("line"),
        value.filter(~seen & value.is_not_null()).unique().head(3).alias("values"),
        texts.alias("texts"),
    ]


@dataclass
class WholeExport:
    """Counts over all responses of one export, taken part by part."""

    survey: Survey
    file: str
    records: int = 0
    recodes: bool = False
    _answers: dict[str, _Answers] = field(default_factory=dict)

    @property
    def _asked(self) -> list[Question]:
        return [question for question in self.survey.questions if question.kind != "text"]

    def count(self, export: ResponseExport) -> None:
        """Add one part, whose columns were checked."""
        rows = export.text.rows
        self.records += rows.height + export.text.rejects.height
        if rows.is_empty():
            return
        cells = written_answers(rows, [LINE], export.columns, self._asked).with_columns(
            pl.when(~pl.col("__is_choice")).then("__number").alias("__number")
        )
        for found in cells.group_by("question_id", maintain_order=True).agg(_counts()).iter_rows(named=True):
            so_far = self._answers.setdefault(found["question_id"], _Answers())
            self.recodes |= bool(found["recodes"])
            so_far.answered += found["answered"]
            so_far.outside += found["outside"]
            so_far.values |= frozenset(found["values"])
            so_far.texts |= frozenset(found["texts"])
            so_far.line = so_far.line if so_far.line is not None else found["line"]

    def refuse_changed_scales(self) -> None:
        """One answer outside the scale is a slip; more than one in a hundred mean that another scale was asked. Raises `SourceRefused`."""
        for question in self._asked:
            found = self._answers.get(question.question_id, _Answers())
            if found.outside > 1 and found.outside > STRAYS * found.answered:
                raise SourceRefused(
                    f"{self.file}, line {found.line}: the scale of question {question.stable_code} ({question.question_id}) of survey {self.survey.survey_id} has changed: "
                    f"{found.outside} of {found.answered} answers lie outside {_bound(question.scale_min)} to {_bound(question.scale_max)}. "
                    "Next step: correct the scale in the catalogue, or give the changed question a stable_code of its own."
                )

    def told_of_scales(self) -> list[Finding]:
        """Questions on a scale of several steps that seem to be answered with yes and no (by the words that the catalogue gives numbers to, or by two values alone), or whose words run the other way."""
        looks = {"yes_and_no_on_a_scale": _seems_yes_or_no, "scale_turned": _seems_turned}
        return [
            Finding(kind, "survey_answers", f"{self.file}: {one.question_id}", words)
            for one in self._asked
            for kind, look in looks.items()
            if one.kind != "choice" and (words := look(one, self._answers.get(one.question_id, _Answers())))
        ]


def _seems_yes_or_no(question: Question, found: _Answers) -> str | None:
    low, high = question.scale_min, question.scale_max
    if low is None or high is None or high - low < MANY_STEPS - 1:
        return None
    scale = f"a scale of {_bound(low)} to {_bound(high)}"
    if question.values and all(truth(label) is not None for label in question.values):
        return f"the catalogue puts yes and no on {scale}, between which nobody can answer: give the question a scale of its own (0 to 1)"
    if found.answered >= FEWEST and found.values in (frozenset({low, low + 1}), frozenset({low, high})):
        two = " and ".join(f"{value:g}" for value in sorted(found.values))
        return f"all {found.answered:,} answers are {two}, on {scale}: if they stand for yes and no, give the question a scale of its own and its `values:`"
    return None


def _seems_turned(question: Question, found: _Answers) -> str | None:
    """What is told where the words beside the numbers say that the smallest is the best, and the catalogue doesn't."""
    low, high = question.scale_min, question.scale_max
    if low is None or high is None or question.is_reversed:
        return None
    named = [Step(value, label) for label, value in question.values.items()]
    steps = named or [step for text in found.texts if (step := step_of(text)) is not None]
    if direction_of(steps, low, high) != "down":
        return None
    return f"by the words beside the numbers {_bound(low)} is the best answer and {_bound(high)} the worst, while greater counts as better: write `reverse_scored: true` unless the question is one whose agreement is bad"


def _bound(value: float | None) -> str:
    return "open" if value is None else f"{value:g}"
