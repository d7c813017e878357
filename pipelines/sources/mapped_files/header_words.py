"""Which canonical column a header means: the dictionary `header_words.yaml` and the folding under which names are compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from pipelines.contracts import BY_NAME

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_BOTH_FORMS = re.compile(r"(?<=[^\W\d_]{3})[/:*_|·(]-?(?:innen|in|es|e|as|a)\)?(?!\w)", re.IGNORECASE)
"""The ending by which a heading names women and men: `Mentor/in`, `Mentor:in`, `Mentor(e)`."""
_NUMBER_SIGN = re.compile(r"#|№|\bn[°º]", re.IGNORECASE)
LINKING = frozenset("of the de du des der d la le l del el am im as your".split())
"""Words between others that people leave out or put in: `Date d'embauche`, `Date embauche`; `Your name`."""
SHORT = 6  # letters below which blanks tell names apart
NAMES = frozenset("name names fullname firstandlastname nom nombre vollername nachname surname".split())
"""What stands beside a role where its people are named by their names; an id or address beside it comes first."""
ROLES: Mapping[str, frozenset[str]] = {
    "mentor": frozenset(
        "mentor mentors mentorin mentora tuteur tutor mentori mentorit preceptor preceptors preceptora discipler coach coaches parrain marraine pate patin メンター 导师 멘토".split()
    ),
    "mentee": frozenset(
        "mentee mentees mentore mentoree mentorado mentorada protege adept adepter adepten aktori aktorit mentoroitava menti danisan podopieczny preceptee preceptees disciple disciples coachee coachees filleul filleule メンティー メンティ 学员 멘티".split()
    ),
}


_WHOLE = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "AE"}
)
"""Letters that are no letter with a mark, and are written without it where somebody lacks the key."""
QUALIFIERS = frozenset(
    "volunteer volunteering alumni alumnus alumna student peer workplace work senior junior staff professional industry academic business corporate employer assigned matched allocated ehrenamtliche ehrenamtlicher benevole voluntario voluntaria".split()
)
"""What people write before a role to say where its people come from: `Alumni mentor`, `Student mentee`."""


def folded(name: str) -> str:
    """A header for comparison: without case, accents, hyphens, dots, underscores and camelCase; `Geschäfts-E-Mail` is `geschafts e mail`."""
    said = _NUMBER_SIGN.sub(" no ", _BOTH_FORMS.sub("", name.strip()))
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", said)).translate(_WHOLE)
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split()).casefold()


@cache
def dictionary() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Table to column to its folded names, likeliest first. A key that the table doesn't have (`mentor`, `start_time`) is a part of several columns."""
    text = resources.files(__package__).joinpath("header_words.yaml").read_text(encoding="utf-8")
    return {
        table: {column: tuple(folded(str(word)) for word in words) for column, words in columns.items()}
        for table, columns in yaml.safe_load(text).items()
    }


@cache
def all_words() -> frozenset[str]:
    """Every name that any table knows, as `_forms` writes it: by it the line that holds the headers is found."""
    own = {column.name.replace("_", " ") for table in dictionary() for column in BY_NAME[table].columns}
    words = own | {word for columns in dictionary().values() for names in columns.values() for word in names}
    return frozenset(form for word in words for form in _forms(word))


def known_names(header: Iterable[str]) -> list[str]:
    """The headers that mean something, in their own spelling."""
    return [name for name in header if all_words() & set(_foldings(name)) or names_people_of_a_role(name)]


def names_people_of_a_role(name: str) -> bool:
    """Whether a header names mentors or mentees: `Mentee`, `Mentor's e-mail`; `Mentee feedback` doesn't."""
    return any(_of_role(role, name, _names_of_ids() | NAMES) for role in ROLES)


def recognised(table: str, header: Sequence[str]) -> dict[str, str]:
    """Column of `table` (or part of one) to the header that fills it; every header fills one column at most."""
    spelled = {form: name for name in reversed(header) for form in reversed(_foldings(name))}
    found: dict[str, str] = {}
    for column, forms in _names_of(table):
        names = (spelled[form] for form in forms if form in spelled)
        name = next((name for name in names if name not in found.values()), None)
        if name is None and column in ROLES and column in dictionary().get(table, {}):
            named = (name for rest in (_names_of_ids(), NAMES) for name in header if _of_role(column, name, rest))
            name = next(named, None)
        if name is not None:
            found[column] = name
    return found


@cache
def _names_of(table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each column of `table`, and parts of columns, with all the forms of its names in the order in which they are tried."""
    words = dictionary().get(table, {})
    columns = [column.name for column in BY_NAME[table].columns]
    all_ = (*columns, *(part for part in words if part not in columns))
    own = {column: (column.replace("_", " "),) if column in columns else () for column in all_}
    return tuple((column, tuple(form for word in (*own[column], *words.get(column, ())) for form in _forms(word))) for column in all_)  # fmt: skip


def _of_role(role: str, name: str, what: frozenset[str]) -> bool:
    """Whether a header names the people of a role, alone or by one of `what`: `Mentee staff no`, `Personalnummer Mentor`."""
    return any(_names_role(role, part, what) for part in (_BRACKETS.sub("", name), name))


def _names_role(role: str, name: str, what: frozenset[str]) -> bool:
    own = [word for word in folded(name).split() if word not in LINKING]
    rest = [word for word in own if word not in ROLES[role]]
    bare = [word for word in rest if word not in QUALIFIERS]
    return len(rest) < len(own) and (not bare or _joined(rest) in what or _joined(bare) in what)


@cache
def _names_of_ids() -> frozenset[str]:
    persons = dictionary()["persons"]
    return frozenset(
        form for column in ("person_id", "email_work") for word in persons[column] for form in _forms(word)
    )


def _foldings(name: str) -> tuple[str, ...]:
    """The whole header, and what is left without brackets: `Austritt (letzter Tag)` is `austritt` too."""
    return tuple(form for part in (name, _BRACKETS.sub("", name)) for form in _forms(folded(part)))


def _forms(words: str) -> tuple[str, ...]:
    """Folded words for comparison, likeliest first: without blanks (`DateofHire`), and without the words that only link others."""
    parts = words.split()
    bare = [part for part in parts if part not in LINKING]
    return _joined(parts), *([_joined(bare)] if 1 < len(bare) < len(parts) else [])


def _joined(parts: Sequence[str]) -> str:
    """Short names keep their blanks: `a b` isn't `ab`."""
    whole = "".join(parts)
    return whole if len(whole) >= SHORT else " ".join(parts)
