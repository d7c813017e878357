"""Who of a sheet is matched: not those who withdrew, not rows that sum up, and of one table with everybody only those of the side."""

import re

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, says_nothing, without_accents
from pipelines.matching_inputs.headers import TAKES_PART, Columns, says_who_left
from pipelines.matching_inputs.heading_words import plain
from pipelines.sources.cleaning import TOTAL
from pipelines.sources.shared.surveys.pictures import words_alone

_SENT = frozenset(TAKES_PART["sent"])
_REFUSALS = frozenset(folded(str(word)) for word in TAKES_PART["refusals"])
_NO = frozenset("no n false 0 nein non não nao nee ei nej nei nie hayır hayir いいえ 否 아니요 아니오".split())
_NOT = frozenset("not nicht niet inte ikke".split())
_CROSSES = expression(r"[❌✗✖🔴⛔🚫✘]\ufe0f?")
_PAIRED = expression(
    r"(already |now |currently |has been |is |schon |bereits |deja |ya )*(matched|paired|in a pair|has a mentor|placed|assigned|vermittelt|zugeteilt|gematcht|gematched|jumelee?|apparie?e?|emparejad[oa]|asignad[oa]|abbinat[oa]|gekoppeld|matchad|matchet|sparowan[ya])\b"
)
"""What a column of states says of a mentee who has a mentor already."""
_STATE = expression(r"(^|_)(status|state|statut|estado|stato|tila|durum|phase|stage)(_|$)|状態|状态|상태")
_TAKES_PART = expression(
    r"(ip address|yes|y|ja|oui|s[ií]|sim|true|1|x|active|aktiv|actif|actif|activ[oa]|available|verfügbar|confirmed|bestätigt|accepted|angenommen|approved|enrolled|registered|angemeldet|attending|participating|nimmt teil|complete|completed|submitted|eligible|new|open|ready|waiting|selected|in)\b"
)
FEW_CELLS = 2
LONGEST_ROLE = 40
"""A longer text about mentors and mentees is no role."""
_SUMS = frozenset(
    "total,totals,sum,grand total,summe,gesamt,insgesamt,somme,totale,suma,count,anzahl,average,mean".split(",")
)
_SUMS_UP = expression(TOTAL)
_EXAMPLE = expression(
    r"^\W*(e\.? ?g\.?[ :]|example\b|for example|sample\b|z\. ?b\.|beispiel\b|p\. ?ex\.|par exemple|exemple\b|por ejemplo|ejemplo\b|esempio\b|exemplo\b|voorbeeld\b|bijv\.|esim\.|t\. ?ex\.|f\. ?eks\.|np\.|örn\.?\s|例[:：]|예[:：])",
    re.IGNORECASE,
)
"""How the row of a template begins that shows what to write."""
_LEAVING = expression(
    r"(has |have |had |now |ist |hat |a |se ha )?(withdrawn?|withdrew|cancell?ed|dropped out|drop out|no longer (taking|participat|available|interested)|has left|left the (company|programme|program)|opted out|declined|zurückgezogen|abgesagt|abgemeldet|ausgeschieden|nimmt nicht|annulée?|désist|retirad[oa]|cancelad[oa]|ritirat[oa]|teruggetrokken|perunut|avbokad|辞退|取消|退出)\b"
)
_BESIDE_A_NAME = expression(r"[(\[]([^)\]]+)[)\]]")
_BY_MISTAKE = expression(
    r"\b(wrong (form|sheet|survey|link)|by mistake|in error|please (delete|remove|ignore|disregard)|(ignore|disregard|delete) (this|my)|falsches formular|versehentlich|irrtumlich|bitte (loschen|ignorieren)|par erreur|mauvais formulaire|por error|formulario equivocado|per errore|modulo sbagliato|por engano|per ongeluk|verkeerde formulier|av misstag|ved en feil|ved en fejl|vahingossa)\b"
)
"""How somebody says that an answer shouldn't stand here."""
_MENTEE = expression(
    r"mentee|coachee|mentoré|mentorado|mentorando|mentorizad|prot[eé]g|aprendi[zc]|learner|lernende|メンティ|멘티|学员|adept|aktori|podopieczn"
)
_MENTOR = expression(r"mentor(?!ee|é|ado|ando|izad)|coach(?!ee)|メンター|멘토|导师")
_HAS_ONE = expression(
    r"\b(have|has|get|find|need|want|wants|seek|seeking|search\w*|look(ing)? for|receive|be mentored|with a|tener|busco|buscar|recibir|encontrar|quiero un|suche|brauche|mochte ein|hatte gern|avoir|trouver|cherche|cerco|avere|trovare|ter|procuro|zoek|soker|soger|etsin|szukam|ariyorum)\b"
)
_IS_ONE = expression(
    r"\b(be|become|act|serve|volunteer|as|am|ser|sein|werden|biete|als|etre|devenir|offre|essere|diventare|ofre\w+|worden|bieden|vara|bli|vaere|olla|byc|zostac|olmak)\b(?! mentored)"
)
"""How somebody who wants a mentor, and somebody who wants to be one, names a mentor in an answer."""
_BOTH = expression(r"\b(both|beides?|beide|les deux|ambos|ambas|entrambi|allebei)\b")


