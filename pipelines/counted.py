"""Numbers with their noun."""


def counted(count: int, noun: str) -> str:
    """`1 mentee`, `2 mentees`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
