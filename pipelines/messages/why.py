"""Why two people were matched, told to each from their own side, without scores and without anything about a group."""

from collections.abc import Iterable

OWN_WORDS = {
    "skills met": ("{partner} can help with what you want to learn: {what}.", "{partner} wants to learn what you offer: {what}."),
    "topics in common": ("You both want to talk about {what}.",) * 2,
    "goals in common": ("You share a goal: {what}.",) * 2,
    "interests in common": ("You have an interest in common: {what}.",) * 2,
    "what one wants is what the other offers, both ways": ("Each of you offers what the other looks for.",) * 2,
    "same location": ("You work at the same place.",) * 2,
    "another department": ("You come from different departments, so you see the organisation from two sides.",) * 2,
}  # fmt: skip
"""How each reason of the matching is told to mentee and mentor. Who named whom as a wish isn't told: it was said in confidence."""


def told_reasons(reasons: Iterable[str], role: str, partner: str) -> list[str]:
    """Sentences for one side; a reason that isn't in the list is left out."""
    found = []
    for reason in reasons:
        name, _, what = reason.partition(": ")
        if name in OWN_WORDS:
            found.append(OWN_WORDS[name][role == "mentor"].format(partner=partner, what=what))
    return found
