"""What the stages between the raw tables and the published snapshot do, without Dagster: read the warehouse, work out, hand back tables. `pipelines/defs` makes assets of them."""
