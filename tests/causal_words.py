"""A guard on verbs: on a page or in a report that only describes, words that claim an effect are refused.

A sentence about an effect is chosen by rule from the design and the interval (`facts.finding`); nobody writes one by hand.
"""

import re

CAUSAL_VERBS = (
    "cause",
    "caused",
    "causes",
    "led to",
    "leads to",
    "drove",
    "drives",
    "boosted",
    "boosts",
    "improved",
    "improves",
    "raised",
    "raises",
    "lowered",
    "lowers",
    "reduced",
    "reduces",
    "increased",
    "increases",
    "proves",
    "proved",
    "thanks to",
    "because of the programme",
    "impact of",
    "effect of",
    "resulted in",
)
"""Words that claim an effect. Allowed only in the sentence of an estimate whose verdict is "caused"."""


class CausalWording(ValueError):
    """A descriptive text claims an effect; the message names the words."""


_CAUSAL = re.compile(r"\b(" + "|".join(re.escape(verb) for verb in CAUSAL_VERBS) + r")\b", re.IGNORECASE)


def refuse_causal_verbs(text: str, *, verdicts: tuple[str, ...] = ()) -> str:
    """`text` unchanged, unless it claims an effect that no design supports.

    verdicts: of the estimates that the text speaks of; a claim is allowed only where all of them are "caused".
    Raises CausalWording naming the words.
    """
    if verdicts and all(verdict == "caused" for verdict in verdicts):
        return text
    found = sorted({match.group(0).lower() for match in _CAUSAL.finditer(text)})
    if found:
        raise CausalWording(f"{', '.join(found)}: a causal claim that the design doesn't carry, in: {text!r}")
    return text
