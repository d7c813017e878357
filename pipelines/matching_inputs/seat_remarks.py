"""What a cell of seats says beside their number of those that are taken: `2 (already have 1)`, `3, 1 taken`, `1 of 3 left`."""

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import NUMBER_WORDS, folded, without_accents

_VALUES = {**{without_accents(word): number for word, number in NUMBER_WORDS.items()}, "einer": 1, "einem": 1}
_NUMBER = rf"(\d{{1,2}}|{'|'.join(sorted(_VALUES, key=len, reverse=True))})"
_ONES = r"(?:mentees?|people|persons?|students?|seats?|places?|spots?|slots?|platze?|plazas?|plaatsen|personen)"
_NOW = r"(?:already|currently|now|present|bereits|schon|derzeit|aktuell|momentan|deja|actuellement|ya|actualmente|al|momenteel|reeds|gia|ja)"
_GONE = r"(?:taken|used|filled|full|matched|assigned|allocated|committed|reserved|vergeben|belegt|besetzt|prise?s?|occupee?s?|ocupad[oa]s?|asignad[oa]s?|bezet|ingevuld|occupat[oi])"
_LEFT = r"(?:left|free|open|available|remaining|frei|ubrig|libres?|restante?s?|vrij|over|liber[oi])"
_LEFT_ALONE = expression(_LEFT)
_COUNTED = expression(rf"\b{_NUMBER}\b")
_BESIDE = expression(
    r"\b(?:more|further|additional|another|in addition|besides?|on top|plus|extra|still|can take|weitere[nr]?|zusatzlich|neben|noch|de plus|en plus|encore|supplementaires?|mas|adicional(?:es)?|ademas|aparte|nog|erbij)\b|\+\s*$"
)
"""Words by which the number is of further seats."""
_OF_ALL = expression(
    rf"\b{_NUMBER} (?:of|out of|von|de|sur|van|di) {_NUMBER}(?: {_ONES})? (?:{_NOW} )?(?P<how>{_GONE}|{_LEFT})\b"
)
_FREE = expression(rf"\b{_NUMBER}(?: {_ONES})?(?: (?:is|are|ist|sind))?(?: still| noch| encore)? {_LEFT}\b")
_TAKEN = (
    expression(rf"\b{_NUMBER}(?: {_ONES})?(?: (?:is|are|ist|sind|est|sont))?(?: {_NOW})? {_GONE}\b"),
    expression(
        rf"\b{_NOW}(?: (?:i|ich|je|j ai|yo|ik|have|has|got|had|habe|hat|betreue|mentor|mentoring|supporting|with|tengo|tiene|suivi?s?|ai|heb|begeleid|ho|er|al|one of|mit))*(?: (?:a|an))? {_NUMBER}\b"
    ),
    expression(rf"\b(?:have|got|habe|tengo|ai|heb|begeleide?)(?: {_NOW}| er)+(?: (?:a|an))? {_NUMBER}\b"),
    expression(rf"\b{_NUMBER}(?: {_ONES})? (?:already|bereits|schon|deja|ya|reeds)\b"),
    expression(rf"\b(?:minus|less|abzuglich|moins|menos) {_NUMBER}\b"),
)


def taken_beside(text: str | None, seats: int) -> int:
    """Of a cell's seats those that it says are taken; 0 where it says none, or where the number is of further ones."""
    words = " ".join(without_accents(folded(text or "")).replace("(", " ").replace(")", " ").replace(",", " ").split())
    of_all = _OF_ALL.search(words)
    if of_all is not None:
        some, every = _value(of_all[1]), _value(of_all[2])
        gone = every - some if _LEFT_ALONE.fullmatch(of_all["how"]) else some
        return gone if seats == every else 0
    if _BESIDE.search(words) or len(_COUNTED.findall(words)) < 2:
        return 0
    free = _FREE.search(words)
    if free is not None:
        return max(0, seats - _value(free[1]))
    found = next((one for one in (pattern.search(words) for pattern in _TAKEN) if one is not None), None)
    taken = 0 if found is None else _value(found[1])
    return taken if taken <= seats else 0  # more than all of them: these are meant besides


def _value(word: str) -> int:
    return int(word) if word.isdigit() else _VALUES[word]
