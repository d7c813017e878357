"""Words that readers stop at stay out of pages, reports, messages, docs and docstrings: the field has a term for each."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
INSTEAD = {
    r"\b(drawn|filled|established|other than) by lot\b|\bwithout a lot\b": "randomised, not randomised",
    r"of (their|his|her|its) own accord": "voluntarily",
    r"not to be believed": "not credible",
    r"\b(held|kept) back\b": "quarantined, suppressed",
    r"\bread anew\b|\bset it anew\b": "re-read, revise",
    r"consistent with anything|fits the data": "is compatible with the data",
    r"\b(can|can't|could not|cannot) carry\b": "support",
    r"counted as what it is": "treated as a competing event",
    r"\bno sound\b|(?<!there )\bis no list\b": "not valid, not a list",
    r"\ban own\b": "your own",
    r"\bone (row|line|file|folder|module|column|entry|record|sentence|page) an? [a-z]": "one row per ...",
    r"\bseen red\b": "has been seen to fail",
}
READ = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted(path for path in (PROJECT / "docs").rglob("*.md") if path.parent.name != "decisions"),
    *(
        path
        for folder, suffixes in (
            ("dashboards", "py j2 typ"),
            ("pipelines", "py j2 typ yaml"),
            ("dbt_project", "sql yml"),
        )
        for suffix in suffixes.split()
        for path in sorted((PROJECT / folder).rglob(f"*.{suffix}"))
        if "target" not in path.parts
    ),
]


@pytest.mark.parametrize(("words", "term"), INSTEAD.items())
def test_the_fields_own_terms_are_used(words: str, term: str) -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:120]}"
        for path in READ
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(words, line, re.IGNORECASE)
    ]
    assert found == [], f"write: {term}"
