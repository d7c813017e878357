"""Engines that run the models instead of DuckDB. The raw tables, what is published and what people decided stay where they are."""