def taking_part(rows: pl.DataFrame, columns: Columns, side: str, file: str, said: list[str]) -> pl.DataFrame:
    """The rows of people who are matched on this side; who isn't, and by which column, is said."""
    steps = (
        (_sent(rows, columns), f"never sent the form by the column {columns.chosen.get('applied')!r}"),
        *(
            (
                _without_mentor(rows, columns, one, side),
                f"has a mentor already by the column {one!r} (that mentor's seats aren't taken off)",
            )
            for one in columns.takes_part
        ),
        *((_still_there(rows, one), f"withdrew or takes no part by the column {one!r}") for one in columns.takes_part),
        (_of_side(rows, columns, side), f"is no {side[:-1]} by the column {columns.role!r}"),
        (_no_sums(rows, columns), "sums up others or is a note"),
        (_no_examples(rows), "is an example of what to write"),
    )
    everybody = pl.repeat(True, rows.height, eager=True)
    for keep, words in steps:
        gone = rows.filter(~keep & everybody)
        everybody = everybody & keep
        if gone.height:
            said.append(f"{file}: left out, as it {words}: row {_some(gone)}.")
    kept = rows.filter(everybody)
    said += [word for one in columns.takes_part for word in _states_told(kept, one, file)]
    return kept


def _states_told(rows: pl.DataFrame, column: str, file: str) -> list[str]:
    """What is said of states that don't say whether somebody takes part, `Pending`, `Matched`: they were taken for a yes."""
    if not _STATE.search(plain(column)):
        return []
    states = dict.fromkeys(text.strip() for text in rows[column].drop_nulls() if not _TAKES_PART.match(folded(text)))
    names = ", ".join(map(repr, [*states][:5])) + (f" and {len(states) - 5} more" if len(states) > 5 else "")
    return [f"{file}: who is {names} by the column {column!r} is taken to take part."] if states else []


def _sent(rows: pl.DataFrame, columns: Columns) -> pl.Series:
    """Rows of forms that were sent, where the program also exports those that somebody only began."""
    applied = columns.chosen.get("applied")
    if applied is None or plain(applied) not in _SENT or rows[applied].null_count() == rows.height:
        return pl.repeat(True, rows.height, eager=True)
    return rows[applied].is_not_null()


def _some(rows: pl.DataFrame) -> str:
    numbers = rows["__row"].to_list()
    return ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")


def _still_there(rows: pl.DataFrame, column: str) -> pl.Series:
    is_of_leaving = says_who_left(column)
    left = [_leaves(text or "", is_of_leaving=is_of_leaving) for text in rows[column]]
    return ~pl.Series(left, dtype=pl.Boolean)


def _without_mentor(rows: pl.DataFrame, columns: Columns, column: str, side: str) -> pl.Series:
    """Rows whose state isn't that of a pair; a mentor who is in one may have further places, and a pair that is named stands."""
    if side == "mentors" or "current" in columns.chosen:
        return pl.repeat(True, rows.height, eager=True)
    states = [without_accents(folded(words_alone(text or ""))) for text in rows[column]]
    return pl.Series([not _PAIRED.match(state) for state in states], dtype=pl.Boolean)


def _leaves(text: str, *, is_of_leaving: bool) -> bool:
    if _CROSSES.fullmatch(text.strip()):
        return not is_of_leaving
    word = folded(words_alone(text))
    if is_of_leaving:
        return not says_no(text) and not says_nothing(word)
    return says_no(text) or word in _REFUSALS or any(word.startswith(f"{one} ") for one in _REFUSALS)


def says_no(text: str) -> bool:
    """Whether an answer begins with a no, whatever reason follows; `not sure` is none."""
    word = folded(words_alone(text))
    return _first_word(word) in _NO or (_first_word(word) in _NOT and not says_nothing(word))


def _first_word(word: str) -> str:
    return re.split(r"[\s,;.:(–、，-]", word, maxsplit=1)[0]


