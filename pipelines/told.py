"""What every refusal of ours is: an exception whose message is written for whoever reads it."""


class ToldInWords(Exception):
    """The message says what is wrong and what to do, quotes no person and no password, and is shown as it stands: on the terminal, in a run, in Dagster."""


def told_kinds() -> frozenset[str]:
    """The names of all such exceptions that are known here, for readers of an exception that is left as text only."""
    found, open_ones = set[str](), [ToldInWords]
    while open_ones:
        kind = open_ones.pop()
        found.add(kind.__name__)
        open_ones += kind.__subclasses__()
    return frozenset(found)
