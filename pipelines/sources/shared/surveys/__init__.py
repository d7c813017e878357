"""From the responses of any survey tool to the canonical tables."""
