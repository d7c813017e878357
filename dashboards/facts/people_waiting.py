"""Whose pairs and applications are these? From the managers' file, by pseudonym."""

from collections.abc import Iterable, Mapping

from dashboards.facts.programmes import Published

People = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Number of a pair or an application to its mentees and mentors."""


def people_waiting(managers: Published) -> People:
    """Empty for a file of an earlier version, which didn't tell; the next run publishes one that does."""
    if "mentees" not in managers.frame("from work_pairs limit 0").columns:
        return {}
    pairs = managers.frame("select pair_id, mentees, mentors from work_pairs").iter_rows()
    applicants = managers.frame("select application_id, person_key from work_applicants").iter_rows()
    found = {pair: (tuple(mentees), tuple(mentors)) for pair, mentees, mentors in pairs}
    return found | {application: ((person,), ()) for application, person in applicants if person}


def everybody_in(people: People) -> list[str]:
    """Their pseudonyms, each once."""
    return sorted({key for sides in people.values() for side in sides for key in side})


def told(people: People, names: Mapping[str, str]) -> dict[str, str]:
    """Number to names, mentees first; who has no name in the vault is told as that."""

    def side(keys: Iterable[str]) -> str:
        return ", ".join(names.get(key, "name not known") for key in keys)

    return {number: " with ".join(filter(None, map(side, sides))) for number, sides in people.items()}
