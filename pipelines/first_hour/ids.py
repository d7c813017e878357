"""Ids made of names that people gave."""

import re
from hashlib import sha256

from pipelines.sources.mapped_files.header_words import folded

LONGEST = 40


def slug(name: str) -> str:
    """A name as an id: `New hires 2026` is `new_hires_2026`. What has no Latin letter is named by its hash, so that two names stay two ids."""
    plain = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:LONGEST]
    return (
        plain
        if plain and len(plain) * 2 >= len(name.strip()[:LONGEST])
        else f"p_{sha256(name.strip().encode()).hexdigest()[:8]}"
    )
