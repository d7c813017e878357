"""The matching workbench's parts. The only part of the dashboards that writes: decisions, each with its reason, into the decision store."""
