"""Under which licences the packages stand that an installation brings along, and whether each is one that we take.

`python -m tests.licences [FILE]` checks them and writes the list as CSV; it ends with 1 where a licence isn't on the list.
"""

import csv
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PRODUCT = "mentorship-impact"
TAKEN = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "CNRI-Python", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense", "Zlib", "BSL-1.0", "bzip2-1.0.6",
}  # fmt: skip
"""SPDX names of licences that ask for no more than naming the authors, or for publishing changes of their own files (MPL-2.0)."""

ACCEPTED = {
    "polars-hash": ("MIT", "its repository says so"),
    "recurring-ical-events": ("LGPL-3.0-or-later", "imported as it is, exchangeable, not shipped by us"),
    "x-wr-timezone": ("LGPL-3.0-or-later", "comes with recurring-ical-events, the same"),
    "text-unidecode": (
        "Artistic-1.0-Perl OR GPL-2.0-or-later",
        "comes with dbt; taken under the first, not shipped by us",
    ),
}
"""Packages that don't tell their licence in their metadata in a way that a program understands, or whose licence asks for more: what it is, and why it is taken all the same."""

WORDS = {
    r"apache.*2|^apache( software)?( license)?$|apache software": "Apache-2.0",
    r"\bmit\b.*\bor\b.*apache": "MIT",
    r"^(the )?mit( license)?\b|mit license|^expat": "MIT",
    r"bsd.?3|3.clause bsd|new bsd|modified bsd": "BSD-3-Clause",
    r"bsd.?2|2.clause|simplified bsd": "BSD-2-Clause",
    r"bsd": "BSD",
    r"mozilla public license 2|mpl.?2": "MPL-2.0",
    r"^isc\b|isc licen": "ISC",
    r"sil open font|ofl.?1\.1": "OFL-1.1",
    r"python software foundation|psf": "PSF-2.0",
    r"unlicense": "Unlicense",
    r"lesser general public license v?3|lgpl.?v?3": "LGPL-3.0-or-later",
}


def packages(name: str = PRODUCT, seen: set[str] | None = None) -> Iterator[Distribution]:
    """What an installation of a package brings along on this machine, each once; not the package itself."""
    seen = {canonicalize_name(name)} if seen is None else seen
    for wish in map(Requirement, distribution(name).requires or []):
        key = canonicalize_name(wish.name)
        if key in seen or (wish.marker and not any(wish.marker.evaluate({"extra": extra}) for extra in ("", *wish.extras))):  # fmt: skip
            continue
        seen.add(key)
        try:
            yield distribution(key)
        except PackageNotFoundError:
            continue
        yield from packages(key, seen)


def licences_of(package: Distribution) -> set[str]:
    """SPDX names of a package's licences: all of them hold, or one of them may be chosen. Empty where the metadata don't tell."""
    told = package.metadata
    if expression := told.get("License-Expression"):
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+", re.sub(r"[()]", "", expression)))
    classifiers = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License :: OSI Approved ::")]  # fmt: skip
    if classifiers:
        return {_spdx(words) or words for words in classifiers}
    found = _spdx((told.get("License") or "").strip().split("\n")[0])
    return {found} if found else set()


def _spdx(words: str) -> str | None:
    return next((name for pattern, name in WORDS.items() if re.search(pattern, words, re.IGNORECASE)), None)


def judged(package: Distribution) -> tuple[str, bool]:
    """The licences in words, and whether they are taken."""
    if package.name in ACCEPTED:
        return ACCEPTED[package.name][0], True
    found = licences_of(package)
    return " AND ".join(sorted(found)) or "not told", bool(found) and found <= TAKEN


def main(target: str | None) -> int:
    """Write the list where a file is named; say what isn't taken."""
    rows = sorted((package.name, package.version, *judged(package)) for package in packages())
    if target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with Path(target).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("package", "version", "licence"), *(row[:3] for row in rows)])
    refused = [f"{name} {version}: {licence}" for name, version, licence, is_taken in rows if not is_taken]
    sys.stdout.write(
        f"{len(rows)} packages, {len(refused)} with a licence that isn't on the list of tests/licences.py\n"
    )
    sys.stdout.write("".join(f"  {line}\n" for line in refused))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
