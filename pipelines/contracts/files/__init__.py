"""What the files that people write may say: each word once, with its type and its meaning. Checks, JSON Schemas for editors and the reference pages follow from these models."""
