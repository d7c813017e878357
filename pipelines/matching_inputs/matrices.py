"""Questions that a form spreads over a column an option, `What would you like to learn? [Excel]`, as one column of lists.

Google's grids and LimeSurvey's multiple choice are exported so: a cell holds a tick, a rating, or the parts of an option that apply.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.headers import asks_for, is_choice

_OPTION = expression(r"^(?P<question>.*\S)\s*\[(?P<option>[^\[\]]+)\]\s*$")
_DASHED = expression(
    r"^(?P<question>\S+(?:\s+\S+){3,}?)\s+(?:-\s+Selected Choice\s+)?[-–]\s+(?P<option>[^\[\]]{1,80}?)\s*$", re.DOTALL
)
"""A question of four words or more and its option behind a dash."""
_COLON = expression(r"^(?P<question>[^:\[\]()?]{3,40}):\s+(?P<option>[^:\[\]()]{1,40}?)\s*$")
"""What is rated and an option, `Interest: Excel`."""
_RATING = expression(r"^(10|\d)(?:\s*[-–=:.].*)?$")
_RANKS = expression(
    r"\brank(ing|ed)?\b|\bin (the )?order\b|\bpriorit|reihenfolge|rangfolge|\bsortier|\bordne|class(er|ez|ement)|par ordre|\borden(a|e|ar)?\b|clasifi"
)
"""What asks for an order, in which the first is the best."""
_STARS = expression(r"[★⭐\ufe0f]+[☆\s]*")
_EXPLAINED = expression(r"\s*\([^)]*\d\s*[=:–-][^)]*\)\s*$")
_CODED = expression(r"^[A-Za-z]\w*(?:\[[^\]]*\])*\.\s+(.*)$", re.DOTALL)
_NEGATED = expression(
    r"(?:(?:eher|rather|sehr|very|totally|completely|plutôt|muy|totalmente)\s+)?(novice|slightly|unneeded|a little|(?:not |un)(?:wichtig|interes\w+|important|likely|certain|sicher|erfahren|confident|skilled|familiar)|kaum|hardly|barely|poor|weak|bad|schlecht|gering|niedrig|neither|neutral|weder|teils|faible|mauvais\w*|baj[oa]|mal[oa]?|bass[oa]|slecht|laag|ni\b|not?|none|never|nothing|no interest|little|low|strongly disagree|disagree|nicht|gar nicht|überhaupt nicht|kein\w*|nie|wenig|pas|aucun\w*|jamais|peu|nada|nunca|ningun\w*|poco|per niente|mai|nenhum\w*|pouco|niet|geen|nooit)\b"
)
_OTHER = expression(r"(other|sonstige[srn]?|andere[srn]?|autres?|otr[oa]s?|altr[oi]|outr[oa]s?|overig|anders)\b")
RATED = ("skills", "topics", "goals", "interests")
_CODE = expression(r"[A-Z]{1,3}\d+")
TICKED = frozenset(
    "yes y true x 1 checked selected ja j oui o si wahr vrai verdadero kyllä tak evet はい 是 예 네 ✓ ✔ ☑ 👍 😀 😃 😄 😁 🙂 😊".split()
)
_GRADE = expression(
    r"10|\d|[★⭐\ufe0f]+[☆\s]*|(?:(?:sehr|eher|recht|très|assez|plutôt|muy|bastante|algo|zeer|heel|erg|molto|abbastanza|muito)\s+)?(?:interessiert|erfahren|wichtig|sicher|vertraut|intéressée?s?|expérimentée?s?|importante?s?|interesad[oa]s?|experimentad[oa]s?|geïnteresseerd|ervaren|belangrijk|interessat[oi]|espert[oi])|(?:(?:some|a lot of|a little|much|good|great|extensive|solid|basic|limited|strong|deep|working|hands-on|years of) )?(?:experience|knowledge|interest|skills?|understanding)|somewhat|a lot|very much|(?:can|could|happy to|would like to|want to|wants to) (?:teach|learn|help)|(?:(?:extremely|very|quite|fairly|moderately|somewhat|slightly|a little|highly) )?(?:interested|experienced|confident|comfortable|familiar|knowledgeable|skilled|important|likely)|novice|competent|master|essential|must have|nice to have|needed|(?:very |sehr |très |muy )?(?:high|medium|low|good|advanced|intermediate|basics?|beginner|expert|proficient|strong|some|hoch|mittel|niedrig|gut|fortgeschritten|anfänger|experte|élevé|moyen|faible|avancé|débutant|alto|medio|bajo|avanzado|básico)"
)
EMPTY = frozenset(
    "no n false 0 nein non faux falsch falso ei nej nei nie hayır いいえ 否 아니요 unchecked - n/a ☐ ✗ 👎 🙁 ☹ ☹\ufe0f 😞 😟 😐".split()
)


def without_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """The table without the codes that LimeSurvey puts before its questions: `skills[SQ001]. What would you like to learn? [Excel]`."""
    coded = {name: found[1].strip() for name in frame.columns if (found := _CODED.match(name)) and found[1].strip()}
    names = [coded.get(name, name) for name in frame.columns]
    return frame.rename(coded) if 2 * len(coded) >= len(frame.columns) - 2 and len(set(names)) == len(names) else frame


def with_brackets(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with `Question - Option`, as Qualtrics writes the columns of a question with several, or `Interest: Option`, as `Question [Option]`; where two or more have one question."""
    ways = ((name, _DASHED.match(name) or _COLON.match(name)) for name in frame.columns)
    parted = {name: found for name, found in ways if found}
    shared = Counter(found["question"] for found in parted.values())
    renamed = {
        name: f"{found['question']} [{found['option']}]"
        for name, found in parted.items()
        if shared[found["question"]] > 1
    }
    names = [renamed.get(name, name) for name in frame.columns]
    return frame.rename(renamed) if len(set(names)) == len(names) else frame


