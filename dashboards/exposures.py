"""dbt's exposures of the pages, rendered from their registry: `python -m dashboards.exposures` writes them, a test compares."""

from pathlib import Path

from dashboards.pages import PAGES, PageSpec

TARGET = Path(__file__).resolve().parent.parent / "dbt_project" / "models" / "exposures_of_pages.yml"
HEAD = "# Rendered from dashboards/pages.py by `python -m dashboards.exposures`; don't edit by hand. What isn't a page stands in exposures.yml.\nversion: 2\n\nexposures:\n"


def rendered() -> str:
    """The file's text: one exposure a page that rests on models."""
    return HEAD + "\n".join(_exposure(page) for page in PAGES if page.models)


def _exposure(page: PageSpec) -> str:
    models = ", ".join(f"ref('{model}')" for model in page.models)
    return (
        f"  - name: page_{page.module}\n    label: {page.title}\n    type: dashboard\n    maturity: medium\n"
        f'    url: http://localhost:8501/{page.path}\n    description: "{page.question}"\n    owner: {{name: People analytics}}\n    depends_on: [{models}]\n'
    )


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
