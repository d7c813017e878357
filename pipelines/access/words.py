"""What `access:` gives, in words: for the command line and for the page Administration."""

from pipelines.access.settings import ALL, Grant

LIMITS = {"line": "below oneself", "caseload": "in one's own charge"}


def reach(grant: Grant) -> str:
    """Whose people a line reaches: "onboarding (people below oneself only)"; "" for roles that need no programme."""
    if not grant.programmes:
        return ""
    return f"{', '.join(grant.programmes)}{limits(frozenset(grant.units), line=grant.line, caseload=grant.caseload)}"


def limits(units: frozenset[str], **by_relation: bool) -> str:
    """ " (people Sales or below oneself only)"; "" where there is no limit."""
    words = [*sorted(units), *(LIMITS[name] for name, is_on in by_relation.items() if is_on)]
    return f" (people {' or '.join(words)} only)" if words else ""


def reach_in_words(grant: Grant) -> str:
    """The same as a reader of a page has it."""
    if not grant.programmes:
        return "everything" if grant.role == "administrator" else "published figures"
    return reach(grant) if grant.programmes != (ALL,) else reach(grant).replace(ALL, "all programmes", 1)