def gathered(frame: pl.DataFrame, file: str, side: str, said: list[str]) -> pl.DataFrame:
    """The table with one column per question, where a form gave one an option. What was made of ratings and codes is said."""
    for question, options in {**_questions(frame.columns), **_rated_questions(frame, side)}.items():
        asked = asks_for(question, side)
        lists, words = chosen_options(
            frame, options, has_parts=asked == "availability", are_people=asked == "preferred"
        )
        said += [f"{file}: {question}: {word}" for word in words]
        name = _name_of(question, next(iter(options.values())), side)
        name = name if name not in frame.columns else f"{name} (options)"
        frame = frame.with_columns(pl.Series(name, lists, dtype=pl.String)).drop(options.values())
    return _own_names(frame, file, side, said)


def _name_of(question: str, option: str, side: str) -> str:
    """The question, or what it means where only one of its options tells."""
    meaning = None if asks_for(question, side) else asks_for(option, side)
    return meaning or question


def _own_names(frame: pl.DataFrame, file: str, side: str, said: list[str]) -> pl.DataFrame:
    """The table with one column for options whose ticked cells repeat their header, as Typeform exports multiple choice, without its question."""
    options = [name for name in frame.columns if frame[name].dtype == pl.String and _repeats_itself(name, frame[name])]
    if len(options) < 2 or any(asks_for(name, side) == "skills" for name in frame.columns):
        return frame
    lists = [
        ";".join(cell.strip() for cell in row if cell and cell.strip()) for row in frame.select(options).iter_rows()
    ]
    said.append(
        f"{file}: the ticked columns {', '.join(options[:5])}{', ...' if len(options) > 5 else ''} are taken for skills."
    )
    return frame.with_columns(pl.Series("skills", lists, dtype=pl.String)).drop(options)


def _repeats_itself(name: str, cells: pl.Series) -> bool:
    filled = {folded(cell) for cell in cells.drop_nulls() if cell.strip()}
    return filled == {folded(name)}


