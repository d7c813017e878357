"""What messages are worked out from and sent with: facts of the warehouse, names of the vault, words of programme files, and the office of the workspace file."""
