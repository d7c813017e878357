"""The page Administration: runs, roles, the audit log, and how data are kept."""
