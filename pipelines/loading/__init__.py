"""From source files to raw tables: landing, corrections, pseudonyms, gate, write, record. Knows nothing of Dagster."""
