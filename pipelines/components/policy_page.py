"""Write the rules of verdicts into their guide: `python -m pipelines.components.policy_page`. A test holds the committed page equal."""

from pathlib import Path

from pipelines.impact.judgement import policy_table

PAGE = Path("docs/guides/verdicts.md")


BEGIN = "<!-- policy table: rendered, don't edit by hand -->\n"
END = "\n<!-- end"


def written(page: str) -> str:
    """The page's text with the table of rules made anew."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + policy_table() + END + rest.partition(END)[2]


def write(project: Path) -> None:
    """Write the page of the project folder."""
    path = project / PAGE
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(Path())
