"""Who may see what in the dashboards: the workspace file's `access:`, what an identity provider says of somebody, and what follows from both."""
