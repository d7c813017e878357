"""Whom a cell names: a list of people by address, id or name, as people write it, or a sentence in which somebody is named."""

import re
from dataclasses import dataclass, field

from pipelines.matching_inputs.cells import folded, says_nothing
from pipelines.matching_inputs.identities import Register, without_degrees

_STRONG = re.compile(r"[;|\n>•]|(?:^|\s)\(?\d{1,2}[.)]\s+|→")
_WEAK = re.compile(r",|\s+(?:and|or|und|oder|et|ou|y|e|o|en|of)\s+|\s*[&/]\s*", re.IGNORECASE)
_ALL_BUT = re.compile(
    r"\b(anyone|anybody|everyone|everybody|all|any|alle|jeder?|tous|toutes|todos|todas|tutti|iedereen)\b.*\b(but|except|apart from|besides|außer|ausser|bis auf|sauf|excepto|menos|salvo|tranne|behalve)\b|\bnot\b|\bnicht\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\s*(?:yes|yep|ja|oui|s[ií]|sim|kyllä|tak|evet|はい|是|예|네)(?:(?=\s*$)|\b\s*[,:;–—-]+\s*|\s*[,:;、]\s*)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\s*(?:n/a|no|none|nobody|nein|keine[rn]?|niemand|non|aucun|ninguno|nessuno|nee|nej|nei|ei|nie|hayır)\s*[,:;.!–—(-]",
    re.IGNORECASE,
)
"""A yes before a name, and a no before a reason: `Yes - Kim Park`, `n/a - happy with anyone`."""
OWN_MANAGER = re.compile(
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
    if one_each and _ALL_BUT.search(text):
        return Named(ruled_out=register.mentioned(text, side), unknown=[] if register.mentioned(text, side) else [text])
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
