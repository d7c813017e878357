"""Levels in words as ranks: by the order that somebody names, else by words whose order nobody disputes. Never by a guess."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, level, level_step, says_nothing
from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.sheets import Sheet, cells_of
from pipelines.matching_inputs.word_files import words

_LIKE = 6
"""So many words of levels are named in a sentence."""
_AROUND = expression(r"_(level|position|employee|role|stufe|ebene|niveau|nivel)$")
_BETWEEN = expression(r"[<>,;\n]")


def level_ranks(
    sheets: Sequence[Sheet], order: Sequence[str], *, needed: bool, said: list[str], problems: list[str]
) -> Mapping[str, int | None] | None:
    """Word of a level, folded, to its rank over both sheets; None where levels are numbers. order: what somebody named, lowest first. needed: whether a rule asks for levels where both sheets have them.

    Words without an order are one problem, or, where no rule needs them, one sentence.
    """
    by_sheet = [_words(sheet) for sheet in sheets]
    words = list({folded(word): word for of_sheet in by_sheet for word in of_sheet}.values())
    needed = needed and all(by_sheet)
    if not words:
        return None
    if not order and (lettered := _with_letters(words)):
        said.append(
            f"Levels are read in the order {_listed([*lettered], ' < ')}. Another: --levels 'lowest, ..., highest'."
        )
        return {folded(word): rank for word, rank in lettered.items()}
    if not order and _are_numbers(words):
        return None
    ranks = {_key(word): rank for rank, word in enumerate(order, start=1)} if order else _usual()
    unknown = [word for word in words if _key(word) not in ranks]
    found = {folded(word): ranks.get(_key(word)) for word in words}
    if not unknown:
        ordered = sorted(words, key=lambda word: ranks[_key(word)])
        said.append(
            f"Levels are read in the order {_listed(ordered, ' < ')}. Another: --levels 'lowest, ..., highest'."
        )
    elif needed:
        problems.append(
            f"The order of these levels isn't known: {_listed(unknown, ', ')}. Next step: name all levels, lowest first: --levels '{', '.join(words[:_LIKE])}' in their order; or let levels not count: --without level_gap."
        )
    else:
        said.append(f"Levels aren't read, since nobody said the order of {_listed(unknown, ', ')}.")
        return dict.fromkeys(found)
    return found


def named_order(text: str) -> list[str]:
    """The words of `--levels`, lowest first: `Analyst, Associate, Partner`, or `Analyst < Associate`."""
    return [word.strip() for word in _BETWEEN.split(text) if word.strip()]


def _words(sheet: Sheet) -> list[str]:
    cells = cells_of(sheet.rows, sheet.columns.chosen.get("level"))
    filled = [" ".join(text.split()) for text in cells if text and not says_nothing(text)]
    return list(dict.fromkeys(filled))


def _with_letters(words: Sequence[str]) -> dict[str, int]:
    """Words to their ranks, lowest first, where all are numbers of one kind and some have letters behind them (`Band 8a`); empty else."""
    steps = {word: step for word in words if (step := level_step(word))}
    if (
        len(steps) < len(words)
        or not any(letter for _, _, letter in steps.values())
        or not _of_one_kind(steps.values())
    ):
        return {}
    places = sorted({step[1:] for step in steps.values()})
    return {word: places.index(steps[word][1:]) + 1 for word in sorted(steps, key=lambda one: steps[one][1:])}


def _are_numbers(words: Sequence[str]) -> bool:
    """Whether levels are numbers, of which a few may be slips: not where as many are words, or where letters before them name several kinds."""
    steps = [step for word in words if (step := level_step(word))]
    slips = sum(not _is_number(word) for word in words)
    return slips < len(words) and (slips <= 1 or 2 * slips < len(words)) and _of_one_kind(steps)


def _of_one_kind(steps: Iterable[tuple[str, int, str]]) -> bool:
    return len({kind for kind, _, _ in steps if kind} - {"l", "level"}) <= 1


def _is_number(text: str) -> bool:
    if not any(mark.isalpha() for mark in text):
        return True
    try:
        level(text)
    except ValueError:
        return False
    return True


def _key(word: str) -> str:
    key = plain(word)
    return key if key in _usual() else _AROUND.sub("", key)


@cache
def _usual() -> Mapping[str, int]:
    return {plain(word): rank for rank, alike in enumerate(words("level_words.yaml"), start=1) for word in alike}


def _listed(words: Sequence[str], between: str) -> str:
    more = len(words) - _LIKE
    return between.join(words[:_LIKE]) + (f" and {more} more" if more > 0 else "")
