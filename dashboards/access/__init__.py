"""The one place of the dashboards that knows who asks, and that opens what isn't for everybody: the managers' file, decisions, messages, names, adding data."""
