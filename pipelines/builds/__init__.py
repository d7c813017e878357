"""What was made from what, so that a run makes again only what rests on something that changed (docs/decisions/029)."""
