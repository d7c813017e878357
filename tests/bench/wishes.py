"""`make bench-wishes`: how often a wish in words is read as what it means, at first place and among three, beside the same words, TF-IDF of words and of letters. Prints JSON.

The chosen set chose the threshold; the held-out set chose nothing.
"""

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.free_text import Reader, synonyms

SHEETS = Path(__file__).parents[1] / "unit/matching"
SETS = {"chosen": "labelled_wishes.yaml", "held_out": "held_out_wishes.yaml"}
Ranking = Callable[[str], list[str]]


def labelled(name: str) -> list[tuple[list[str], dict[str, str]]]:
    """The offered words and the wishes with their meaning, field by field."""
    content: dict[str, Any] = yaml.safe_load((SHEETS / SETS[name]).read_text(encoding="utf-8"))
    return [
        (block["offered"], {str(wish): right for wish, right in block["wishes"].items()})
        for field, block in content.items()
        if field != "nothing"
    ]


def same_word(offered: list[str]) -> Ranking:
    return lambda wish: [word for word in offered if folded(word) == folded(wish)]


def by_words(offered: list[str]) -> Ranking:
    """TF-IDF of whole words, by cosine; ties in the order of offers, and nothing where no word is shared."""
    bags = {word: Counter(re.findall(r"\w+", folded(word))) for word in offered}
    known = Counter(one for bag in bags.values() for one in bag)

    def weight(one: str) -> float:
        return 1.0 + math.log((len(offered) + 1) / (1 + known[one]))

    def cosine(left: Counter[str], right: Counter[str]) -> float:
        shared = sum(left[one] * right[one] * weight(one) ** 2 for one in left)
        lengths = [math.sqrt(sum((number * weight(one)) ** 2 for one, number in bag.items())) for bag in (left, right)]
        return shared / ((lengths[0] * lengths[1]) or 1.0)

    def ranked(wish: str) -> list[str]:
        bag = Counter(re.findall(r"\w+", folded(wish)))
        scored = sorted(((cosine(bag, other), word) for word, other in bags.items()), key=lambda one: -one[0])
        return [word for value, word in scored if value > 0]

    return ranked


def as_read(offered: list[str], same: dict[str, str]) -> Ranking:
    """The product's own reading: what it takes the wish for (nothing below its threshold), then the next most alike."""
    reader = Reader(offered, same)

    def ranked(wish: str) -> list[str]:
        reading = reader.read(wish)
        return (
            [
                *reading.meant,
                *(word for value, word in reader.likeness(wish) if value > 0 and word not in reading.meant),
            ]
            if reading
            else []
        )

    return ranked


WAYS: dict[str, Callable[[list[str]], Ranking]] = {
    "same word": same_word,
    "TF-IDF of words": by_words,
    "letters, without synonyms": lambda offered: as_read(offered, {}),
    "letters and synonyms (the product)": lambda offered: as_read(offered, synonyms()),
}


def figures(name: str, way: str) -> dict[str, float]:
    """precision at 1 and at 3 over all wishes, and the share that is read as something else (wrong) or as nothing (unread)."""
    first = among = wrong = unread = number = 0
    for offered, wishes in labelled(name):
        ranked = WAYS[way](offered)
        for wish, right in wishes.items():
            found = ranked(wish)
            number += 1
            first += found[:1] == [right]
            among += right in found[:3]
            unread += not found
            wrong += bool(found) and found[0] != right
    return {
        "wishes": number,
        "at_1": round(first / number, 3),
        "at_3": round(among / number, 3),
        "wrong": round(wrong / number, 3),
        "unread": round(unread / number, 3),
    }


def main() -> None:
    sys.stdout.write(json.dumps({name: {way: figures(name, way) for way in WAYS} for name in SETS}, indent=2) + "\n")


if __name__ == "__main__":
    main()
