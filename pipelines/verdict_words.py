"""What may be said of each verdict, in the words that every reader sees: pages, report and command line. The verdicts' own names stand in tables."""

RANDOMISED = ("lottery", "staggered")
"""Designs in which a lot decided who is compared with whom."""
VERDICT_WORDS = {
    "caused": "caused by the offer",
    "supported": "supported",
    "suggestive": "consistent with an effect",
    "not_detected": "no clear difference",
    "not_supported": "the data can't tell",
    "refused": "not estimated",
}
