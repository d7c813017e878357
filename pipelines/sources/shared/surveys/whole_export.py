"""What holds of an export as a whole, and no part of it shows alone: how it marks what was seen and left empty, and whether a scale has changed."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.sources.cleaning import LINE
from pipelines.sources.records import SourceRefused
from pipelines.sources.shared.surveys.catalogue import Question, Survey
from pipelines.sources.shared.surveys.export import ResponseExport, cleaned
from pipelines.sources.shared.surveys.written_answers import answered, number_of

SEEN_UNANSWERED = "-99"
STRAYS = 0.01  # share of answers outside a scale from which another scale was asked


def _outside_scale(value: pl.Expr, question: Question) -> pl.Expr:
    """Whether a number lies below or above the question's scale; an open end has no bound."""
    below = pl.lit(value=False) if question.scale_min is None else value < question.scale_min
    above = pl.lit(value=False) if question.scale_max is None else value > question.scale_max
    return below | above


@dataclass
class _Answers:
    """How many answers a question has, how many of them lie outside its scale, and the line of the first that does."""

    answered: int = 0
    outside: int = 0
    line: int | None = None


def _counts(question: Question) -> list[pl.Expr]:
    """What is counted of one question's answers, each over all rows."""
    answer = pl.col(question.question_id)
    value = number_of(answer, question) if question.kind != "choice" else pl.lit(None, pl.Float64)
    seen = answer == SEEN_UNANSWERED
    outside = (_outside_scale(value, question) & ~seen).fill_null(value=False)
    return [
        seen.any().alias("recodes"),
        (answer.is_not_null() & ~seen).sum().alias("answered"),
        outside.sum().alias("outside"),
        pl.col(LINE).filter(outside).first().alias("line"),
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
        texts = rows.select(LINE, *(answered(cleaned(export.columns[one.question_id]), one).alias(one.question_id) for one in self._asked))  # fmt: skip
        told = texts.select(pl.struct(_counts(one)).alias(one.question_id) for one in self._asked)
        for question_id, found in told.row(0, named=True).items():
            so_far = self._answers.setdefault(question_id, _Answers())
            self.recodes |= bool(found["recodes"])
            so_far.answered += found["answered"]
            so_far.outside += found["outside"]
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


def _bound(value: float | None) -> str:
    return "open" if value is None else f"{value:g}"