def _questions(columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Question to its options and their columns, where there are several; ranked choices are columns of their own."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        parts = _OPTION.match(column)
        if parts is not None and not is_choice(column):
            found.setdefault(parts["question"].strip(" :"), {})[parts["option"].strip()] = column
    return {question: options for question, options in found.items() if len(options) > 1}


def _rated_questions(frame: pl.DataFrame, side: str) -> dict[str, dict[str, str]]:
    """Questions that are asked anew for each option, `Rate your interest in Excel`, and answered by numbers: their common words, and what differs."""
    rated = [
        name
        for name in frame.columns
        if len(name.split()) > 2
        and not _OPTION.match(name)
        and asks_for(name, side) in RATED
        and _holds_ratings(frame[name])
    ]
    if len(rated) < 2:
        return {}
    words = [name.split() for name in rated]
    shared = next((at for at, some in enumerate(zip(*words, strict=False)) if len(set(some)) > 1), min(map(len, words)))
    options = {
        _EXPLAINED.sub("", " ".join(one[shared:])).strip(" :?"): name for one, name in zip(words, rated, strict=True)
    }
    return {" ".join(words[0][:shared]): options} if shared > 1 and len(options) == len(rated) and all(options) else {}


def _holds_ratings(cells: pl.Series) -> bool:
    filled = [cell.strip() for cell in cells.drop_nulls() if cell.strip()]
    return bool(filled) and all(map(_RATING.match, filled))


def chosen_options(
    frame: pl.DataFrame, options: Mapping[str, str], *, has_parts: bool = False, are_people: bool = False
) -> tuple[list[str], list[str]]:
    """The options that each row chooses, and what is said of how they were read. has_parts: whether a cell names parts of an option, as the hours of a day. are_people: whether the options are people, who are wished for in the order of their ranks."""
    cells = {
        option: [_counted_stars((cell or "").strip()) for cell in frame[column]] for option, column in options.items()
    }
    filled = [cell for column in cells.values() for cell in column if cell]
    words = []
    if all(map(_CODE.fullmatch, options)):
        words.append("its options are codes, which must mean the same in both files.")
    ratings = [int(found[1]) for cell in filled if (found := _RATING.match(cell))]
    if len(ratings) == len(filled) and max(ratings, default=0) > 1:
        counts, word = _what_counts(ratings, {*filled, *options.values()})
        words.append(word)
        if are_people and counts.start == min(ratings):  # ranks: the first is the best, and the others are wishes too
            return _in_order(cells), ["the options are wishes in the order of their ranks."]
        if are_people:
            return _best_first(cells, counts), [*words, "Those rated best are wished for first."]
        chosen = {
            option: [option if _rating(cell) in counts else "" for cell in column] for option, column in cells.items()
        }
    else:
        chosen = {
            option: [_ticked(cell, option, has_parts=has_parts) for cell in column] for option, column in cells.items()
        }
        graded = sorted(
            {cell for option, column in cells.items() for cell in column if not has_parts and _is_grade(cell, option)}
        )
        if graded:
            words.append(f"options answered {', '.join(map(repr, graded))} count; 'not', 'none' and their like don't.")
    return [";".join(part for part in row if part) for row in zip(*chosen.values(), strict=True)], words


def _counted_stars(cell: str) -> str:
    """`★★★★☆` as 4."""
    return str(cell.count("★") + cell.count("⭐")) if _STARS.fullmatch(cell) else cell


def _in_order(cells: Mapping[str, list[str]]) -> list[str]:
    """The options of each row by their rank; those without one are left out."""
    rows = zip(*([(_rating(cell), option) for cell in column] for option, column in cells.items()), strict=True)
    return [";".join(option for rank, option in sorted((rank, option) for rank, option in row if rank)) for row in rows]


def _best_first(cells: Mapping[str, list[str]], counts: range) -> list[str]:
    """The options of each row whose ratings count, the best first."""
    rows = zip(*([(_rating(cell), option) for cell in column] for option, column in cells.items()), strict=True)
    kept = ([(rating, option) for rating, option in row if rating in counts] for row in rows)
    return [";".join(option for _, option in sorted(row, key=lambda one: -(one[0] or 0))) for row in kept]


def _what_counts(ratings: Sequence[int], texts: Iterable[str]) -> tuple[range, str]:
    """The ratings by which an option is chosen, and how that is said. texts: cells and headers, whose words may say that 1 is the best."""
    from pipelines.sources.shared.surveys.steps import direction_of, ends_said, step_of

    explained = [step for text in texts for step in ends_said(text)]
    steps = [*explained, *(step for text in texts if (step := step_of(text)))]
    low, high = min(1, *ratings), max([*ratings, *(int(step.value) for step in explained if step.value <= 10)])
    middle = (low + high) // 2
    direction = direction_of(steps, low, high)
    if direction == "down" or (direction is None and any(_RANKS.search(folded(text)) for text in texts)):
        most = low + high - middle - 1
        return range(low, most + 1), f"options rated {most} or less count, since {low} is the best."
    return range(middle + 1, high + 1), f"options rated {middle + 1} or more of {high} count."


def is_grade(word: str) -> bool:
    """Whether a folded word only says how much: a number to ten, `high`, `not at all`, yes or no."""
    return bool(_GRADE.fullmatch(word) or _NEGATED.match(word)) or word in TICKED or word in EMPTY


def without_ends(header: str) -> str:
    """A header without what it explains of its scale, `SQL (1=none ... 5=expert)`."""
    return _EXPLAINED.sub("", header)


def _rating(cell: str) -> int | None:
    found = _RATING.match(cell)
    return int(found[1]) if found else None


def _is_grade(cell: str, option: str) -> bool:
    """Whether a cell says how much instead of yes or no."""
    word = folded(cell) or cell
    is_plain = word in TICKED or word in EMPTY or word == folded(option) or bool(_OTHER.match(folded(option)))
    return bool(cell) and not is_plain and not _NEGATED.match(word)


def _ticked(cell: str, option: str, *, has_parts: bool) -> str:
    """The option where it is ticked; with the parts that a cell names, such as the hours of a day."""
    word = folded(cell) or cell
    if not cell or word in EMPTY:
        return ""
    if word in TICKED or word == folded(option):
        return option
    if _OTHER.match(folded(option)):
        return cell
    if not has_parts:
        return "" if _NEGATED.match(word) else option
    return ";".join(f"{option} {part.strip()}" for part in re.split(r"[;,|\n]", cell) if part.strip())
