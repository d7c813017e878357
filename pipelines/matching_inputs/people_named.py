"""Whom a cell names: a list of people by address, id or name, as people write it, or a sentence in which somebody is named."""

import re
from dataclasses import dataclass, field

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, says_nothing
from pipelines.matching_inputs.identities import Register, without_degrees

_STRONG = expression(r"[;|\n>•]|(?:^|\s)\(?\d{1,2}[.)]\s+|→")
_WEAK = expression(r",|\s+(?:and|or|und|oder|et|ou|y|e|o|en|of)\s+|\s*[&/]\s*", re.IGNORECASE)
_RULED_OUT = expression(
    r"\b(?:(?:anyone|anybody|everyone|everybody|all|any|alle|jede[rn]?|iedereen)\b[^,;]*?\b(?:but|besides|bis auf)|except(?: for)?|apart from|other than|rather not|anyone not|not|no[nt] con|außer|ausser|nicht|"
    r"sauf|hormis|excepté|à l.exception d\w+|pas|excepto|menos|salvo|tranne|eccetto|non|exceto|não|behalve|niet|utom|inte|ikke|untatt|unntatt|undtagen|paitsi|oprócz|poza|anders als|ander\w+ als|autre que|que no sea)\b(?:\s+(?:with|mit|avec|con|com|met|med|z|for))?",
    re.IGNORECASE,
)
"""What stands before those whom somebody doesn't wish for, or behind them at the end of a cell: `anyone but Kim`, `Kim bitte nicht`."""
_RULED_OUT_BEHIND = expression(r"\b(?:hariç|dışında|以外|は避けたい|除外)", re.IGNORECASE)
_NO_REFUSAL = expression(
    r"\b(?:not (?:sure|certain|decided|only|necessarily|yet|at all|important|applicable)|if not|why not|n.t mind|nicht (?:sicher|nur|unbedingt)|pas (?:sûre?|seulement|encore|forcément)|no (?:solo|sé)|non (?:solo|so)|niet (?:zeker|alleen))\b|"
    r"\b(?:but|aber|mais|pero|ma|maar)\s+(?=(?:preferabl|ideal|especial|would|i.d|i would|if possible|maybe|perhaps|best|rather|am liebsten|gern|vielleicht|bevorzugt|de préférence|si possible|plutôt|prefer|mejor|quizá|liefst))",
    re.IGNORECASE,
)
"""Words of doubt and of a wish that only look like a refusal: `not sure, maybe Kim`, `anyone, but preferably Kim`."""
_WISHED_AGAIN = expression(
    r"[,;.]\s*(?:but|rather|instead|better|preferably|otherwise|sondern|lieber|sonst|aber|mais|plutôt|sinon|sino|mejor|pero|ma|piuttosto|maar|liever)\b|\b(?:but rather|but|sondern|lieber|plutôt|sino|piuttosto|liever)\b|(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!mrs)(?<!rof)(?<!\b\w)\.\s+(?=\w)",
    re.IGNORECASE,
)
"""What leads back from those whom somebody doesn't wish for to those whom they do: `not Kim, rather Lee`."""
_YES = expression(
    r"^\s*(?:yes|yep|ja|oui|s[ií]|sim|kyllä|tak|evet|はい|是|예|네)(?:(?=\s*$)|\b\s*[,:;–—-]+\s*|\s*[,:;、]\s*)",
    re.IGNORECASE,
)
_NO = expression(
    r"^\s*(?:n/a|no|none|nobody|nein|keine[rn]?|niemand|non|aucun|ninguno|nessuno|nee|nej|nei|ei|nie|hayır)\s*[,:;.!–—(-]",
    re.IGNORECASE,
)
"""A yes before a name, and a no before a reason: `Yes - Kim Park`, `n/a - happy with anyone`."""
OWN_MANAGER = expression(
    r"^(please )?(not )?(my |mein\w* |mon |ma |mi |il mio |meu |minha |mijn )?(own |direct |current |line |direkte\w* )*(manager|boss|supervisor|team lead|vorgesetzte\w*|führungskraft|chef\w*|responsable|jefe|jefa|responsabile|gestor|leidinggevende)$",
    re.IGNORECASE,
)
"""Own managers are never proposed anyway."""


@dataclass
class Named:
    """keys: whom a cell names, in its order. ruled_out: whom it names as those it doesn't want. unknown: parts that name nobody, or several where one is meant. read_as: part to the key of the only person whose name it nearly is."""

    keys: list[str] = field(default_factory=list)
    ruled_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)


def named_in(text: str | None, register: Register, side: str, *, one_each: bool) -> Named:
    """Whom a cell names. side: where they stand. one_each: whether a part that may mean several people means none (a wish), or all of them (an exclusion)."""
    found = Named()
    text = without_degrees(_YES.sub("", text or ""))
    if says_nothing(text) or (_NO.match(text) and not register.mentioned(text, side)):
        return found
    if one_each:
        text, refused = _wished_and_refused(text)
        found.ruled_out = register.mentioned(refused, side)
        if refused and not register.mentioned(text, side):
            return Named(ruled_out=found.ruled_out, unknown=[] if found.ruled_out else [refused])
    for part in people_parts(text, register, side):
        keys = sorted(register.found(part, side))
        if len(keys) == 1 or (keys and not one_each):
            found.keys += keys
        elif mentioned := register.mentioned(part, side):
            found.keys += mentioned
        elif near := register.resembles(part, side):
            found.keys.append(near)
            found.read_as[part] = near
        elif not OWN_MANAGER.match(folded(part)):
            found.unknown.append(part)
    found.keys = list(dict.fromkeys(found.keys))
    return found


def _wished_and_refused(text: str) -> tuple[str, str]:
    """A wish parted into what is wished for and what isn't: `not Kim, rather Lee` into `rather Lee` and `Kim`."""
    text = _NO_REFUSAL.sub(" ", text)
    if behind := _RULED_OUT_BEHIND.search(text):
        return "", text[: behind.start()]
    refusal = _RULED_OUT.search(text)
    if refusal is None:
        return text, ""
    before, after = text[: refusal.start()], text[refusal.end() :]
    if not re.search(r"\w", after):  # the refusal stands behind whom it means
        return "", before
    again = _WISHED_AGAIN.search(after)
    return (before, after) if again is None else (f"{before}, {after[again.end() :]}", after[: again.start()])


def people_parts(text: str, register: Register, side: str) -> list[str]:
    """The people of a cell: parted by strong marks first, and by commas and words only where the whole names nobody."""
    parts: list[str] = []
    text = _YES.sub("", text)
    for part in (" ".join(one.split()) for one in _STRONG.split(text) if one):
        if says_nothing(part):
            continue
        if register.found(part, side):
            parts.append(part)
            continue
        below = [one.strip() for one in _WEAK.split(part) if one.strip()]
        if any(register.found(one, side) for one in below):
            parts += [one for one in below if not says_nothing(one)]
        else:
            parts.append(part)
    return parts
