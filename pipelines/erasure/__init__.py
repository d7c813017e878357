"""Taking one person out of everything that a workspace keeps, and proving it."""
