"""Questions that only the owner of a file can answer, in plain words, and the answers as they are kept: question key to the chosen value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Option:
    """One answer: what is kept, what is read, and what follows from it."""

    value: str
    words: str
    note: str = ""


@dataclass(frozen=True)
class Question:
    """key: sheet, topic and column, parted by `|`. why: what makes it a question. is_order: all options in an order, kept as their values by new lines."""

    key: str
    words: str
    options: tuple[Option, ...] = field(default=())
    why: str = ""
    is_order: bool = False

    def answer(self, answers: Answers) -> str | None:
        """The valid answer to it; None where it is open."""
        given = answers.get(self.key)
        if given is None or (not self.is_order and given not in {option.value for option in self.options}):
            return None
        return given


def open_questions(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Those without a valid answer. An order may be left open: what rests on it isn't measured."""
    return [question for question in questions if not question.is_order and question.answer(answers) is None]
