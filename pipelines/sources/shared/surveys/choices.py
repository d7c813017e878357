"""The options that somebody chose, told from words of their own beside them: free text is never loaded, it counts as `other`.

Where the catalogue names the options, all else is `other`, and an option may hold a comma. Where it doesn't, a sentence that one respondent alone wrote is no option.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.sources.id_doubts import MADE_A_DAY
from pipelines.sources.records import Finding
from pipelines.sources.shared.surveys.catalogue import Question
from pipelines.sources.shared.surveys.written_answers import folded_answer

BETWEEN = "\x1f"
"""Stands before each chosen option where a tool has a mark of its own between them: options may hold commas."""
WITHIN = (", ", "; ", ";")
"""What parts an option itself, where a tool writes the same between two."""
OTHER = "other"
_OF_LIMESURVEY = "-oth-"
"""What LimeSurvey writes where somebody chose `other`; the words stand in a column of their own."""
_MADE_A_DAY = re.compile(MADE_A_DAY)
_ENOUGH = 10
"""Respondents from which on an option that one alone chose stands out."""
_WORDS, _LETTERS = 4, 40  # of a sentence; options of fewer are told from words of one's own by nothing but their number


@dataclass(frozen=True)
class Choices:
    """How the answers to one question of choices are read. known: folded option to its name. are_all: whether there are no others. own: folded words that one respondent alone wrote, in answers that hold a sentence."""

    known: Mapping[str, str]
    are_all: bool
    own: frozenset[str] = frozenset()

    def of(self, answer: str | None) -> str | None:
        """The chosen options, each behind `BETWEEN`; an answer of which nothing is to be said stays as it is."""
        if answer == _OF_LIMESURVEY:
            return f"{BETWEEN}{OTHER}"
        if answer is None or not (self.known or self.own):
            return answer
        kept = [self._named(piece) for piece in self._pieces(answer)]
        return "".join(f"{BETWEEN}{option}" for option in dict.fromkeys(kept)) or None

    def _named(self, piece: str) -> str:
        folded = folded_answer(piece.strip('"'))
        is_own = folded not in self.known if self.are_all else folded in self.own
        return OTHER if is_own else self.known.get(folded, piece)

    def _pieces(self, answer: str) -> list[str]:
        """The pieces between marks, those that are one option together put together again."""
        pieces, found = pieces_of(answer), []
        while pieces:
            number, longest = next(self._joined(pieces), (1, pieces[0]))
            found.append(longest)
            pieces = pieces[number:]
        return found

    def _joined(self, pieces: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Options that the first of the pieces are together, the longest first: a tool's mark between options may stand within one, too."""
        for number in range(len(pieces), 1, -1):
            for mark in WITHIN:
                text = mark.join(pieces[:number])
                if folded_answer(text.strip('"')) in self.known:
                    yield number, text


def chosen(answers: pl.Series, question: Question) -> pl.Series:
    """Answers to a question whose options the catalogue names, as `Choices.of` gives them."""
    choices = choices_of(question, ())
    found = {answer: choices.of(answer) for answer in answers.drop_nulls().unique()}
    return answers.replace_strict(found, default=None, return_dtype=pl.String)


def pieces_of(answer: str) -> list[str]:
    """An answer parted at the tool's own mark, else at commas."""
    mark = BETWEEN if answer.startswith(BETWEEN) else ","
    return [piece.strip() for piece in answer.split(mark) if piece.strip()]


def choices_of(question: Question, answers: Iterable[str | None]) -> Choices:
    """How a question's answers are read, by the options of the catalogue or by what several respondents chose."""
    named = [*question.options, *question.codes]
    known = {folded_answer(option): option for option in named}
    if question.options:
        return Choices(known, are_all=True)
    written = [[folded_answer(piece) for piece in pieces_of(answer)] for answer in answers if answer]
    often = Counter(piece for pieces in written for piece in set(pieces))
    own = {
        piece
        for pieces in written
        if any(often[piece] == 1 and piece not in known and _is_sentence(piece) for piece in pieces)
        for piece in pieces
        if often[piece] == 1 and piece not in known
    }
    return Choices(known, are_all=False, own=frozenset(own))


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= _WORDS or len(text) > _LETTERS


def told_of_days(
    file: str, questions: Sequence[Question], answers: Mapping[str, Sequence[str | None]]
) -> list[Finding]:
    """What is told of options that a spreadsheet has taken for days: `3-5` becomes 05. Mar, beside others that stayed as they are."""
    found = []
    for question in questions:
        given = [piece for answer in answers.get(question.question_id, ()) if answer for piece in pieces_of(answer)]
        days = [piece for piece in given if _MADE_A_DAY.match(piece) and piece not in question.options]
        if days and len(days) < len(given):
            detail = f"{len(days):,} {'answer looks like a day' if len(days) == 1 else 'answers look like days'} ({days[0]}) beside others that don't: a spreadsheet has changed them; export the form again and don't open it in one"
            found.append(Finding("answers_as_days", "survey_answers", f"{file}: {question.question_id}", detail))
    return found


def told_of_rare_options(
    file: str, questions: Sequence[Question], answers: Mapping[str, Sequence[str | None]]
) -> list[Finding]:
    """What is told of short words that one respondent alone gave where nobody named the options: they are loaded as options, and may be words of one's own."""
    found = []
    for question in questions:
        given = [
            {folded_answer(piece) for piece in pieces_of(answer)}
            for answer in answers.get(question.question_id, ())
            if answer
        ]
        if question.options or len(given) < _ENOUGH:
            continue
        often = Counter(piece for pieces in given for piece in pieces)
        known = {folded_answer(option) for option in question.codes}
        rare = [
            piece for piece, times in often.items() if times == 1 and piece not in known and not _is_sentence(piece)
        ]
        if rare:
            detail = f"{len(rare):,} {'option was' if len(rare) == 1 else 'options were'} chosen by one of {len(given):,} respondents alone and may be words of their own, which aren't meant to be loaded; name the options (`options:` in the catalogue)"
            found.append(Finding("options_given_once", "survey_answers", f"{file}: {question.question_id}", detail))
    return found


def told_of_own_words(file: str, questions: Sequence[Question], choices: Mapping[str, Choices]) -> list[Finding]:
    """What is told of words that were taken for nobody's option, and how to say which the options are."""
    return [
        Finding(
            "options_not_named",
            "survey_answers",
            f"{file}: {question.question_id}",
            f"{len(own):,} {'answer reads' if len(own) == 1 else 'answers read'} as words of one respondent's own and {'counts' if len(own) == 1 else 'count'} as `other`; name the options (`options:` in the catalogue)",
        )
        for question in questions
        if question.question_id in choices and (own := choices[question.question_id].own)
    ]
