"""Add data: from dropped files to a dashboard, on the computer on which `impact start` runs. What it decides is worked out in `pipelines/first_hour/`."""
