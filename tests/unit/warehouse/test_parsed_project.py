"""A checkout that was moved or copied takes its parsed dbt project along; dbt would look for the seeds where it was before."""

import json
from pathlib import Path

from pipelines.components import parsed_project


def test_a_project_that_was_parsed_elsewhere_is_parsed_anew(tmp_path: Path):
    manifest = tmp_path / "manifest.json"
    for place, elsewhere in ((str(parsed_project.DBT.project_dir), False), ("/another/place/dbt_project", True)):
        manifest.write_text(json.dumps({"nodes": {"seed.one": {"root_path": place}}}))
        assert parsed_project._is_of_another_place(manifest) is elsewhere
