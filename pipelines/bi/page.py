"""The contract as a page of the documentation."""

from pipelines.bi.contract import BiContract


def contract_page(contract: BiContract) -> str:
    """One section a table, in Markdown."""
    parts = [f"Version {contract.version_words}."]
    for table in contract.tables:
        rows = [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in table.columns]
        key = ", ".join(f"`{name}`" for name in table.key)
        parts.append("\n".join([f"### {table.name}", "", f"{table.grain} Key: {key}.", "", "| column | type | meaning |", "|---|---|---|", *rows]))  # fmt: skip
    return "\n\n".join(parts)
