"""What business intelligence tools read: a contract of tables with a version, written as Parquet, DuckDB, or into PostgreSQL, from the published release only."""
