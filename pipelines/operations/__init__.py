"""What keeps a running installation safe: servers behind a guard, and no process that outlives the one that started it."""
