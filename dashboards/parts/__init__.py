"""Parts of pages that hold their layout: they place facts and say nothing that a fact doesn't."""