def role_column(rows: pl.DataFrame, columns: Columns) -> str | None:
    """A column among the unused ones, or those that ask whether somebody takes part, that only says who is mentee, mentor or both, and says both."""
    for name in (*columns.takes_part, *columns.unused):
        texts = [folded(text) for text in rows[name].drop_nulls() if not says_nothing(text)]
        are = [side_of_answer(one) for one in texts if len(one) <= LONGEST_ROLE]
        if len(are) == len(texts) and all(map(any, are)) and (True, False) in are and any(mentor for _, mentor in are):
            return name
    return None


def side_of_answer(text: str) -> tuple[bool, bool]:
    """Whether an answer, folded, says mentee, and whether it says mentor: `Mentor`, `I'd like to have a mentor`, `biete Mentoring an`."""
    if _BOTH.search(text):
        return True, True
    if _MENTEE.search(text):
        return True, bool(_MENTOR.search(text))
    if not _MENTOR.search(text):
        return False, False
    plain = without_accents(text)
    return (True, False) if _HAS_ONE.search(plain) and not _IS_ONE.search(plain) else (False, True)


def notes_of_leaving(rows: pl.DataFrame, columns: Columns, file: str) -> list[str]:
    """What is said of notes that begin with a word of leaving, `WITHDRAWN 3 March`: sentences aren't judged, but nobody should be matched who is gone."""
    found = [
        f"row {row} ({name!r}: {text[:40]!r})"
        for name in columns.unused
        for row, text in rows.select("__row", name).iter_rows()
        if text and (_LEAVING.match(note := folded(words_alone(text))) or _BY_MISTAKE.search(without_accents(note)))
    ] + [
        f"row {row} ({text[:40]!r})"
        for name in columns.names
        for row, text in rows.select("__row", name).iter_rows()
        if (beside := _BESIDE_A_NAME.search(text or ""))
        and (_LEAVING.match(folded(beside[1])) or folded(beside[1]) in _REFUSALS)
    ]
    return (
        [f"{file}: matched although a note says otherwise: {', '.join(found[:5])}. Take out who is gone."]
        if found
        else []
    )


def _of_side(rows: pl.DataFrame, columns: Columns, side: str) -> pl.Series:
    """All rows, unless the column of roles says something of both sides or of this one only."""
    everybody = pl.repeat(True, rows.height, eager=True)
    if columns.role is None:
        return everybody
    texts = [folded(text or "") for text in rows[columns.role]]
    undecided = [bool(text) and says_nothing(text) for text in texts]
    are = [side_of_answer(one) for one in texts]
    if not all(any(one) or not text or unsure for one, text, unsure in zip(are, texts, undecided, strict=True)):
        return everybody
    place = 0 if side == "mentees" else 1
    return pl.Series([one[place] or not text for one, text in zip(are, texts, strict=True)], dtype=pl.Boolean)


def _no_examples(rows: pl.DataFrame) -> pl.Series:
    named = [name for name in rows.columns if name != "__row"]
    firsts = [next((text for text in row if text), "") for row in rows.select(named).iter_rows()]
    return pl.Series([not _EXAMPLE.match(first) for first in firsts], dtype=pl.Boolean)


def _no_sums(rows: pl.DataFrame, columns: Columns) -> pl.Series:
    """Rows whose first filled cell says that they sum up or are a note, or that name nobody and fill hardly a cell, such as `Places in all: 14`."""
    named = [name for name in rows.columns if name != "__row"]
    firsts = [next((text for text in row if text), "") for row in rows.select(named).iter_rows()]
    mails = rows[columns.mail].to_list() if columns.mail else [None] * rows.height
    who = [name for name in (columns.mail, columns.number, *columns.names) if name]
    nameless = [
        not any(of_whom) and sum(map(bool, row)) <= FEW_CELLS and not first.replace(".", "").isdigit()
        for of_whom, row, first in zip(
            rows.select(who).iter_rows(), rows.select(named).iter_rows(), firsts, strict=True
        )
    ]
    sums = [
        (folded(first) in _SUMS or bool(_SUMS_UP.match(first.strip()))) and not says_nothing(first) for first in firsts
    ]
    filled = [sum(map(bool, row)) for row in rows.select(named).iter_rows()]
    with_mail = sum("@" in (mail or "") for mail in mails)
    expects_mail = 2 * with_mail >= sum(cells > 1 for cells in filled) > 0  # then a name alone is a heading
    headings = [expects_mail and with_mail > 0 and cells == 1 for cells in filled]
    return pl.Series(
        ["@" in (mail or "") or not any(says) for mail, *says in zip(mails, sums, nameless, headings, strict=True)],
        dtype=pl.Boolean,
    )
