"""What the page Messages shows of the outbox, and the approvals and holds that it writes there."""
